package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.util.Locale;

/** inet and cidr; the address itself is the database's to judge. */
public record NetworkForm(String type) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = datum.text();
    if (!(datum instanceof Datum.Text) || !text.chars().allMatch(NetworkForm::mayOccur)) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    return text;
  }

  private static boolean mayOccur(int c) {
    return Character.digit(c, 16) >= 0 && c < 0x80 || c == '.' || c == ':' || c == '/';
  }

  /** A full mask says nothing. */
  @Override
  public String canonical(String encoded) {
    String mask = encoded.indexOf(':') < 0 ? "/32" : "/128";
    String address =
        encoded.endsWith(mask) ? encoded.substring(0, encoded.length() - mask.length()) : encoded;
    return address.toLowerCase(Locale.ROOT);
  }

  @Override
  public String kind() {
    return "inet";
  }
}

package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.util.Locale;

/** bytea, from {@code \x} and hexadecimal digits. */
public record BytesForm(String type) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = datum.text();
    if (!(datum instanceof Datum.Text) || !text.startsWith("\\x") || text.length() % 2 != 0) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    boolean upper = false;
    for (int i = 2; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'F') {
        upper = true;
      } else if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        throw ValueForm.unfit(ValueForm.nameOf(datum), type);
      }
    }
    return upper ? text.toLowerCase(Locale.ROOT) : text;
  }

  @Override
  public String kind() {
    return "bytes";
  }
}

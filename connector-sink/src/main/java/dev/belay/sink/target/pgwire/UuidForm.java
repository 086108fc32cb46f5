package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.util.Locale;

/** uuid, from its common form of five groups. */
public record UuidForm(String type) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = datum.text();
    if (!(datum instanceof Datum.Text) || text.length() != 36) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    for (int i = 0; i < 36; i++) {
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      char c = text.charAt(i);
      if (dash ? c != '-' : Character.digit(c, 16) < 0 || c > 'f') {
        throw ValueForm.unfit(ValueForm.nameOf(datum), type);
      }
    }
    return text.toLowerCase(Locale.ROOT);
  }

  @Override
  public String kind() {
    return "uuid";
  }

  @Override
  public boolean isBare() {
    return true;
  }
}

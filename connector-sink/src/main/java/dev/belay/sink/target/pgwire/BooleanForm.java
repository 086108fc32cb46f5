package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;

/** boolean; takes INT2 0 and 1 and BIT 0 and 1 as well, the pairs that MOLT maps. */
public record BooleanForm(String type) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    return switch (datum.text()) {
      case "true", "1" -> "true";
      case "false", "0" -> "false";
      default -> throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    };
  }

  @Override
  public String kind() {
    return "boolean";
  }

  @Override
  public boolean isBare() {
    return true;
  }
}

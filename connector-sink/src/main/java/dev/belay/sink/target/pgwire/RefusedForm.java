package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;

/**
 * Types whose values cannot be written exactly from what the wire carries.
 *
 * @param reason why not, and what to do
 */
public record RefusedForm(String type, String reason) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    throw new UnfitValueException("A column of type " + type + " cannot be written: " + reason);
  }

  @Override
  public String kind() {
    return "refused";
  }
}

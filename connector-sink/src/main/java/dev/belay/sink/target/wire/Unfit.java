package dev.belay.sink.target.wire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;

/** How a value that does not fit a column is spoken of: never by itself. */
public final class Unfit {
  private Unfit() {}

  /**
   * The exception for a value that does not fit.
   *
   * @param what kind of value, never the value
   */
  public static UnfitValueException of(String what, String type) {
    return new UnfitValueException(what + " does not fit a column of type " + type);
  }

  /** What a datum is, for messages. */
  public static String nameOf(Datum datum) {
    if (datum instanceof Datum.Bool) {
      return "A boolean";
    }
    if (datum instanceof Datum.Number) {
      return "A number";
    }
    if (datum instanceof Datum.Text) {
      return "A string of another form";
    }
    return "A JSON array or object";
  }
}

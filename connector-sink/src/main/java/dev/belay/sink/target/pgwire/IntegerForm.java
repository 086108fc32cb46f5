package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.WireInteger;

/**
 * smallint, integer, bigint, oid. Takes whole numbers however they are written ({@code 1E+2}), as
 * number or string (an OID is a string on the wire), and booleans as 0 and 1.
 */
public record IntegerForm(String type, long min, long max) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    return WireInteger.within(datum, type, min, max);
  }

  @Override
  public String kind() {
    return "integer";
  }

  @Override
  public boolean isBare() {
    return true;
  }
}

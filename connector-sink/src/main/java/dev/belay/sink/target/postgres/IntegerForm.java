package dev.belay.sink.target.postgres;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.WireNumber;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * smallint, integer, bigint, oid. Takes whole numbers however they are written ({@code 1E+2}), as
 * number or string (an OID is a string on the wire), and booleans as 0 and 1.
 */
record IntegerForm(String type, long min, long max) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Bool bool) {
      return bool == Datum.Bool.TRUE ? "1" : "0";
    }
    if (datum instanceof Datum.Json) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    String text = datum.text();
    if (isShortAndPlain(text)) {
      long value = Long.parseLong(text);
      return isCanonical(text, value) && value >= min && value <= max ? text : inRange(value);
    }
    Optional<BigDecimal> number = WireNumber.exact(text);
    if (number.isEmpty()) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    BigDecimal stripped = number.get().stripTrailingZeros();
    if (stripped.scale() > 0) {
      throw ValueForm.unfit("A number with decimals", type);
    }
    if (stripped.precision() - stripped.scale() > 19) {
      throw ValueForm.unfit("A number out of range", type);
    }
    BigInteger whole = stripped.toBigIntegerExact();
    if (whole.bitLength() > 63) {
      throw ValueForm.unfit("A number out of range", type);
    }
    return inRange(whole.longValue());
  }

  private static boolean isShortAndPlain(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    int digits = text.length() - start;
    if (digits == 0 || digits > 18) {
      return false;
    }
    for (int i = start; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Whether Java would write the number so: no zero in front, no minus zero. */
  private static boolean isCanonical(String text, long value) {
    int first = value < 0 ? 1 : 0;
    return value == 0 ? text.equals("0") : text.charAt(first) != '0';
  }

  private String inRange(long value) throws UnfitValueException {
    if (value < min || value > max) {
      throw ValueForm.unfit("A number out of range", type);
    }
    return Long.toString(value);
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

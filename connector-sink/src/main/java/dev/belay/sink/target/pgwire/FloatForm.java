package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.WireNumber;

/**
 * real and double precision. A number that would be rounded is refused, see {@link
 * WireNumber#fitsDouble}.
 *
 * @param single real
 */
public record FloatForm(String type, boolean single) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Bool || datum instanceof Datum.Json) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    String text = datum.text();
    if (!WireNumber.isNumber(text)) {
      return WireNumber.Special.of(text)
          .orElseThrow(() -> ValueForm.unfit(ValueForm.nameOf(datum), type))
          .text();
    }
    // up to 15 digits (6 in a float) and no exponent survive in any case: IEEE 754
    if (text.length() <= (single ? 6 : 15) && text.indexOf('E') < 0 && text.indexOf('e') < 0) {
      return text;
    }
    if (!(single ? WireNumber.fitsFloat(text) : WireNumber.fitsDouble(text))) {
      throw ValueForm.unfit("A number that would be rounded or is out of range", type);
    }
    return text;
  }

  @Override
  public String canonical(String encoded) {
    double value = single ? Float.parseFloat(encoded) : Double.parseDouble(encoded);
    // -0 and 0 are equal
    return value == 0 ? "0" : Double.toString(value);
  }

  @Override
  public String kind() {
    return "float";
  }

  @Override
  public boolean isBare() {
    return true;
  }
}

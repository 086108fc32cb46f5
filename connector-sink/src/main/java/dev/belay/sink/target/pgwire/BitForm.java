package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;

/**
 * bit and bit varying; also BOOL, as one bit.
 *
 * @param length of {@code bit(n)}, or the most of {@code varbit(n)}; 0 for no limit
 * @param fixed {@code bit(n)}, which casts would pad and cut in silence
 */
public record BitForm(String type, int length, boolean fixed) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String bits = datum.text();
    if (datum instanceof Datum.Bool bool) {
      bits = bool == Datum.Bool.TRUE ? "1" : "0";
    } else if (!(datum instanceof Datum.Text)
        || !bits.chars().allMatch(c -> c == '0' || c == '1')) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    if (fixed && length > 0 ? bits.length() != length : length > 0 && bits.length() > length) {
      throw ValueForm.unfit("A bit string of length " + bits.length(), type);
    }
    return bits;
  }

  @Override
  public String kind() {
    return "bits";
  }
}

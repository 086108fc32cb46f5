package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.ColumnCodec;
import dev.belay.sink.shape.ColumnShape;

/**
 * What a statement must know of a column, beside its name.
 *
 * @param form how values are written and bound
 * @param referenced whether foreign keys of any table refer to it: their actions would run if it
 *     was given a passing value
 * @param identity whether the server numbers rows where it is left out
 * @param nullsClash whether a unique index lets two rows clash that are both NULL here
 * @param empties what becomes of a value that is empty
 */
record OracleColumn(
    ValueForm form, boolean referenced, boolean identity, boolean nullsClash, Empties empties)
    implements ColumnCodec {

  /**
   * What an empty string, which Oracle takes for NULL, becomes.
   *
   * @param nullable NULL
   * @param replacement this text, in a column that cannot be NULL; empty if it is refused
   */
  record Empties(boolean nullable, String replacement) {
    static final Empties NULL = new Empties(true, "");
    static final Empties REFUSED = new Empties(false, "");
  }

  static OracleColumn of(ColumnShape column) {
    return (OracleColumn) column.codec();
  }

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String encoded = form.encode(datum);
    if (!encoded.isEmpty() || !form.emptyIsNull() || empties.nullable()) {
      return encoded;
    }
    if (empties.replacement().isEmpty()) {
      throw new UnfitValueException(
          "Oracle takes an empty string for NULL, and the column is NOT NULL: make it nullable, or"
              + " name what is written instead in oracle.empty.string (not in keys)");
    }
    return form.encode(new Datum.Text(form.filled(empties.replacement())));
  }

  @Override
  public String canonical(String encoded) {
    return form.canonical(encoded);
  }
}

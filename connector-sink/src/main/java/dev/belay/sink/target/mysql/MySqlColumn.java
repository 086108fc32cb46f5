package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.ColumnCodec;
import dev.belay.sink.shape.ColumnShape;

/**
 * What a statement must know of a column, beside its name.
 *
 * @param form how values are written and bound
 * @param touched whether the server sets it at each update that does not name it (ON UPDATE
 *     CURRENT_TIMESTAMP)
 * @param autoIncrement whether the server numbers rows where it is left out
 * @param referenced whether foreign keys of any table refer to it: their actions would run if it
 *     was given a passing value
 * @param enumWithoutDefault whether the server takes the first label where it is left out, although
 *     it says NOT NULL and has no default
 */
record MySqlColumn(
    ValueForm form,
    boolean touched,
    boolean autoIncrement,
    boolean referenced,
    boolean enumWithoutDefault)
    implements ColumnCodec {

  static MySqlColumn of(ColumnShape column) {
    return (MySqlColumn) column.codec();
  }

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    return form.encode(datum);
  }

  @Override
  public String canonical(String encoded) {
    return form.canonical(encoded);
  }
}

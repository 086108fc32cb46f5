package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/** BOOLEAN of 23ai, from the number that every driver knows. */
record BooleanForm(String type) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (!(datum instanceof Datum.Bool bool)) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    return bool == Datum.Bool.TRUE ? "1" : "0";
  }

  @Override
  public String placeholder() {
    return "CAST(? AS BOOLEAN)";
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    statement.setInt(at, encoded.equals("1") ? 1 : 0);
  }

  @Override
  public int nullType() {
    return Types.NUMERIC;
  }

  @Override
  public String kind() {
    return "boolean";
  }
}

package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/**
 * Types whose values cannot be written exactly from what the wire carries; a NULL can.
 *
 * @param reason why not, and what to do
 */
record RefusedForm(String type, String reason) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    throw new UnfitValueException("A column of type " + type + " cannot be written: " + reason);
  }

  @Override
  public String placeholder() {
    return "?";
  }

  @Override
  public void bind(PreparedStatement statement, int at, String encoded) throws SQLException {
    throw new IllegalStateException("A column of type " + type + " has no values to bind");
  }

  @Override
  public int nullType() {
    return Types.VARCHAR;
  }

  @Override
  public String kind() {
    return "refused";
  }
}

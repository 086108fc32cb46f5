package dev.belay.sink.target.oracle;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/**
 * Types whose values cannot be written exactly from what the wire carries; a NULL can, of most.
 *
 * @param reason why not, and what to do
 * @param takesNull whether the server takes the NULL of a text for one of this type. It does not
 *     for object types and BFILE (ORA-00932), and no bind of the thin driver has their type without
 *     asking the server for it
 */
record RefusedForm(String type, String reason, boolean takesNull) implements ValueForm {

  RefusedForm(String type, String reason) {
    this(type, reason, true);
  }

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

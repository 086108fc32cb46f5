package dev.belay.sink.target.oracle;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.StepRow;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Binds values; each method returns the number of the next parameter. */
final class Binding {
  private Binding() {}

  /** Whether a row has a value that must travel as a LOB. */
  static boolean needsLobs(List<ColumnShape> columns, StepRow row) {
    for (int i = 0; i < columns.size(); i++) {
      String value = row.values()[i];
      if (value != null
          && OracleColumn.of(columns.get(i)).form() instanceof LobForm form
          && form.isLong(value)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A value that is to be stored.
   *
   * @param value null for NULL
   */
  static int value(
      PreparedStatement statement, int at, TableShape table, ColumnShape column, String value)
      throws SQLException {
    ValueForm form = OracleColumn.of(column).form();
    if (value == null) {
      requireNullable(table, column);
      if (form instanceof RefusedForm refused && !refused.takesNull()) {
        throw OwnFault.withoutNull(table.name().toString(), column.name(), column.type());
      }
      statement.setNull(at, form.nullType());
    } else {
      form.bind(statement, at, value);
    }
    return at + 1;
  }

  /** The same in a statement whose LOB columns are bound as LOBs. */
  static int value(
      PreparedStatement statement,
      int at,
      TableShape table,
      ColumnShape column,
      String value,
      Lobs lobs)
      throws SQLException {
    if (!(OracleColumn.of(column).form() instanceof LobForm form)) {
      return value(statement, at, table, column, value);
    }
    if (value == null) {
      requireNullable(table, column);
      statement.setNull(at, form.lobType());
    } else {
      form.bindLob(statement, at, value, lobs);
    }
    return at + 1;
  }

  private static void requireNullable(TableShape table, ColumnShape column) throws OwnFault {
    if (!column.nullable()) {
      throw OwnFault.missing(table.name().toString(), column.name());
    }
  }

  /**
   * Values that rows have, to be compared with what is stored: CHAR's come back filled up, and a
   * comparison with the VARCHAR2 that a bind is does not pass over blanks.
   *
   * @param columns as many as values
   * @param values none of them null
   */
  static int kept(
      PreparedStatement statement, int first, List<ColumnShape> columns, String... values)
      throws SQLException {
    String[] filled = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      filled[i] = OracleColumn.of(columns.get(i)).form().filled(values[i]);
    }
    return condition(statement, first, columns, filled);
  }

  /**
   * Values to find a row by.
   *
   * @param columns as many as values
   * @param values none of them null
   */
  static int condition(
      PreparedStatement statement, int first, List<ColumnShape> columns, String... values)
      throws SQLException {
    int at = first;
    for (int i = 0; i < columns.size(); i++) {
      OracleColumn.of(columns.get(i)).form().bind(statement, at++, values[i]);
    }
    return at;
  }
}

package dev.belay.sink.target.mysql;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/** Binds values; each method returns the number of the next parameter. */
final class Binding {
  private Binding() {}

  /** All values of a row, in the order of its columns. */
  static int row(
      PreparedStatement statement,
      int first,
      TableShape table,
      List<ColumnShape> columns,
      String[] values)
      throws SQLException {
    int at = first;
    for (int i = 0; i < values.length; i++) {
      at = value(statement, at, table, columns.get(i), values[i]);
    }
    return at;
  }

  static int value(
      PreparedStatement statement, int at, TableShape table, ColumnShape column, String value)
      throws SQLException {
    if (value != null) {
      MySqlColumn.of(column).form().bind(statement, at, value);
    } else if (column.nullable()) {
      statement.setNull(at, Types.VARCHAR);
    } else {
      throw OwnFault.missing(table.name().toString(), column.name());
    }
    return at + 1;
  }

  /**
   * Values to compare the key with.
   *
   * @param key in the order of the table's key
   */
  static int key(PreparedStatement statement, int first, TableShape table, String[] key)
      throws SQLException {
    int at = first;
    for (int i = 0; i < table.key().size(); i++) {
      ColumnShape column = table.key().get(i);
      for (int n = MySqlStatements.bindings(column); n > 0; n--) {
        MySqlColumn.of(column).form().bindKey(statement, at++, key[i]);
      }
    }
    return at;
  }
}

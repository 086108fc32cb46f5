package dev.belay.sink.target.mysql;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/**
 * Gets unique values out of the way of others: by NULL, or where that cannot be by a value that no
 * row has. Only columns which no foreign key refers to.
 */
final class Parking {
  private static final int UUID_LENGTH = 32;

  private Parking() {}

  static boolean isPossible(ColumnShape column) {
    MySqlColumn facts = MySqlColumn.of(column);
    if (facts.referenced() || column.generated()) {
      return false;
    }
    return column.nullable() || hasFreeValues(facts.form());
  }

  private static boolean hasFreeValues(ValueForm form) {
    if (form instanceof TextForm text) {
      return text.characters() >= UUID_LENGTH;
    }
    return form instanceof IntegerForm
        || form instanceof BytesForm bytes && bytes.octets() >= UUID_LENGTH / 2;
  }

  /** Row by row: of a column that cannot be NULL. */
  static long write(Connection connection, Step.Park step, ColumnShape column) throws SQLException {
    TableShape table = step.table();
    ValueForm form = MySqlColumn.of(column).form();
    Numbers numbers =
        form instanceof IntegerForm integers
            ? Numbers.read(connection, table, column, integers)
            : null;
    long moved = 0;
    try (PreparedStatement update =
        connection.prepareStatement(MySqlStatements.parkAt(table, column))) {
      for (StepRow row : step.rows()) {
        form.bind(update, 1, numbers == null ? random(form) : numbers.next());
        Binding.key(update, 2, table, row.values());
        moved += update.executeLargeUpdate();
      }
    }
    return moved;
  }

  private static String random(ValueForm form) {
    String digits = UUID.randomUUID().toString().replace("-", "");
    if (form instanceof BytesForm bytes && bytes.fixed()) {
      int length = (int) bytes.octets() * 2;
      return digits.repeat(length / UUID_LENGTH + 1).substring(0, length);
    }
    return digits;
  }

  /** Free numbers: below the least that is there, or above the greatest. */
  private static final class Numbers {
    private final boolean down;
    private long last;

    private Numbers(boolean down, long last) {
      this.down = down;
      this.last = last;
    }

    static Numbers read(
        Connection connection, TableShape table, ColumnShape column, IntegerForm form)
        throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(MySqlStatements.range(table, column))) {
        row.next();
        if (!form.unsigned()) {
          long least = Math.min(0, row.getLong(1));
          return new Numbers(true, least);
        }
        // beyond a long there is no room to be counted on: the server refuses what does not fit
        return new Numbers(
            false, row.getBigDecimal(2) == null ? 0 : row.getBigDecimal(2).longValue());
      }
    }

    String next() {
      last += down ? -1 : 1;
      return Long.toString(last);
    }
  }
}

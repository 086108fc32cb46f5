package dev.belay.sink.target.oracle;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
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
    OracleColumn facts = OracleColumn.of(column);
    if (facts.referenced() || column.generated()) {
      return false;
    }
    return inNull(column) || hasFreeValues(facts.form());
  }

  /** Whether NULL is out of the way of all others. */
  static boolean inNull(ColumnShape column) {
    return column.nullable() && !OracleColumn.of(column).nullsClash();
  }

  private static boolean hasFreeValues(ValueForm form) {
    if (form instanceof TextForm text) {
      return text.padding() == TextForm.Padding.NONE
          && !text.json()
          && (text.characters() >= UUID_LENGTH
              || text.characters() == 0 && text.octets() >= UUID_LENGTH);
    }
    return form instanceof NumberForm
        || form instanceof BytesForm bytes && bytes.octets() >= UUID_LENGTH / 2;
  }

  /** Row by row: of a column that cannot be NULL, or for which that is no way out. */
  static long write(Connection connection, Step.Park step, ColumnShape column) throws SQLException {
    TableShape table = step.table();
    ValueForm form = OracleColumn.of(column).form();
    BigDecimal free = form instanceof NumberForm ? least(connection, table, column) : null;
    long moved = 0;
    try (PreparedStatement update =
        connection.prepareStatement(OracleStatements.parkAt(table, column))) {
      for (StepRow row : step.rows()) {
        if (free != null) {
          free = free.subtract(BigDecimal.ONE);
        }
        form.bind(
            update,
            1,
            free == null ? UUID.randomUUID().toString().replace("-", "") : free.toPlainString());
        Binding.condition(update, 2, table.key(), row.values());
        moved += update.executeLargeUpdate();
      }
    }
    return moved;
  }

  /** A whole number at or below all that are there; what does not fit the server refuses. */
  private static BigDecimal least(Connection connection, TableShape table, ColumnShape column)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(OracleStatements.least(table, column))) {
      row.next();
      BigDecimal least = row.getBigDecimal(1);
      return least == null
          ? BigDecimal.ZERO
          : least.min(BigDecimal.ZERO).setScale(0, RoundingMode.FLOOR);
    }
  }
}

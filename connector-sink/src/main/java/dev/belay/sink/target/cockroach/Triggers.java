package dev.belay.sink.target.cockroach;

import dev.belay.sink.change.TableName;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.sink.target.pgwire.PgTriggers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The triggers of a table, by whatever the release tells of them: nothing before 24.3, which has
 * none; {@code SHOW TRIGGERS} up to 25.2 (cockroachdb/cockroach, pull request 135778, which the
 * first releases of 24.3 lack); {@code pg_trigger} from 25.3 on.
 */
final class Triggers {
  private static final String SYNTAX_ERROR = "42601";

  private Triggers() {}

  /** Their names; empty if this release has triggers and does not tell. */
  static Optional<List<String>> of(Connection connection, ServerVersion version, TableName table)
      throws SQLException {
    if (!version.isAtLeast(ServerVersion.TRIGGERS)) {
      return Optional.of(List.of());
    }
    return version.isAtLeast(ServerVersion.TRIGGERS_IN_CATALOG)
        ? Optional.of(PgTriggers.of(connection, table))
        : shown(connection, table);
  }

  private static Optional<List<String>> shown(Connection connection, TableName table)
      throws SQLException {
    Savepoint before = connection.setSavepoint();
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW TRIGGERS FROM " + Identifiers.quote(table))) {
      while (rows.next()) {
        if (rows.getBoolean("enabled")) {
          names.add(rows.getString("trigger_name"));
        }
      }
    } catch (SQLException e) {
      if (!SYNTAX_ERROR.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      return Optional.empty();
    }
    connection.releaseSavepoint(before);
    return Optional.of(names);
  }
}

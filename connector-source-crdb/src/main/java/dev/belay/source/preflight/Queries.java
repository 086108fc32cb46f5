package dev.belay.source.preflight;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Questions whose answers are texts, on a session that the caller has. */
final class Queries {
  private Queries() {}

  /** The first column of the first row; empty if there is none, or it is NULL. */
  static Optional<String> one(Connection session, String sql) throws SQLException {
    return all(session, sql).stream().limit(1).filter(Objects::nonNull).findFirst();
  }

  /** The first column of each row. */
  static List<String> all(Connection session, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        values.add(row.getString(1));
      }
    }
    return values;
  }

  /** What a user may not ask is unknown; a session that is lost is another matter. */
  static void rethrowIfLost(SQLException e) throws SQLException {
    if (String.valueOf(e.getSQLState()).startsWith("08")) {
      throw e;
    }
  }
}

package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.TableName;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The triggers that a person has put on a table and that fire for an ordinary session. Those of
 * constraints are the database's own.
 */
public final class PgTriggers {
  private static final String QUERY =
      """
      SELECT t.tgname
      FROM pg_catalog.pg_trigger t
      JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ? AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
      ORDER BY t.tgname
      """;

  private PgTriggers() {}

  /** Those of {@link #of} that are the user's own. */
  public static List<String> ofUser(Connection connection, TableName table) throws SQLException {
    return of(connection, table).stream()
        .filter(name -> !name.equals(Target.TOMBSTONE_TRIGGER))
        .toList();
  }

  /**
   * @param table schema and name as the catalog has them
   */
  public static List<String> of(Connection connection, TableName table) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(QUERY)) {
      query.setString(1, table.schema());
      query.setString(2, table.name());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
    }
    return names;
  }
}

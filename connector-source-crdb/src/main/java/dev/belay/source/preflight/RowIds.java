package dev.belay.source.preflight;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Columns whose numbers CockroachDB makes with unique_rowid(), which only it can tell: they need 64
 * bits from the first row on, where the database that was migrated from may have 32.
 */
final class RowIds {
  private static final String DRAWN =
      "SELECT current_database(), table_schema, table_name, column_name"
          + " FROM information_schema.columns WHERE column_default LIKE '%unique_rowid()%'"
          + " AND is_hidden = 'NO' AND table_schema = ANY(?) AND table_name = ANY(?)"
          + " ORDER BY 2, 3, 4";

  private RowIds() {}

  /** A warning for each such column; none for what this user may not see. */
  static List<Finding> of(SourceConfig config, Connection session, Collection<TableName> tables)
      throws SQLException {
    List<Finding> findings = new ArrayList<>();
    try (PreparedStatement query = session.prepareStatement(DRAWN)) {
      query.setArray(1, texts(session, tables, TableName::schema));
      query.setArray(2, texts(session, tables, TableName::name));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          TableName table = new TableName(row.getString(1), row.getString(2), row.getString(3));
          if (tables.contains(table)) {
            findings.add(
                finding(
                    config.tables().isEmpty() ? SourceKeys.TABLE_FILTER : SourceKeys.TABLES,
                    table,
                    row.getString(4)));
          }
        }
      }
    } catch (SQLException e) {
      Queries.rethrowIfLost(e);
    }
    return findings;
  }

  private static Finding finding(String key, TableName table, String column) {
    return Finding.warning(
        key,
        "Column "
            + column
            + " of table "
            + table
            + " has its numbers from unique_rowid(), and they need 64 bits: a target's column of 32"
            + " takes none of them.",
        "Where the target's has 32, run there before cutover: ALTER TABLE "
            + TableName.quoted(table.name())
            + " ALTER COLUMN "
            + TableName.quoted(column)
            + " TYPE bigint (MySQL: MODIFY COLUMN), and the same for columns that reference it. Or"
            + " let a sequence make the numbers in CockroachDB.");
  }

  private static Array texts(
      Connection session, Collection<TableName> tables, Function<TableName, String> part)
      throws SQLException {
    return session.createArrayOf("text", tables.stream().map(part).distinct().toArray());
  }
}

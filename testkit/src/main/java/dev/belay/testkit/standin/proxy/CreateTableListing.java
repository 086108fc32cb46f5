package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.access.Access.TableRef;
import dev.belay.testkit.standin.capture.Catalog;
import dev.belay.testkit.standin.proxy.Listings.Listing;
import dev.belay.testkit.standin.proxy.Rewritten.Question;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Reader;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code SHOW CREATE TABLE}: columns, primary key and column families, laid out as CockroachDB does
 * it. Types have PostgreSQL's names, and nothing else of a table is there.
 */
final class CreateTableListing {
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");

  private CreateTableListing() {}

  static Optional<Listing> find(Session session, Sql sql, int at, List<Question> questions) {
    if (!sql.hasAt(at + 1, "CREATE", "TABLE")) {
      return Optional.empty();
    }
    String query =
        Listings.table(
            questions,
            "table_name text, create_statement text",
            lines -> {
              TableShape table = session.table(new Reader(sql, at + 3).path());
              lines
                  .addObject()
                  .put("table_name", table.schema() + "." + table.name())
                  .put("create_statement", statement(session, table));
            });
    return Optional.of(new Listing(at, Listings.lastBeforeBracket(sql, at), query));
  }

  private static String statement(Session session, TableShape table) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Connection connection = session.capture().connect()) {
      requireAnyPrivilege(session, table, connection);
      lines.addAll(columns(table, connection));
      if (table.hasKey()) {
        lines.add(
            "CONSTRAINT "
                + name(table.name() + "_pkey")
                + " PRIMARY KEY ("
                + table.keyNames().stream()
                    .map(column -> name(column) + " ASC")
                    .collect(Collectors.joining(", "))
                + ")");
      }
      Catalog catalog = new Catalog(connection, table.database());
      for (Catalog.Family family : catalog.families(table.id())) {
        lines.add(
            "FAMILY "
                + name(family.name())
                + " ("
                + family.columns().stream()
                    .map(CreateTableListing::name)
                    .collect(Collectors.joining(", "))
                + ")");
      }
    }
    return "CREATE TABLE "
        + name(table.schema())
        + "."
        + name(table.name())
        + " (\n\t"
        + String.join(",\n\t", lines)
        + "\n) WITH (schema_locked = true);";
  }

  private static List<String> columns(TableShape table, Connection connection) throws SQLException {
    String sql =
        "SELECT attname, upper(format_type(atttypid, atttypmod)), attnotnull FROM pg_attribute"
            + " WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
    List<String> columns = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, table.id());
      ResultSet row = query.executeQuery();
      while (row.next()) {
        columns.add(
            name(row.getString(1))
                + " "
                + row.getString(2)
                + (row.getBoolean(3) ? " NOT NULL" : " NULL"));
      }
    }
    return columns;
  }

  private static void requireAnyPrivilege(Session session, TableShape table, Connection connection)
      throws SQLException {
    String sql = "SELECT has_table_privilege(?::name, ?::oid, 'SELECT, INSERT, UPDATE, DELETE')";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, session.user());
      query.setLong(2, table.id());
      ResultSet row = query.executeQuery();
      row.next();
      TableRef watched = new TableRef(table.database(), table.id());
      if (!row.getBoolean(1) && !session.access().mayWatch(session.user(), watched)) {
        throw Refusal.forbidden(
            "user " + session.user() + " has no privileges on relation " + table.name());
      }
    }
  }

  private static String name(String name) {
    return PLAIN.matcher(name).matches() ? name : '"' + name.replace("\"", "\"\"") + '"';
  }
}

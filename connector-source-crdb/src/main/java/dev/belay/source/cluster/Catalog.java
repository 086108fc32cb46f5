package dev.belay.source.cluster;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the cluster says of itself and of its tables. */
public final class Catalog {
  private static final Pattern GC_TTL = Pattern.compile("gc\\.ttlseconds = (\\d+)");

  private static final Pattern FAMILY =
      Pattern.compile("^\\s*FAMILY (?:\"((?:[^\"]|\"\")+)\"|(\\S+)) \\(", Pattern.MULTILINE);

  /** SQLSTATEs of a table, a schema, a database that is not there. */
  private static final Set<String> NOT_THERE = Set.of("42P01", "3F000", "3D000");

  private static final String NOT_ALLOWED = "42501";
  private static final String OF_USERS =
      " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE n.nspname NOT IN"
          + " ('pg_catalog', 'information_schema', 'crdb_internal', 'pg_extension', 'system')"
          + " AND n.nspname NOT LIKE 'pg_temp%'";
  private static final String TABLES =
      "SELECT current_database(), n.nspname, c.relname"
          + OF_USERS
          + " AND c.relkind IN ('r', 'p') ORDER BY 2, 3";
  private static final String OTHERS =
      "SELECT current_database(), n.nspname, c.relname, c.relkind"
          + OF_USERS
          + " AND c.relkind IN ('v', 'm', 'S') ORDER BY 2, 3";
  private static final Map<String, String> KINDS =
      Map.of("v", "view", "m", "materialized view", "S", "sequence");

  private Catalog() {}

  /** The cluster's clock: whatever is committed is at or below it. */
  public static HlcTimestamp now(Connection session) throws SQLException {
    String text = text(session, "SELECT cluster_logical_timestamp()").orElse("");
    return HlcTimestamp.parse(text)
        .orElseThrow(() -> new SQLException("cluster_logical_timestamp() is no time", "XX000"));
  }

  /** The tables of the session's database, in order of their names. */
  public static List<TableName> tables(Connection session) throws SQLException {
    List<TableName> tables = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(TABLES)) {
      while (row.next()) {
        tables.add(new TableName(row.getString(1), row.getString(2), row.getString(3)));
      }
    }
    return tables;
  }

  /**
   * What else has a name as tables have it: views and sequences of the session's database, in order
   * of their names, with the word for what each is.
   */
  public static SortedMap<TableName, String> others(Connection session) throws SQLException {
    SortedMap<TableName, String> others = new TreeMap<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(OTHERS)) {
      while (row.next()) {
        others.put(
            new TableName(row.getString(1), row.getString(2), row.getString(3)),
            KINDS.get(row.getString(4)));
      }
    }
    return others;
  }

  /** Whether a table was there at a time which the cluster still has. */
  public static boolean wasThere(Connection session, TableName table, HlcTimestamp time)
      throws SQLException {
    try {
      text(session, "SELECT 1 FROM " + table.sql() + " AS OF SYSTEM TIME '" + time + "' LIMIT 1");
      return true;
    } catch (SQLException e) {
      if (NOT_THERE.contains(String.valueOf(e.getSQLState()))) {
        return false;
      } else if (NOT_ALLOWED.equals(e.getSQLState())) {
        // rights are those of that time, too: it was there for somebody to have none on it
        return true;
      }
      throw e;
    }
  }

  /** What the server says that it is. */
  public static String version(Connection session) throws SQLException {
    return text(session, "SELECT version()").orElse("");
  }

  /** The session's database. */
  public static String database(Connection session) throws SQLException {
    return text(session, "SELECT current_database()").orElse("");
  }

  /** A cluster setting as text; empty if it has no value. */
  public static String setting(Connection session, String name) throws SQLException {
    return text(session, "SHOW CLUSTER SETTING " + name).orElse("");
  }

  /**
   * How long old versions are kept. A table that the user may not ask about is missing, which is
   * not the same as a short time.
   */
  public static Map<TableName, Duration> gcTtl(Connection session, Collection<TableName> tables)
      throws SQLException {
    Map<TableName, Duration> found = new HashMap<>();
    for (TableName table : tables) {
      try (Statement statement = session.createStatement();
          ResultSet row =
              statement.executeQuery("SHOW ZONE CONFIGURATION FROM TABLE " + table.sql())) {
        Matcher ttl = GC_TTL.matcher(row.next() ? row.getString("raw_config_sql") : "");
        if (ttl.find()) {
          found.put(table, Duration.ofSeconds(Long.parseLong(ttl.group(1))));
        }
      } catch (SQLException e) {
        if (String.valueOf(e.getSQLState()).startsWith("08")) {
          throw e;
        }
        // not for this user to know: the caller says that the window is unknown
      }
    }
    return found;
  }

  /**
   * The column families of each table that has several, in their order. A table that the user may
   * not ask about is missing.
   */
  public static Map<TableName, List<String>> families(
      Connection session, Collection<TableName> tables) throws SQLException {
    Map<TableName, List<String>> found = new HashMap<>();
    for (TableName table : tables) {
      try (Statement statement = session.createStatement();
          ResultSet row = statement.executeQuery("SHOW CREATE TABLE " + table.sql())) {
        List<String> families = families(row.next() ? row.getString("create_statement") : "");
        if (families.size() > 1) {
          found.put(table, families);
        }
      } catch (SQLException e) {
        if (String.valueOf(e.getSQLState()).startsWith("08")) {
          throw e;
        }
        // not for this user to know: creating the feed is the last word
      }
    }
    return found;
  }

  /** Each is on a line of its own; line breaks within literals are written as escapes. */
  static List<String> families(String createStatement) {
    return FAMILY
        .matcher(createStatement)
        .results()
        .map(
            family ->
                family.group(1) == null ? family.group(2) : family.group(1).replace("\"\"", "\""))
        .toList();
  }

  private static Optional<String> text(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
    }
  }
}

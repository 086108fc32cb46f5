package dev.belay.sink.harness;

import dev.belay.sink.target.Target;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.StandIn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An empty database of its own for a test. The test makes tables as their owner; the sink is {@link
 * #role}, an ordinary role that owns none of them, has SELECT, INSERT, UPDATE and DELETE on all of
 * them, and may create schema belay.
 *
 * <p>The statements of tests that any database runs keep to what all of them take: constraints of
 * the table and not of a column, {@code REFERENCES t (id)} with the column, texts in keys with a
 * length, {@code ||} and names in double quotes.
 */
public abstract class TargetDatabase {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  static final String ROLE = "belay_sink";
  public static final String SOMEBODY = "somebody";

  private final DatabaseServer server;
  private final String name;

  TargetDatabase(DatabaseServer server, String name) {
    this.server = server;
    this.name = name;
  }

  /** Makes a database; it goes when the server goes. */
  public static TargetDatabase on(DatabaseServer server) throws SQLException {
    String name = "target" + DATABASES.incrementAndGet();
    TargetDatabase database =
        server instanceof MySqlServer mysql
            ? new MySqlTargetDatabase(mysql, name)
            : new PostgresDatabase((PostgresServer) server, name);
    database.make();
    return database;
  }

  /** Makes a database on a stand-in for CockroachDB; it goes when that goes. */
  public static TargetDatabase on(StandIn standIn) throws SQLException {
    TargetDatabase database =
        new CockroachTargetDatabase(standIn, "target" + DATABASES.incrementAndGet());
    database.make();
    return database;
  }

  /** Makes the database and the role's rights. */
  abstract void make() throws SQLException;

  /** The same database on a server which has a copy of this one's files. */
  public abstract TargetDatabase copiedTo(DatabaseServer other);

  /** The product and the range of its versions. */
  public abstract TargetKind kind();

  /**
   * Whether constraints are checked row by row, so that rows which reference each other are written
   * in two steps.
   */
  public abstract boolean checksRowByRow();

  /** What the sink has for such a database. */
  public abstract Target target();

  /** What stands before a table's name in messages. */
  public abstract String schema();

  /** The header of a dead letter that has a code of this database. */
  public final String codeHeader() {
    return kind() == TargetKind.POSTGRESQL ? "belay.sqlstate" : "belay.error.code";
  }

  /** The code of a CHECK that a row fails. */
  public abstract String checkViolation();

  /** The name that a constraint {@code UNIQUE (column)} gets when nobody gives it one. */
  public abstract String uniqueName(String table, String column);

  /** What is said of a row whose value of a unique column another row has. */
  public abstract List<String> wordsOfATakenValue(String table, String column);

  /**
   * What is said of a claim that waited for a lock too long.
   *
   * @param application of the session that holds the lock
   */
  public abstract List<String> wordsOfABlockedClaim(String application);

  /** A connection of the sink's role, named in the server's list of sessions where it has names. */
  public abstract Connection connectAsRole(String application) throws SQLException;

  /**
   * The transactions that wrote the rows there are, one value each; none where the database does
   * not tell.
   */
  public abstract List<String> writersOf(String table);

  /** So many seconds in the unit of the driver's time limits. */
  public abstract String driverTime(int seconds);

  /** Settings of the driver with which nothing on the wire is encrypted. */
  public abstract Map<String, String> plainWire();

  /** The numbers of the sink's sessions. */
  public abstract List<String> sessions();

  /** Ends the sink's sessions, as an administrator does. */
  public abstract void endSessions();

  /** The code of a database that takes no writes. */
  public abstract String readOnlyCode();

  /** The code of a server that has no connection left for anybody. */
  public abstract String outOfConnectionsCode();

  /** A connection of an ordinary user who is not the sink's. */
  public abstract Connection connectAsSomebody() throws SQLException;

  /** Whether it takes no writes of the sink's role. */
  public abstract void setReadOnly(boolean readOnly);

  /** Has no connection left for the sink's role, and ends those it has, until this is closed. */
  public abstract Exhaustion exhaustConnections() throws SQLException;

  /** Connections that nobody else gets. */
  public interface Exhaustion extends AutoCloseable {
    @Override
    void close() throws SQLException;
  }

  /**
   * Keeps every version that a table's rows ever had, by a trigger, so that the task needs {@code
   * triggers=allow}; {@link #history} tells.
   *
   * @param key column that identifies a row
   * @param version column of integers that the test raises with each version
   */
  public abstract void audit(String table, String key, String version);

  /** Sets tables back to the rows of others, as a backup does. */
  public abstract void restore(List<String> tables, List<String> from);

  public final String name() {
    return name;
  }

  final DatabaseServer server() {
    return server;
  }

  public String url() {
    return server.jdbcUrl(name);
  }

  /** What the sink connects as. */
  public final String role() {
    return ROLE;
  }

  /** A connection of the tables' owner. */
  public Connection connect() throws SQLException {
    return server.connect(name);
  }

  /** Runs statements as the tables' owner. */
  public final void sql(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String text : statements) {
        statement.execute(text);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The rows of a query, each as its values' texts with {@code |} between them. */
  public final List<String> rows(String query) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int c = 1; c <= columns; c++) {
          row.append(c == 1 ? "" : "|").append(result.getString(c));
        }
        rows.add(row.toString());
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The one value of a query. */
  public final String value(String query) {
    return rows(query).get(0);
  }

  /**
   * What happened to a row, oldest first: the version that it got, or {@code gone} for a delete.
   */
  public final List<String> history(String table, String key) {
    return rows(
        "SELECT CASE op WHEN 'is' THEN '' || v ELSE 'gone' END FROM audit WHERE tab = '"
            + table
            + "' AND k = '"
            + key
            + "' ORDER BY n");
  }

  /** Versions that a row of any table got though it had had that one, or a newer one, before. */
  public final List<String> stepsBack() {
    return versionsAfter("<=");
  }

  /**
   * As {@link #stepsBack}, where rows reference each other: a database that {@link #checksRowByRow}
   * gets such a row first without its reference and then with it, in one transaction and with one
   * version.
   */
  public final List<String> stepsBackOfCircles() {
    return versionsAfter(checksRowByRow() ? "<" : "<=");
  }

  private List<String> versionsAfter(String comparison) {
    return rows(
        "SELECT tab || ' ' || k || ': ' || v || ' after ' || newest FROM (SELECT tab, k, v, n, op,"
            + " max(CASE WHEN op = 'is' THEN v END) OVER (PARTITION BY tab, k ORDER BY n"
            + " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newest FROM audit) h"
            + " WHERE op = 'is' AND v "
            + comparison
            + " newest ORDER BY n");
  }

  /**
   * A row of {@code belay_checkpoint}.
   *
   * @param resolved wire form, empty for none
   */
  public record Checkpoint(
      long epoch, long sequence, long applied, long rewind, String resolved, String held) {}

  /** The checkpoint of a partition; there must be one. */
  public final Checkpoint checkpoint(String connector, String topic, int partition) {
    String[] row =
        value(
                "SELECT epoch, sequence, applied_offset, rewind_offset, coalesce(resolved, ''),"
                    + " held, '' FROM belay.belay_checkpoint WHERE connector = '"
                    + connector
                    + "' AND topic = '"
                    + topic
                    + "' AND \"partition\" = "
                    + partition)
            .split("\\|", -1);
    return new Checkpoint(
        Long.parseLong(row[0]),
        Long.parseLong(row[1]),
        Long.parseLong(row[2]),
        Long.parseLong(row[3]),
        row[4],
        row[5]);
  }

  /** The committed frontier in wire form, empty for none; the task has made its tables. */
  public final String frontier(String connector) {
    return value(
        "SELECT coalesce(frontier, '') FROM belay.belay_frontier WHERE connector = '"
            + connector
            + "'");
  }

  /** Whether a frontier is committed, and is this one. */
  public final boolean hasFrontier(String connector, String hlc) {
    String tables =
        value(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'belay'"
                + " AND table_name = 'belay_frontier'");
    return tables.equals("1")
        && rows("SELECT frontier FROM belay.belay_frontier WHERE connector = '" + connector + "'")
            .equals(List.of(hlc));
  }

  /** Whether no row is known to be ahead of the frontier, for every connector. */
  public final boolean isSnapshot() {
    return value("SELECT count(*) FROM belay.belay_frontier WHERE snapshot_from IS NOT NULL")
        .equals("0");
  }
}

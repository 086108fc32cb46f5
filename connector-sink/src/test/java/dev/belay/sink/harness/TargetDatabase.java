package dev.belay.sink.harness;

import dev.belay.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An empty database of its own for a test. The test makes tables as their owner; the sink is {@link
 * #role}, an ordinary role that owns none of them, has SELECT, INSERT, UPDATE and DELETE on all of
 * them, and may create schema belay.
 */
public final class TargetDatabase {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final String ROLE = "belay_sink";

  private final PostgresServer server;
  private final String name;

  private TargetDatabase(PostgresServer server, String name) {
    this.server = server;
    this.name = name;
  }

  /** Makes a database; it goes when the server goes. */
  public static TargetDatabase on(PostgresServer server) throws SQLException {
    TargetDatabase database = new TargetDatabase(server, "target" + DATABASES.incrementAndGet());
    server.createDatabase(database.name);
    database.sql(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '"
            + ROLE
            + "') THEN CREATE ROLE "
            + ROLE
            + " LOGIN; END IF; END $$",
        "GRANT CREATE ON DATABASE " + database.name + " TO " + ROLE,
        "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO " + ROLE);
    return database;
  }

  /** The same database on a copy of its server. */
  public TargetDatabase at(PostgresServer copy) {
    return new TargetDatabase(copy, name);
  }

  public String name() {
    return name;
  }

  public String url() {
    return server.jdbcUrl(name);
  }

  /** What the sink connects as. */
  public String role() {
    return ROLE;
  }

  /** A connection of the tables' owner. */
  public Connection connect() throws SQLException {
    return server.connect(name);
  }

  /** Runs statements as the tables' owner. */
  public void sql(String... statements) {
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
  public List<String> rows(String query) {
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
  public String value(String query) {
    return rows(query).get(0);
  }

  /**
   * Keeps every version that a table's rows ever had, by a trigger, so that the task needs {@code
   * triggers=allow}; {@link #history} tells.
   *
   * @param key column that identifies a row
   * @param version column that the test raises with each version
   */
  public void audit(String table, String key, String version) {
    sql(
        "CREATE TABLE IF NOT EXISTS audit"
            + " (n bigint GENERATED ALWAYS AS IDENTITY, tab text, op text, k text, v text)",
        "CREATE FUNCTION audit_"
            + table
            + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
            + " IF TG_OP = 'DELETE' THEN INSERT INTO public.audit (tab, op, k, v) VALUES (TG_TABLE_NAME, 'gone', OLD."
            + key
            + "::text, OLD."
            + version
            + "::text); ELSE INSERT INTO public.audit (tab, op, k, v) VALUES (TG_TABLE_NAME, 'is', NEW."
            + key
            + "::text, NEW."
            + version
            + "::text); END IF; RETURN NULL; END $$",
        "CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON "
            + table
            + " FOR EACH ROW EXECUTE FUNCTION audit_"
            + table
            + "()");
  }

  /**
   * What happened to a row, oldest first: the version that it got, or {@code gone} for a delete.
   */
  public List<String> history(String table, String key) {
    return rows(
        "SELECT CASE op WHEN 'is' THEN v ELSE 'gone' END FROM audit WHERE tab = '"
            + table
            + "' AND k = '"
            + key
            + "' ORDER BY n");
  }

  /** Versions that a row of any table got though it had had that one, or a newer one, before. */
  public List<String> stepsBack() {
    return rows(
        "SELECT tab || ' ' || k || ': ' || v || ' after ' || newest FROM (SELECT tab, k, v, n, op,"
            + " max(v::bigint) FILTER (WHERE op = 'is') OVER (PARTITION BY tab, k ORDER BY n"
            + " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newest FROM audit) h"
            + " WHERE op = 'is' AND v::bigint <= newest ORDER BY n");
  }

  /**
   * A row of {@code belay_checkpoint}.
   *
   * @param resolved wire form, empty for none
   */
  public record Checkpoint(
      long epoch, long sequence, long applied, long rewind, String resolved, String held) {}

  /** The checkpoint of a partition; there must be one. */
  public Checkpoint checkpoint(String connector, String topic, int partition) {
    String[] row =
        value(
                "SELECT epoch, sequence, applied_offset, rewind_offset, coalesce(resolved, ''),"
                    + " held, '' FROM belay.belay_checkpoint WHERE connector = '"
                    + connector
                    + "' AND topic = '"
                    + topic
                    + "' AND partition = "
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

  /** The committed frontier in wire form, empty for none. */
  public String frontier(String connector) {
    return value(
        "SELECT coalesce(frontier, '') FROM belay.belay_frontier WHERE connector = '"
            + connector
            + "'");
  }
}

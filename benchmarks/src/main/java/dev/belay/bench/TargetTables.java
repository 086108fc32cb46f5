package dev.belay.bench;

import dev.belay.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** The tables that are raced on, in a database made for one contestant. One thread at a time. */
final class TargetTables implements AutoCloseable {

  private final Connection connection;
  private final List<Workload> workloads;

  /** How many of them, from the first on, are known to be finished. */
  private int finished;

  private TargetTables(Connection connection, List<Workload> workloads) {
    this.connection = connection;
    this.workloads = workloads;
  }

  /** Makes a table for each workload, empty, and a connection to look at them. */
  static TargetTables create(PostgresServer server, String database, List<Workload> workloads)
      throws SQLException {
    Connection connection = server.connect(database);
    try (Statement statement = connection.createStatement()) {
      for (Workload workload : workloads) {
        statement.execute(create(workload));
      }
    }
    return new TargetTables(connection, workloads);
  }

  /** The statement that makes a workload's table. */
  static String create(Workload workload) {
    return "CREATE TABLE "
        + workload.table()
        + " (id bigint PRIMARY KEY, qty bigint, name text, price numeric(18,4),"
        + " at timestamptz, active boolean, ref uuid, score double precision, doc jsonb,"
        + " day date, note text)";
  }

  /** The names of the tables, with commas between. */
  String names() {
    return workloads.stream().map(Workload::table).collect(Collectors.joining(","));
  }

  /** Whether the last row of every partition of every table is there: a few index look-ups. */
  boolean isFinished() {
    try (Statement statement = connection.createStatement()) {
      while (finished < workloads.size()) {
        try (ResultSet found = statement.executeQuery(finish(workloads.get(finished)))) {
          found.next();
          if (!found.getBoolean(1)) {
            return false;
          }
        }
        finished++;
      }
      return true;
    } catch (SQLException e) {
      throw new BenchFailure("Cannot look at the target: " + e.getMessage(), e);
    }
  }

  /** What is in all tables together. */
  Fingerprint fingerprint() throws SQLException {
    Fingerprint all = Fingerprint.NOTHING;
    try (Statement statement = connection.createStatement()) {
      for (Workload workload : workloads) {
        try (ResultSet sums = statement.executeQuery(Fingerprint.sql(workload.table()))) {
          sums.next();
          all = all.and(new Fingerprint(sums.getLong(1), sums.getBigDecimal(2).toBigInteger()));
        }
      }
    }
    return all;
  }

  /**
   * Rows that the server wrote, as its statistics count them.
   *
   * @param transactions committed in the database, those of the onlookers included
   */
  record Written(long inserted, long updated, long deleted, long transactions) {
    long rows() {
      return inserted + updated + deleted;
    }
  }

  /** To be called when the sessions of the contestant have ended: then they have reported. */
  Written written() throws SQLException {
    String names =
        workloads.stream()
            .map(workload -> "'" + workload.table() + "'")
            .collect(Collectors.joining(","));
    try (Statement statement = connection.createStatement();
        ResultSet counts =
            statement.executeQuery(
                "SELECT sum(n_tup_ins)::bigint, sum(n_tup_upd)::bigint, sum(n_tup_del)::bigint,"
                    + " (SELECT xact_commit FROM pg_stat_database"
                    + " WHERE datname = current_database())"
                    + " FROM pg_stat_user_tables WHERE relname IN ("
                    + names
                    + ")")) {
      counts.next();
      return new Written(
          counts.getLong(1), counts.getLong(2), counts.getLong(3), counts.getLong(4));
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private static String finish(Workload workload) {
    String ids = workload.finish().stream().map(String::valueOf).collect(Collectors.joining(","));
    return "SELECT count(*) = "
        + workload.partitions()
        + " FROM "
        + workload.table()
        + " WHERE id IN ("
        + ids
        + ")";
  }
}

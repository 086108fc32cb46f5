package dev.belay.bench;

import dev.belay.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;

/** The table that is raced on, in a database made for one contestant. One thread at a time. */
final class TargetTable implements AutoCloseable {

  private final Connection connection;
  private final Workload workload;
  private final String finished;

  private TargetTable(Connection connection, Workload workload) {
    this.connection = connection;
    this.workload = workload;
    String ids = workload.finish().stream().map(String::valueOf).collect(Collectors.joining(","));
    this.finished =
        "SELECT count(*) = "
            + workload.partitions()
            + " FROM "
            + workload.table()
            + " WHERE id IN ("
            + ids
            + ")";
  }

  /** Makes the table, empty, and a connection to look at it. */
  static TargetTable create(PostgresServer server, String database, Workload workload)
      throws SQLException {
    Connection connection = server.connect(database);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE "
              + workload.table()
              + " (id bigint PRIMARY KEY, qty bigint, name text, price numeric(18,4),"
              + " at timestamptz, active boolean, ref uuid, score double precision, doc jsonb,"
              + " day date, note text)");
    }
    return new TargetTable(connection, workload);
  }

  String name() {
    return workload.table();
  }

  /** Whether the last row of every partition is there: a few index look-ups. */
  boolean isFinished() {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(finished)) {
      return found.next() && found.getBoolean(1);
    } catch (SQLException e) {
      throw new BenchFailure("Cannot look at table " + workload.table() + ": " + e.getMessage(), e);
    }
  }

  /** What is in the table. */
  Fingerprint fingerprint() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet sums = statement.executeQuery(Fingerprint.sql(workload.table()))) {
      sums.next();
      return new Fingerprint(sums.getLong(1), sums.getBigDecimal(2).toBigInteger());
    }
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
    try (Statement statement = connection.createStatement();
        ResultSet counts =
            statement.executeQuery(
                "SELECT n_tup_ins, n_tup_upd, n_tup_del, (SELECT xact_commit FROM pg_stat_database"
                    + " WHERE datname = current_database()) FROM pg_stat_user_tables WHERE relname = '"
                    + workload.table()
                    + "'")) {
      counts.next();
      return new Written(
          counts.getLong(1), counts.getLong(2), counts.getLong(3), counts.getLong(4));
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}

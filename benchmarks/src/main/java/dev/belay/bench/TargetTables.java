package dev.belay.bench;

import dev.belay.testkit.DatabaseServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** The tables that are raced on, in a database made for one contestant. One thread at a time. */
final class TargetTables implements AutoCloseable {

  private final Engine engine;
  private final Connection connection;
  private final List<Workload> workloads;
  private Written before = Written.NOTHING;

  /** How many of them, from the first on, are known to be finished. */
  private int finished;

  private TargetTables(Engine engine, Connection connection, List<Workload> workloads) {
    this.engine = engine;
    this.connection = connection;
    this.workloads = workloads;
  }

  /** Makes a table for each workload, empty, and a connection to look at them. */
  static TargetTables create(
      Engine engine, DatabaseServer server, String database, List<Workload> workloads)
      throws SQLException {
    Connection connection = server.connect(database);
    try (Statement statement = connection.createStatement()) {
      for (Workload workload : workloads) {
        statement.execute(create(engine, workload));
      }
    }
    return new TargetTables(engine, connection, workloads);
  }

  /** The statement that makes a workload's table. */
  static String create(Engine engine, Workload workload) {
    return "CREATE TABLE " + workload.table() + " (" + engine.columns() + ")";
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
        try (ResultSet sums = statement.executeQuery(engine.fingerprint(workload.table()))) {
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
    static final Written NOTHING = new Written(0, 0, 0, 0);

    long rows() {
      return inserted + updated + deleted;
    }

    Written since(Written earlier) {
      return new Written(
          inserted - earlier.inserted,
          updated - earlier.updated,
          deleted - earlier.deleted,
          transactions - earlier.transactions);
    }
  }

  /** To be called before the contestant begins with what counts. */
  void begin() throws SQLException {
    before = counted();
  }

  /** To be called when the sessions of the contestant have ended: then they have reported. */
  Written written() throws SQLException {
    return counted().since(before);
  }

  private Written counted() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return engine.written(statement, workloads.stream().map(Workload::table).toList());
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

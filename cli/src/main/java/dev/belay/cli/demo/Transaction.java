package dev.belay.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Statements that commit together. They are drawn before they run, so that a transaction which the
 * database asks to be retried is the same again.
 */
record Transaction(List<Step> steps) {

  private static final int BATCH = 500;

  /**
   * A statement.
   *
   * @param rows how many rows it must change; empty if any number is right
   */
  record Step(String sql, List<Object> values, OptionalInt rows) {

    static Step one(String sql, Object... values) {
      return new Step(sql, Arrays.asList(values), OptionalInt.of(1));
    }

    static Step any(String sql, Object... values) {
      return new Step(sql, Arrays.asList(values), OptionalInt.empty());
    }

    static Step several(String sql, int rows, Object... values) {
      return new Step(sql, Arrays.asList(values), OptionalInt.of(rows));
    }
  }

  Transaction {
    steps = List.copyOf(steps);
  }

  /**
   * Runs the statements and commits. On failure nothing is committed, unless it is the commit that
   * failed.
   *
   * @param prepared statements of this connection by their text; more are added
   * @return rows that the statements changed
   */
  long run(Connection connection, Map<String, PreparedStatement> prepared) throws SQLException {
    long rows = 0;
    try {
      for (Step step : steps) {
        PreparedStatement statement = prepared.get(step.sql());
        if (statement == null) {
          statement = connection.prepareStatement(step.sql());
          prepared.put(step.sql(), statement);
        }
        bind(statement, step);
        int changed = statement.executeUpdate();
        if (step.rows().isPresent() && step.rows().getAsInt() != changed) {
          throw new DemoFailure(
              "The workload expected to change "
                  + step.rows().getAsInt()
                  + " rows and changed "
                  + changed
                  + " by: "
                  + step.sql());
        }
        rows += changed;
      }
      connection.commit();
      return rows;
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    }
  }

  /** Runs many statements in one transaction, in batches. */
  static void fillIn(Connection connection, List<Step> steps) throws SQLException {
    connection.setAutoCommit(false);
    Map<String, PreparedStatement> prepared = new HashMap<>();
    String last = "";
    int waiting = 0;
    for (Step step : steps) {
      if (waiting == BATCH || !last.equals(step.sql())) {
        flush(prepared.get(last));
        waiting = 0;
      }
      PreparedStatement statement = prepared.get(step.sql());
      if (statement == null) {
        statement = connection.prepareStatement(step.sql());
        prepared.put(step.sql(), statement);
      }
      bind(statement, step);
      statement.addBatch();
      waiting++;
      last = step.sql();
    }
    flush(prepared.get(last));
    connection.commit();
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
  }

  private static void flush(PreparedStatement statement) throws SQLException {
    if (statement != null) {
      statement.executeBatch();
    }
  }

  private static void bind(PreparedStatement statement, Step step) throws SQLException {
    for (int i = 0; i < step.values().size(); i++) {
      statement.setObject(i + 1, step.values().get(i));
    }
  }
}

package dev.belay.sink;

import dev.belay.sink.harness.TargetDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reads the target without pause, each time in one snapshot of the database. */
final class SnapshotObserver implements AutoCloseable {
  private final TargetDatabase db;
  private final String query;
  private final TreeMap<String, List<String>> seen = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Semaphore another = new Semaphore(0);
  private final CompletableFuture<Void> reading;

  /**
   * @param query one column, in any order
   */
  SnapshotObserver(TargetDatabase db, String query) {
    this.db = db;
    this.query = query;
    this.reading = CompletableFuture.runAsync(this::read);
  }

  /** The rows by the frontier that they were seen with. */
  TreeMap<String, List<String>> seen() {
    return seen;
  }

  /** Frontiers under which rows changed. */
  List<String> faults() {
    return faults;
  }

  private void read() {
    try (Connection connection = db.connect()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      while (!over.get()) {
        look(connection);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void look(Connection connection) throws SQLException {
    List<String> frontier = rows(connection, "SELECT frontier FROM belay.belay_frontier");
    List<String> rows = rows(connection, query);
    connection.commit();
    if (frontier.isEmpty() || frontier.get(0) == null) {
      return;
    }
    List<String> before = seen.putIfAbsent(frontier.get(0), rows);
    if (before == null) {
      another.release();
    } else if (!before.equals(rows)) {
      faults.add("rows changed under frontier " + frontier.get(0));
    }
  }

  private List<String> rows(Connection connection, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    Collections.sort(rows);
    return rows;
  }

  /** Gives the reader a moment, in which the task need not go on. */
  boolean seesAnother() {
    try {
      return another.tryAcquire(20, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Lets it finish the look that it takes. */
  void end() {
    over.set(true);
    reading.join();
  }

  @Override
  public void close() {
    end();
  }
}

package dev.belay.sink.faults;

import dev.belay.sink.harness.TargetDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads the bank a hundred times a second while faults strike, each time in one snapshot of the
 * database: no money is made or lost, and there is no child without its parent (invariant I4
 * Snapshot). While the database is away it waits. One thread of its own, which ends with {@link
 * #close}.
 */
final class BankObserver implements AutoCloseable {
  private static final String LOOK =
      "SELECT count(*), coalesce(sum(balance), 0),"
          + " (SELECT count(*) FROM entry e WHERE NOT EXISTS"
          + "   (SELECT 1 FROM transfer t WHERE t.id = e.transfer)),"
          + " (SELECT count(*) FROM transfer t WHERE (SELECT count(*) FROM entry e"
          + "   WHERE e.transfer = t.id) <> 2),"
          + " (SELECT count(*) FROM (SELECT 1 FROM entry GROUP BY transfer"
          + "   HAVING sum(amount) <> 0) lopsided) FROM account";

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "bank-observer");
            thread.setDaemon(true);
            return thread;
          });
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final AtomicInteger looks = new AtomicInteger();
  private volatile TargetDatabase db;
  private Connection connection;

  BankObserver(TargetDatabase db) {
    this.db = db;
    clock.scheduleWithFixedDelay(this::look, 0, 10, TimeUnit.MILLISECONDS);
  }

  /** What it saw that must not be. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  /** How often it could look. */
  int looks() {
    return looks.get();
  }

  /** From now on it reads there. */
  void moveTo(TargetDatabase other) {
    db = other;
  }

  private void look() {
    try {
      if (connection == null) {
        connection = db.connect();
      }
      try (Statement statement = connection.createStatement();
          ResultSet seen = statement.executeQuery(LOOK)) {
        seen.next();
        boolean isOpen = seen.getInt(1) > 0;
        judge("accounts", seen.getInt(1), isOpen ? Bank.ACCOUNTS : 0);
        judge("money", seen.getInt(2), isOpen ? Bank.ACCOUNTS * Bank.EACH : 0);
        judge("entries without their transfer", seen.getInt(3), 0);
        judge("transfers without their two entries", seen.getInt(4), 0);
        judge("transfers whose entries do not sum to zero", seen.getInt(5), 0);
        looks.incrementAndGet();
      }
    } catch (SQLException away) {
      disconnect();
    }
  }

  private void judge(String what, int seen, int right) {
    if (seen != right) {
      faults.add("look " + looks + ": " + what + ": " + seen + " instead of " + right);
    }
  }

  private void disconnect() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException alreadyBroken) {
      // what it is to be
    }
    connection = null;
  }

  @Override
  public void close() {
    clock.shutdown();
    try {
      clock.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    disconnect();
  }
}

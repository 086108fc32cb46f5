package dev.belay.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Clerks at work on the new database, each on a thread and a session of their own, at a steady pace
 * together. A clerk who falls behind works without pause until the pace is met again. A thread that
 * fails raises the alarm.
 */
final class Workload {

  /** Fewer would leave out that transactions overlap; each costs a thread, and cores are few. */
  static final int CLERKS = 3;

  // Serialization failure and deadlock: by CockroachDB's rules the client runs the same again.
  private static final Set<String> RETRIED = Set.of("40001", "40P01");
  private static final int TRIES = 20;

  /** Where the clerks' sessions come from. */
  @FunctionalInterface
  interface Sessions {
    Connection open() throws SQLException;
  }

  private final Sessions sessions;
  private final long nanosBetween;
  private final LongAdder committed = new LongAdder();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /**
   * @param rate transactions a second of all clerks together
   */
  Workload(Shop shop, long seed, int rate, Sessions sessions, Alarm alarm) {
    this.sessions = sessions;
    this.nanosBetween = 1_000_000_000L * CLERKS / rate;
    for (int number = 0; number < CLERKS; number++) {
      Clerk clerk = new Clerk(shop, number, seed);
      threads.add(alarm.guard("workload " + number, () -> work(clerk)));
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Lets each clerk finish the transaction in hand, and returns when all have. */
  void stop() throws InterruptedException {
    stopping = true;
    threads.forEach(LockSupport::unpark);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Transactions committed so far. */
  long committed() {
    return committed.sum();
  }

  private void work(Clerk clerk) throws SQLException {
    Map<String, PreparedStatement> prepared = new HashMap<>();
    try (Connection connection = sessions.open()) {
      connection.setAutoCommit(false);
      long turn = System.nanoTime();
      while (awaitTurn(turn)) {
        run(clerk.next(), connection, prepared);
        committed.increment();
        turn += nanosBetween;
      }
    }
  }

  /** False if there is no more turn. */
  private boolean awaitTurn(long turn) {
    while (!stopping) {
      long early = turn - System.nanoTime();
      if (early <= 0) {
        return true;
      }
      LockSupport.parkNanos(early);
    }
    return false;
  }

  private static void run(
      Transaction transaction, Connection connection, Map<String, PreparedStatement> prepared)
      throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        transaction.run(connection, prepared);
        return;
      } catch (SQLException e) {
        if (attempt == TRIES || !RETRIED.contains(e.getSQLState())) {
          throw e;
        }
      }
    }
  }
}

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
 * Clerks at work on a database, each on a thread and a session of their own, at a steady pace
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
  private final LongAdder rows = new LongAdder();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /**
   * @param rate transactions a second of all clerks together
   */
  Workload(Shop shop, long seed, int rate, Sessions sessions, Alarm alarm, Desk desk) {
    this.sessions = sessions;
    this.nanosBetween = 1_000_000_000L * CLERKS / rate;
    for (int i = 0; i < CLERKS; i++) {
      int number = desk.number() * CLERKS + i;
      Clerk clerk = new Clerk(shop, number, seed, desk);
      threads.add(alarm.guard("workload " + number, () -> work(clerk)));
    }
  }

  /**
   * Clerks of different desks touch no row in common.
   *
   * @param number 0 and up
   * @param of how many desks there are; each has {@link #CLERKS} clerks
   */
  record Desk(int number, int of) {
    static final Desk ONLY = new Desk(0, 1);
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

  /** Rows that their statements have changed. */
  long rows() {
    return rows.sum();
  }

  private void work(Clerk clerk) throws SQLException {
    Map<String, PreparedStatement> prepared = new HashMap<>();
    try (Connection connection = sessions.open()) {
      connection.setAutoCommit(false);
      long turn = System.nanoTime();
      while (awaitTurn(turn)) {
        rows.add(run(clerk.next(), connection, prepared));
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

  private static long run(
      Transaction transaction, Connection connection, Map<String, PreparedStatement> prepared)
      throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return transaction.run(connection, prepared);
      } catch (SQLException e) {
        if (attempt == TRIES || !RETRIED.contains(e.getSQLState())) {
          throw e;
        }
      }
    }
  }
}

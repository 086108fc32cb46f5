package dev.belay.cli.demo;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the target without pause, each time in a snapshot of its own, and checks what must be true
 * of every state that the new database ever had: the sum over all accounts, no order without its
 * employee, no payment without its order, and each order knowing the sum of its payments. The last
 * one breaks when a source transaction arrives in two parts.
 *
 * <p>One thread, started and stopped by the demo; if it fails it raises the alarm.
 */
final class Observer {

  // Outer joins on the tables as they are: the target's foreign keys are not taken for granted.
  private static final String LOOK =
      """
      SELECT
        (SELECT frontier FROM belay.belay_frontier WHERE connector = ?),
        (SELECT coalesce(sum(balance), 0) FROM accounts),
        (SELECT count(*) FROM orders o LEFT JOIN employees e ON e.id = o.employee_id
          WHERE e.id IS NULL),
        (SELECT count(*) FROM payments p LEFT JOIN orders o ON o.id = p.order_id
          WHERE o.id IS NULL),
        (SELECT count(*) FROM orders o
          LEFT JOIN (SELECT order_id, sum(amount) AS paid FROM payments GROUP BY order_id) p
          ON p.order_id = o.id WHERE o.paid <> coalesce(p.paid, 0))
      """;

  private final String connector;
  private final BigDecimal rightSum;
  private final Workload.Sessions sessions;
  private final Thread thread;
  private final Set<String> frontiers = new HashSet<>();
  private long snapshots;
  private long bad;
  private Optional<String> firstBad = Optional.empty();
  private volatile boolean stopping;

  Observer(String connector, BigDecimal rightSum, Workload.Sessions sessions, Alarm alarm) {
    this.connector = connector;
    this.rightSum = rightSum;
    this.sessions = sessions;
    this.thread = alarm.guard("observer", this::watch);
  }

  /**
   * What was seen.
   *
   * @param snapshots how often the target was read
   * @param frontiers how many different frontiers these reads saw
   * @param bad reads in which something was wrong
   * @param firstBad what was wrong in the first of them
   */
  record Seen(long snapshots, int frontiers, long bad, Optional<String> firstBad) {}

  void start() {
    thread.start();
  }

  /** Ends the watch and tells what was seen. */
  Seen stop() throws InterruptedException {
    stopping = true;
    thread.join();
    // After join: no lock is needed to see what the thread wrote.
    return new Seen(snapshots, frontiers.size(), bad, firstBad);
  }

  private void watch() throws SQLException {
    try (Connection connection = sessions.open()) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try (PreparedStatement look = connection.prepareStatement(LOOK)) {
        look.setString(1, connector);
        while (!stopping) {
          try (ResultSet row = look.executeQuery()) {
            row.next();
            judge(row);
          }
          connection.commit();
        }
      }
    }
  }

  private void judge(ResultSet row) throws SQLException {
    String frontier = row.getString(1);
    BigDecimal sum = row.getBigDecimal(2);
    snapshots++;
    if (frontier != null) {
      frontiers.add(frontier);
    }
    long orphanOrders = row.getLong(3);
    long orphanPayments = row.getLong(4);
    long wrongOrders = row.getLong(5);
    boolean right =
        sum.compareTo(rightSum) == 0 && orphanOrders + orphanPayments + wrongOrders == 0;
    if (!right) {
      bad++;
      firstBad =
          firstBad.or(
              () ->
                  Optional.of(
                      "at frontier "
                          + frontier
                          + ": balances add up to "
                          + sum
                          + " instead of "
                          + rightSum
                          + ", orders without employee "
                          + orphanOrders
                          + ", payments without order "
                          + orphanPayments
                          + ", orders that do not know their payments "
                          + wrongOrders));
    }
  }
}

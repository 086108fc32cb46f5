package dev.belay.testkit.standin;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;

/**
 * Prints how fast one reader gets rows that the log has ready, and what they cost: a program, not a
 * test. Arguments: rows, fetch size.
 */
final class SinklessThroughput {

  private static final int ROUNDS = 4;

  private SinklessThroughput() {}

  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
    int fetchSize = args.length > 1 ? Integer.parseInt(args[1]) : 5_000;
    try (StandIn standIn = StandIn.builder().rowsKept(2 * count).start()) {
      standIn.execute(
          "CREATE TABLE wide (id INT PRIMARY KEY, a STRING, b DECIMAL(12,2), c TIMESTAMPTZ, d BOOL,"
              + " e INT, f FLOAT8, g UUID, h DATE, i STRING, j JSONB, k BYTES, l INT)");
      String cursor = standIn.now().toString();
      standIn.execute(
          "INSERT INTO wide SELECT n, 'customer ' || n, n / 7.0, now(), n % 2 = 0, n * 3, n / 3.0,"
              + " gen_random_uuid(), '2024-01-01', repeat('x', 40), '{\"a\": 1}', '\\x0011', n"
              + " FROM generate_series(1, "
              + count
              + ") n");
      standIn.now();
      for (int round = 0; round < ROUNDS; round++) {
        read(standIn, cursor, count, fetchSize);
      }
    }
  }

  private static void read(StandIn standIn, String cursor, int count, int fetchSize)
      throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(fetchSize);
      ResultSet rows =
          statement.executeQuery(
              "CREATE CHANGEFEED FOR wide WITH updated, mvcc_timestamp, cursor = '" + cursor + "'");
      long start = System.nanoTime();
      long bytes = 0;
      for (int i = 0; i < count && rows.next(); i++) {
        bytes += rows.getBytes(3).length;
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%,d rows of %d bytes, fetch size %,d: %,.0f rows/s; feed %.2f us/row, client %.2f us/row%n",
          count,
          bytes / count,
          fetchSize,
          count / seconds,
          cpu("standin-changefeed") / 1e3 / count,
          cpu("main") / 1e3 / count);
    }
  }

  /** CPU nanoseconds of the threads that are there now; of the main thread since the last call. */
  private static long cpu(String prefix) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long total = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().startsWith(prefix)) {
        total += threads.getThreadCpuTime(thread.getThreadId());
      }
    }
    if (prefix.equals("main")) {
      long since = total - mainBefore;
      mainBefore = total;
      return since;
    }
    return total;
  }

  private static long mainBefore;
}

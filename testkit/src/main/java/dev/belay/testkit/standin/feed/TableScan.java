package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Capture.Fence;
import dev.belay.testkit.standin.capture.Catalog;
import dev.belay.testkit.standin.capture.Entry;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.TableShape;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads whole tables as of one time in the order of commits, without holding anybody up; the same
 * again when asked again. One thread at a time.
 *
 * <p>Invariant ScanMeetsStream: the rows hold the effect of every transaction at or below {@link
 * #time}, which are those before {@link #position}, and of no other. A PostgreSQL snapshot is a set
 * of transactions, not a place in the log, and around the moment it is taken the two orders may
 * differ; then the snapshot is thrown away and another one taken.
 */
final class TableScan implements AutoCloseable {

  private static final int ATTEMPTS = 100;
  private static final int ROWS_AT_ONCE = 1000;
  // Transactions become visible in another order than they are logged only if they commit together.
  private static final int LOOK_BACK = 1000;

  /** Takes a row with the commit time of its version. */
  @FunctionalInterface
  interface RowConsumer {
    void accept(TableShape shape, Row row, Hlc mvcc);
  }

  private final Capture capture;
  private final Connection connection;
  private final Hlc time;
  private final long position;

  private TableScan(Capture capture, Connection connection, Hlc time, long position) {
    this.capture = capture;
    this.connection = connection;
    this.time = time;
    this.position = position;
  }

  static TableScan begin(Capture capture) throws SQLException {
    Connection connection = capture.connect();
    try {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Fence before = capture.fence();
        Snapshot snapshot = Snapshot.take(connection);
        Optional<Fence> meeting = meeting(capture, before, snapshot, capture.fence());
        if (meeting.isPresent()) {
          return new TableScan(capture, connection, meeting.get().time(), meeting.get().position());
        }
        connection.rollback();
      }
      throw new SQLException("No snapshot agrees with the order of commits");
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Where the snapshot lies in the log; empty if it lies nowhere. */
  private static Optional<Fence> meeting(
      Capture capture, Fence before, Snapshot snapshot, Fence after) {
    long start = Math.max(capture.log().oldest(), before.position() - LOOK_BACK);
    List<Entry> entries = capture.log().read(start, after.position(), Integer.MAX_VALUE);
    long visible = entries.stream().takeWhile(snapshot::contains).count();
    long position = start + visible;
    boolean isPrefix = entries.stream().skip(visible).noneMatch(snapshot::contains);
    if (!isPrefix || position < before.position()) {
      return Optional.empty();
    }
    if (position == after.position()) {
      return Optional.of(after);
    }
    Hlc time =
        position == before.position() ? before.time() : entries.get((int) visible - 1).time();
    return Optional.of(new Fence(time, position));
  }

  private record Snapshot(long end, Set<Long> inProgress) {
    static Snapshot take(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()::text")) {
        row.next();
        String[] parts = row.getString(1).split(":", -1);
        Set<Long> inProgress =
            parts[2].isEmpty()
                ? Set.of()
                : List.of(parts[2].split(",")).stream()
                    .map(Long::parseLong)
                    .collect(Collectors.toCollection(HashSet::new));
        return new Snapshot(Long.parseLong(parts[1]), inProgress);
      }
    }

    boolean contains(Entry entry) {
      long id = Integer.toUnsignedLong(entry.transactionId());
      return id < end && !inProgress.contains(id);
    }
  }

  /** The time of the scan. */
  Hlc time() {
    return time;
  }

  /** Where in the log the stream goes on. */
  long position() {
    return position;
  }

  /** Reads a table in the order of its key; does nothing if it was dropped. */
  void rows(long tableId, RowConsumer consumer) throws SQLException {
    Optional<TableShape> found = new Catalog(connection, capture.database()).table(tableId);
    if (found.isEmpty()) {
      return;
    }
    TableShape shape = found.get();
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(ROWS_AT_ONCE);
      ResultSet rows = statement.executeQuery(query(shape));
      while (rows.next()) {
        String[] texts = new String[shape.columns().size()];
        for (int i = 0; i < texts.length; i++) {
          texts[i] = rows.getString(i + 3);
        }
        consumer.accept(shape, Row.owning(texts), commitTime(rows));
      }
    }
  }

  private Hlc commitTime(ResultSet row) throws SQLException {
    Optional<Hlc> moved = capture.movedTime(Integer.parseUnsignedInt(row.getString(1)));
    String micros = row.getString(2);
    // A version from before capture began, or frozen, has no commit time left: it is old.
    return moved.orElseGet(
        () -> micros == null ? time : new Hlc(Long.parseLong(micros) * 1_000L, 0));
  }

  private static String query(TableShape shape) {
    String columns =
        shape.columns().stream()
            .map(c -> quote(c.name()) + "::text")
            .collect(Collectors.joining(", "));
    String key = shape.keyNames().stream().map(TableScan::quote).collect(Collectors.joining(", "));
    return "SELECT xmin::text, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::int8::text, "
        + columns
        + " FROM "
        + quote(shape.schema())
        + "."
        + quote(shape.name())
        + " ORDER BY "
        + key;
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot close the session of a scan", e);
    }
  }
}

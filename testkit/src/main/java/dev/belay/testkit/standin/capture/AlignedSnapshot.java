package dev.belay.testkit.standin.capture;

import dev.belay.testkit.standin.capture.Capture.Fence;
import dev.belay.testkit.standin.row.Hlc;
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
 * A session that sees the database as of one time in the order of commits, without holding anybody
 * up. One thread at a time.
 *
 * <p>Invariant ScanMeetsStream: it sees the effect of every transaction at or below {@link #time},
 * which are those before {@link #position}, and of no other. A PostgreSQL snapshot is a set of
 * transactions, not a place in the log, and around the moment it is taken the two orders may
 * differ; then the snapshot is thrown away and another one taken.
 */
public final class AlignedSnapshot implements AutoCloseable {

  private static final int ATTEMPTS = 100;
  // Transactions become visible in another order than they are logged only if they commit together.
  private static final int LOOK_BACK = 1000;

  private final Connection connection;
  private final Hlc time;
  private final long position;

  private AlignedSnapshot(Connection connection, Fence meeting) {
    this.connection = connection;
    this.time = meeting.time();
    this.position = meeting.position();
  }

  /** Takes one of this moment. */
  public static AlignedSnapshot take(Capture capture) throws SQLException {
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
          return new AlignedSnapshot(connection, meeting.get());
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

  /** The time of what it sees. */
  public Hlc time() {
    return time;
  }

  /** Where in the log the stream goes on. */
  public long position() {
    return position;
  }

  /** The session, in a transaction that only reads. */
  public Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot close the session of a snapshot", e);
    }
  }
}

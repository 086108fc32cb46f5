package dev.belay.sink;

import dev.belay.sink.apply.OutageException;
import dev.belay.sink.apply.TargetConnection;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.CheckpointSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops what is kept in schema {@code belay} for a time only, and is older. Between windows, in
 * transactions of its own, some rows at a time. The task's thread.
 */
final class Pruner {
  private static final Logger LOG = LoggerFactory.getLogger(Pruner.class);

  /** Between looks that found little to drop. */
  static final Duration INTERVAL = Duration.ofMinutes(10);

  /**
   * A table with rows that grow old.
   *
   * @param sql drops some of those that are older than the milliseconds that it binds
   * @param retention how long they are kept
   */
  record Kept(String table, String sql, Duration retention) {}

  private final List<Kept> tables;
  private final TargetConnection connection;
  private final LongSupplier nanoTime;
  private Optional<Long> lastLook = Optional.empty();

  Pruner(List<Kept> tables, TargetConnection connection, LongSupplier nanoTime) {
    this.tables = List.copyOf(tables);
    this.connection = connection;
    this.nanoTime = nanoTime;
  }

  /**
   * Drops some rows, if it is time. No window may be under way.
   *
   * @throws OutageException the target is away, or busy with these rows; to be tried again
   * @throws StopException a table is not there, or this user may not drop its rows
   */
  void pruneIfDue() throws OutageException {
    long now = nanoTime.getAsLong();
    if (tables.isEmpty() || lastLook.filter(at -> now - at < INTERVAL.toNanos()).isPresent()) {
      return;
    }
    lastLook = Optional.of(now);
    for (Kept kept : tables) {
      long dropped = prune(kept);
      if (dropped > 0) {
        LOG.debug("Dropped {} rows of {}", dropped, kept.table());
      }
      if (dropped >= CheckpointSql.PRUNED_TOGETHER) {
        // there may be more
        lastLook = Optional.empty();
      }
    }
  }

  private long prune(Kept kept) throws OutageException {
    Connection open = connection.get();
    try (PreparedStatement drop = open.prepareStatement(kept.sql())) {
      drop.setLong(1, kept.retention().toMillis());
      long dropped = drop.executeLargeUpdate();
      open.commit();
      return dropped;
    } catch (SQLException e) {
      TargetFault fault = connection.judge(e);
      if (fault.verdict() == Verdict.FATAL && fault.isAboutTables()) {
        connection.rollback();
        throw new StopException(
            connection.targetName()
                + ", dropping old rows of "
                + kept.table()
                + ": "
                + fault.describe()
                + ". Run "
                + connection.scripts()
                + "/conflicts.sql, which makes the table and gives the sink's user its rights on it.");
      }
      throw connection.fail(e, "dropping old rows of " + kept.table());
    }
  }
}

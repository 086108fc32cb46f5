package dev.belay.sink;

import dev.belay.sink.apply.OutageException;
import dev.belay.sink.apply.SequenceSync;
import dev.belay.sink.apply.SequenceSync.Found;
import dev.belay.sink.apply.SequenceSync.State;
import dev.belay.sink.apply.TargetConnection;
import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.metrics.SinkMetrics;
import dev.belay.sink.shape.SequenceShape;
import dev.belay.sink.target.Sequences;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the target's sequences are looked at: at intervals while rows are written, and once more
 * when partitions are taken away. Between windows, in a transaction of its own that writes no row.
 * What keeps it from looking never stops the feed, unless the target is away for both. The task's
 * thread.
 */
final class SequenceKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(SequenceKeeper.class);

  /** More names than this are not listed when it begins. */
  private static final int MOST_NAMES = 20;

  /**
   * @param interval between looks
   * @param dryRun whether nothing is moved
   */
  record Wish(Duration interval, long margin, boolean dryRun) {}

  private final Sequences sequences;
  private final SequenceSync sync;
  private final Wish wish;
  private final TargetConnection connection;
  private final Supplier<Set<TableName>> tables;
  private final SinkMetrics metrics;
  private final LongSupplier nanoTime;
  private final Set<TableName> known = new LinkedHashSet<>();
  private final Map<TableName, State> told = new HashMap<>();
  private final Set<TableName> moved = new HashSet<>();
  private Optional<Long> lastLook = Optional.empty();
  private long appliedThen = -1;
  private boolean begun;
  private String lastTrouble = "";

  /**
   * @param tables those whose sequences are to be kept, as far as is known when it is asked
   */
  SequenceKeeper(
      Sequences sequences,
      Wish wish,
      TargetConnection connection,
      Supplier<Set<TableName>> tables,
      SinkMetrics metrics,
      LongSupplier nanoTime) {
    this.sequences = sequences;
    this.sync = new SequenceSync(sequences, wish.margin(), wish.dryRun());
    this.wish = wish;
    this.connection = connection;
    this.tables = tables;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /** Whether a look is due for so long that the window under way has to be waited for. */
  boolean isOverdue() {
    return isStale()
        && lastLook.filter(at -> since(at) > 2 * wish.interval().toNanos()).isPresent();
  }

  /**
   * Looks, if it is time. No window may be under way.
   *
   * @throws OutageException the target is away
   */
  void lookIfDue() throws OutageException {
    if (isStale() && lastLook.filter(at -> since(at) < wish.interval().toNanos()).isEmpty()) {
      look();
    }
  }

  /** Looks once more since the task loses its partitions; never fails. */
  void lookBeforeLeaving() {
    if (!isStale()) {
      return;
    }
    try {
      look();
    } catch (OutageException | StopException e) {
      LOG.warn(
          "Sequences were not looked at before the task left its partitions: {}", e.getMessage());
    }
  }

  /** Whether rows may have been written since the last look. */
  private boolean isStale() {
    return metrics.getApplied() != appliedThen;
  }

  private long since(long at) {
    return nanoTime.getAsLong() - at;
  }

  private void look() throws OutageException {
    long applied = metrics.getApplied();
    known.addAll(tables.get());
    lastLook = Optional.of(nanoTime.getAsLong());
    try {
      Connection open = connection.get();
      List<Found> found = sync.run(open, known);
      // not for what was moved to take effect, but for it to be on the server's disk
      open.commit();
      appliedThen = applied;
      lastTrouble = "";
      begin(found);
      found.forEach(this::tell);
      metrics.sequences(
          found.stream().filter(f -> isMoved(f.state())).count(),
          found.stream().filter(f -> f.state().isAtRisk()).count());
    } catch (SQLException e) {
      trouble(e);
    }
  }

  private void trouble(SQLException e) throws OutageException {
    TargetFault fault = connection.judge(e);
    if (fault.connectionLost()) {
      connection.drop();
    } else {
      connection.rollback();
    }
    String text = connection.targetName() + ", looking at sequences: " + fault.describe();
    if (fault.verdict() == Verdict.TRANSIENT || fault.connectionLost()) {
      throw new OutageException(text);
    }
    if (!text.equals(lastTrouble)) {
      lastTrouble = text;
      LOG.warn(
          "{}. Rows are applied all the same; sequences are looked at again in {} ms",
          text,
          wish.interval().toMillis());
    }
  }

  private void begin(List<Found> found) {
    if (begun || found.isEmpty()) {
      return;
    }
    begun = true;
    LOG.info(
        "{} {} sequences, every {} ms, with a margin of {}: {}{}",
        wish.dryRun() ? "Watching" : "Keeping ahead",
        found.size(),
        wish.interval().toMillis(),
        wish.margin(),
        String.join(
            "; ", found.stream().limit(MOST_NAMES).map(f -> f.sequence().toString()).toList()),
        found.size() > MOST_NAMES ? "; and others" : "");
  }

  private static boolean isMoved(State state) {
    return state == State.MOVED || state == State.MOVED_TO_ITS_END;
  }

  /** Each state of a sequence when it begins, and when the risk is over. */
  private void tell(Found found) {
    SequenceShape sequence = found.sequence();
    State state = found.state();
    if (state == State.MOVED && !moved.add(sequence.name())) {
      LOG.debug("Sequence {} is moved", sequence);
    } else if (state == State.MOVED) {
      LOG.info(
          "Sequence {} was behind its rows; its next number is {} now. When it is moved again that is"
              + " logged at level DEBUG",
          sequence,
          found.next().orElseThrow());
    }
    State before = told.getOrDefault(sequence.name(), State.AHEAD);
    boolean wasAtRisk = before.isAtRisk();
    boolean warns = state.isAtRisk() || state == State.MOVED_TO_ITS_END;
    if (warns && state != before) {
      LOG.warn("Sequence {} {}", sequence, risk(found));
    } else if (wasAtRisk && !warns && state != State.CONTESTED) {
      LOG.info("Sequence {} is ahead of its rows", sequence);
    }
    if (state != State.CONTESTED) {
      told.put(sequence.name(), state);
    }
  }

  private String risk(Found found) {
    SequenceShape sequence = found.sequence();
    return switch (found.state()) {
      case BEHIND ->
          "is behind its rows: sequences.sync=on would move it, so that its next number is "
              + found.next().orElseThrow();
      case EXHAUSTED ->
          "has no number left behind those of its rows: its end, or that of its column's type, is at "
              + (sequence.ascends() ? sequence.greatest() : sequence.least())
              + ". It is left where it is. Rows from the other database have numbers of another range,"
              + " such as those of unique_rowid(): widen the column and the sequence (ALTER SEQUENCE"
              + " ... AS bigint), or give the application a range of its own";
      case MOVED_TO_ITS_END ->
          "was moved, and has fewer numbers left than sequences.margin before its end, or that of its"
              + " column's type, at "
              + (sequence.ascends() ? sequence.greatest() : sequence.least())
              + ": widen the column and the sequence before you go back";
      case CYCLIC ->
          "begins anew when it comes to its end (CYCLE), and is left where it is: see that its numbers"
              + " are free before you go back";
      case NOT_INDEXED ->
          "is left where it is: to find the greatest number in its column would mean to read the whole"
              + " table. Create an index that begins with the column";
      case FORBIDDEN ->
          "is left where it is: the user of target.connection.user lacks "
              + String.join(", ", sequence.missing())
              + " on it. Run: "
              + sequences.grant(sequence)
              + " TO that user, and GRANT USAGE on the sequence's schema where that is missing";
      case AHEAD, MOVED, CONTESTED -> "is ahead of its rows";
    };
  }
}

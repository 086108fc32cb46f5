package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.plan.SequenceMove;
import dev.belay.sink.shape.SequencePosition;
import dev.belay.sink.shape.SequenceShape;
import dev.belay.sink.target.Sequences;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Keeps sequences ahead of the rows that were written with numbers of their own. Writes no row and
 * no checkpoint: a task that was overtaken can do no harm by it, since a sequence only moves
 * forward. Holds no connection; whoever has a session can use it, also without a task. One thread.
 *
 * <p>Remembers where sequences were when it looked last. One that somebody has drawn from since is
 * let be for as long as its next number is in no row: the rows up to there are of whoever draws,
 * and a margin after each look would use up numbers for nothing.
 */
public final class SequenceSync {
  private final Sequences sequences;
  private final long margin;
  private final boolean dryRun;
  private final Map<TableName, Long> lastSeen = new HashMap<>();

  /**
   * @param margin numbers to keep free between the rows and the next number; what is replicated
   *     before the next look must fit in half of it
   * @param dryRun whether nothing is moved
   */
  public SequenceSync(Sequences sequences, long margin, boolean dryRun) {
    this.sequences = sequences;
    this.margin = margin;
    this.dryRun = dryRun;
  }

  /** How a sequence stands to its rows, and what was done. */
  public enum State {
    /** Its next number is in no row. */
    AHEAD,
    /** It was behind, and is ahead now. */
    MOVED,
    /** It is ahead now, by less than the margin: its end is near. */
    MOVED_TO_ITS_END,
    /** It is behind; nothing is moved in a dry run. */
    BEHIND,
    /** Somebody drew from it at the same moment; to be looked at again. */
    CONTESTED,
    /** No number is left behind those of the rows. */
    EXHAUSTED,
    /** It begins anew by itself, so that nothing is ahead of anything. */
    CYCLIC,
    /** No index begins with one of its columns: to look would mean to read the whole table. */
    NOT_INDEXED,
    /** The session may not read or move it. */
    FORBIDDEN;

    /** Whether the next insert that draws from it may meet a row which is there. */
    public boolean isAtRisk() {
      return this != AHEAD && this != MOVED && this != MOVED_TO_ITS_END && this != CONTESTED;
    }
  }

  /**
   * What was found of one sequence.
   *
   * @param next the number that it gives next, or would give if it were moved; empty where it is
   *     neither behind nor was moved
   */
  public record Found(SequenceShape sequence, State state, OptionalLong next) {}

  /**
   * Looks at the sequences of tables once, and moves those that are behind.
   *
   * @param connection not in auto-commit; its transaction is committed
   * @param tables as the target's catalog may be asked for them
   * @throws SQLException what was moved before stays moved
   */
  public List<Found> run(Connection connection, Collection<TableName> tables) throws SQLException {
    List<Found> found = new ArrayList<>();
    for (SequenceShape sequence : sequences.of(connection, tables)) {
      found.add(keep(connection, sequence));
    }
    return found;
  }

  private Found keep(Connection connection, SequenceShape sequence) throws SQLException {
    if (sequence.cycles()) {
      return found(sequence, State.CYCLIC);
    }
    if (!sequence.missing().isEmpty()) {
      return found(sequence, State.FORBIDDEN);
    }
    if (!sequence.columns().stream().allMatch(SequenceShape.Column::indexed)) {
      return found(sequence, State.NOT_INDEXED);
    }
    SequencePosition position = sequences.look(connection, sequence);
    Long before = lastSeen.put(sequence.name(), position.last());
    boolean isDrawnFrom = before != null && before != position.last();
    SequenceMove move = SequenceMove.of(sequence, position, isDrawnFrom ? 0 : margin);
    if (isDrawnFrom && !(move instanceof SequenceMove.Ahead)) {
      move = SequenceMove.of(sequence, position, margin);
    }
    if (move instanceof SequenceMove.Exhausted) {
      return found(sequence, State.EXHAUSTED);
    }
    if (!(move instanceof SequenceMove.To to)) {
      return found(sequence, State.AHEAD);
    }
    OptionalLong next = OptionalLong.of(to.last() + sequence.increment());
    if (dryRun) {
      return new Found(sequence, State.BEHIND, next);
    }
    // What was read belongs to a transaction, and setval does not: CockroachDB would compare with
    // what the transaction saw when it began. In a new one that is an instant ago.
    connection.commit();
    SequencePosition now = sequences.look(connection, sequence);
    if (now.last() != position.last()
        || now.called() != position.called()
        || !sequences.move(connection, sequence, position, to.last())) {
      return found(sequence, State.CONTESTED);
    }
    lastSeen.put(sequence.name(), to.last());
    return new Found(sequence, to.tight() ? State.MOVED_TO_ITS_END : State.MOVED, next);
  }

  private static Found found(SequenceShape sequence, State state) {
    return new Found(sequence, state, OptionalLong.empty());
  }
}

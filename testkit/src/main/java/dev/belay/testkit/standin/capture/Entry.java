package dev.belay.testkit.standin.capture;

import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.RowChange;
import java.util.List;

/**
 * A committed transaction in the log.
 *
 * @param time shared by all its rows; greater than that of every entry before
 * @param transactionId low 32 bits
 * @param hidden written by a session with {@code disable_changefeed_replication}
 * @param changes one per row that differs in the end or was written again
 * @param losses tables that it emptied or dropped, for which no rows are told
 */
public record Entry(
    Hlc time, int transactionId, boolean hidden, List<RowChange> changes, List<Loss> losses) {

  public Entry {
    changes = List.copyOf(changes);
    losses = List.copyOf(losses);
  }

  /** A table was truncated or dropped. */
  public record Loss(long tableId, boolean dropped) {}
}

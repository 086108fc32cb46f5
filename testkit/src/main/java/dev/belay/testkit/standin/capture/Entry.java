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
 * @param alterations tables whose columns it changed
 */
public record Entry(
    Hlc time,
    int transactionId,
    boolean hidden,
    List<RowChange> changes,
    List<Loss> losses,
    List<Alteration> alterations) {

  public Entry {
    changes = List.copyOf(changes);
    losses = List.copyOf(losses);
    alterations = List.copyOf(alterations);
  }

  /**
   * A table has other columns from here on.
   *
   * @param rewritten whether its rows had to be written anew: a column has gone, or changed its
   *     type, or come with a default
   */
  public record Alteration(long tableId, boolean rewritten) {}

  /** A table was truncated or dropped. */
  public record Loss(long tableId, boolean dropped) {}
}

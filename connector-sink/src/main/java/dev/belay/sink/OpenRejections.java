package dev.belay.sink;

import dev.belay.sink.apply.Outcome;
import java.util.HashSet;
import java.util.Set;

/**
 * The rows whose newest version was rejected: the target's snapshot is complete but for them, until
 * a newer version of each is applied. Begins anew with the task. One thread.
 */
final class OpenRejections {
  private final Set<String> rows = new HashSet<>();

  /** How many there are once a window is committed. */
  int after(Window window, Outcome outcome) {
    if (!rows.isEmpty()) {
      outcome
          .plan()
          .rows()
          .forEach(row -> row.changes().forEach(change -> rows.remove(row(window, change))));
    }
    outcome.rejected().keySet().forEach(change -> rows.add(row(window, change)));
    return rows.size();
  }

  private static String row(Window window, int change) {
    var info = window.chosen().get(change).change().info();
    return info.table() + " " + info.key();
  }
}

package dev.belay.sink.apply;

import dev.belay.sink.shape.TableShape;
import java.util.Optional;

/** Whether rows of a table may be written by several tasks, each at its own pace. */
public final class Independence {
  private Independence() {}

  /** Why they may not, and what to do; empty if they may. */
  public static Optional<String> refusal(TableShape table) {
    if (table.foreignKeys().isEmpty() && table.uniques().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "Target table "
            + table
            + " has foreign keys or unique values besides its key, whose rows must be written in one"
            + " order. Set tasks.max=1, or give such tables a connector of their own.");
  }
}

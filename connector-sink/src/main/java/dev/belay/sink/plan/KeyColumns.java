package dev.belay.sink.plan;

import java.util.List;
import java.util.Map;

/**
 * What the user said of unnamed keys: for each feed table the names of the array's parts in wire
 * order, {@code -} for a part that the target does not have.
 *
 * @param byTable feed name, as {@code table} or {@code schema.table}
 */
public record KeyColumns(Map<String, List<String>> byTable) {
  public static final String NOT_IN_TARGET = "-";

  public KeyColumns {
    byTable = Map.copyOf(byTable);
  }
}

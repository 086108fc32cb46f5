package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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

  /** Under which name a table of the feed has something said of its key; empty if nothing is. */
  public Optional<String> entry(TableName feed) {
    return Stream.of(feed.schema() + "." + feed.name(), feed.name())
        .filter(byTable::containsKey)
        .findFirst();
  }
}

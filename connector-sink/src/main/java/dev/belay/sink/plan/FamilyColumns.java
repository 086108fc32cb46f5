package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the user said of column families: the columns of each, by the target's names.
 *
 * @param byFamily feed name of the family, as {@code table.family} or {@code schema.table.family}
 */
public record FamilyColumns(Map<String, List<String>> byFamily) {
  public static final FamilyColumns NONE = new FamilyColumns(Map.of());

  public FamilyColumns {
    byFamily = Map.copyOf(byFamily);
  }

  /** The families that are named of a table; those named with its schema win. */
  Map<String, List<String>> of(TableName feed) {
    Map<String, List<String>> families = new LinkedHashMap<>();
    take(feed.name() + ".", families);
    take(feed.schema() + "." + feed.name() + ".", families);
    return families;
  }

  private void take(String table, Map<String, List<String>> families) {
    byFamily.forEach(
        (name, columns) -> {
          if (name.startsWith(table)) {
            families.put(name.substring(table.length()), columns);
          }
        });
  }
}

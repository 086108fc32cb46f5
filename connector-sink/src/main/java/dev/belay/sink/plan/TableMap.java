package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import java.util.List;
import java.util.Map;

/**
 * Which target table a feed's table is: an explicit pair where one is set, else the same name in
 * the target schema that is set, else the same schema and name.
 *
 * @param pairs feed name, as {@code table} or {@code schema.table}, to target name
 * @param targetSchema empty: keep the feed's schema, or leave it to the search path where the feed
 *     names none
 */
public record TableMap(Map<String, TableName> pairs, String targetSchema) {

  public TableMap {
    pairs = Map.copyOf(pairs);
  }

  public TableName target(TableName feed) {
    TableName pair =
        pairs.get(feed.schema().isEmpty() ? feed.name() : feed.schema() + "." + feed.name());
    if (pair == null) {
      pair = pairs.get(feed.name());
    }
    if (pair == null && feed.schema().isEmpty()) {
      pair = onlyPairOf("." + feed.name());
    }
    if (pair != null) {
      return pair;
    }
    return TableName.of(targetSchema.isEmpty() ? feed.schema() : targetSchema, feed.name());
  }

  /** Where the feed names no schema, a pair that names one is meant if no other could be. */
  private TableName onlyPairOf(String end) {
    List<TableName> targets =
        pairs.entrySet().stream()
            .filter(pair -> pair.getKey().endsWith(end))
            .map(Map.Entry::getValue)
            .toList();
    return targets.size() == 1 ? targets.get(0) : null;
  }
}

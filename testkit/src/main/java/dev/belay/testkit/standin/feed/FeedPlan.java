package dev.belay.testkit.standin.feed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a job does until somebody alters it.
 *
 * @param uri as it was given; may name an external connection
 * @param given options as they were given
 * @param description as listings show it
 */
record FeedPlan(
    long id,
    String user,
    String database,
    SinkUri uri,
    Map<String, Optional<String>> given,
    FeedOptions options,
    List<Watched> tables,
    String description) {

  /**
   * A table of the feed.
   *
   * @param name of the table when the feed was made
   * @param fullName {@code database.schema.table} when the feed was made, unquoted
   * @param printed the same as SQL
   */
  record Watched(long id, String name, String fullName, String printed, String topic) {}

  FeedPlan {
    given = Map.copyOf(given);
    tables = List.copyOf(tables);
  }

  /** The topic of each table, by its id. */
  Map<Long, String> topics() {
    Map<Long, String> topics = new LinkedHashMap<>();
    tables.forEach(table -> topics.put(table.id(), table.topic()));
    return topics;
  }

  TreeSet<String> allTopics() {
    return new TreeSet<>(topics().values());
  }

  boolean watches(long table) {
    return tables.stream().anyMatch(watched -> watched.id() == table);
  }

  /** The name that a table had when the feed was made. */
  String nameOf(long table) {
    return tables.stream()
        .filter(watched -> watched.id() == table)
        .findFirst()
        .map(Watched::name)
        .orElseThrow();
  }
}

package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.row.Family;
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
   * @param parts of its rows, each with a topic of its own; one if families are not split
   */
  record Watched(long id, String name, String fullName, String printed, List<Part> parts) {}

  /**
   * What of a table's rows goes to a topic.
   *
   * @param family empty for all of them
   */
  record Part(Optional<Family> family, String topic) {}

  FeedPlan {
    given = Map.copyOf(given);
    tables = List.copyOf(tables);
  }

  /** What of each table goes where, by the table's id. */
  Map<Long, List<Part>> parts() {
    Map<Long, List<Part>> parts = new LinkedHashMap<>();
    tables.forEach(table -> parts.put(table.id(), table.parts()));
    return parts;
  }

  TreeSet<String> allTopics() {
    TreeSet<String> topics = new TreeSet<>();
    tables.forEach(table -> table.parts().forEach(part -> topics.add(part.topic())));
    return topics;
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

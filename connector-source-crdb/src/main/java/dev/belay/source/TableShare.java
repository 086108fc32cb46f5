package dev.belay.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.feed.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The tables of one task, as the connector hands them over. They are named, not numbered: what the
 * filters take may change between the starts of two tasks.
 *
 * @param task its number, from 0
 * @param tasks how many there are; 0 in the words of a version that did not say so
 * @param refusal why the tables are not read, for people; empty if they are
 */
record TableShare(int task, int tasks, SortedSet<TableName> tables, String refusal) {
  private static final JsonMapper JSON = new JsonMapper();

  private record Written(int task, int tasks, List<String> tables, String refusal) {}

  /**
   * A single task that has nothing to do but to say why.
   *
   * @param tables of the feed, for all that is known
   */
  static TableShare refused(String why, Collection<TableName> tables) {
    return new TableShare(0, 1, new TreeSet<>(tables), why);
  }

  /**
   * Spreads tables in turn.
   *
   * @return one for each task, fewer than {@code tasks} if there are fewer tables
   */
  static List<TableShare> spread(Collection<TableName> tables, int tasks) {
    int count = Math.max(1, Math.min(tasks, tables.size()));
    List<TableShare> shares = new ArrayList<>();
    for (int task = 0; task < count; task++) {
      shares.add(new TableShare(task, count, new TreeSet<>(), ""));
    }
    int next = 0;
    for (TableName table : new TreeSet<>(tables)) {
      shares.get(next++ % count).tables().add(table);
    }
    return shares;
  }

  String text() {
    try {
      return JSON.writeValueAsString(
          new Written(task, tasks, tables.stream().map(TableName::toString).toList(), refusal));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("names are always JSON", e);
    }
  }

  static TableShare parse(String text) {
    Written written;
    try {
      written = JSON.readValue(text, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no share of tables: " + e.getOriginalMessage());
    }
    SortedSet<TableName> tables = new TreeSet<>();
    for (String name : written.tables()) {
      tables.add(TableName.parse(name, "").orElseThrow());
    }
    return new TableShare(
        written.task(), written.tasks(), tables, Optional.ofNullable(written.refusal()).orElse(""));
  }
}

package dev.belay.source.report;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The form of this connector's offsets in Connect: a partition for each table, whatever the number
 * of tasks. An offset without {@code job} was written by a person.
 */
public final class SourceOffsets {
  public static final String FEED = "feed";
  public static final String TABLE = "table";
  public static final String CURSOR = "cursor";
  public static final String JOB = "job";

  private SourceOffsets() {}

  /**
   * A table's partition. Connect finds offsets by the bytes of the partition's JSON, whose order is
   * the map's, and reads them back into a HashMap: so this is one too. (The order of {@link Map#of}
   * differs from one JVM to the next.)
   */
  public static Map<String, String> partition(String feed, TableName table) {
    Map<String, String> partition = new HashMap<>();
    partition.put(FEED, feed);
    partition.put(TABLE, table.toString());
    return partition;
  }

  public static Map<String, String> reached(HlcTimestamp cursor, long job) {
    return Map.of(CURSOR, cursor.toString(), JOB, Long.toString(job));
  }

  /**
   * Reads an offset.
   *
   * @param offset null where Connect has none
   * @throws IllegalArgumentException if a value is none that was ever written
   */
  public static Position position(Map<String, ?> offset) {
    Map<String, Object> fields = new HashMap<>(offset == null ? Map.of() : offset);
    Optional<String> text = Optional.ofNullable(fields.get(CURSOR)).map(String::valueOf);
    if (text.isEmpty()) {
      return new Position.None();
    }
    HlcTimestamp cursor =
        HlcTimestamp.parse(text.get())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "cursor is no time of CockroachDB: " + text.get()));
    Optional<String> job = Optional.ofNullable(fields.get(JOB)).map(String::valueOf);
    return job.isPresent()
        ? new Position.Reached(cursor, Long.parseLong(job.get()))
        : new Position.Moved(cursor);
  }
}

package dev.belay.source.report;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The form of this connector's offsets in Connect: a partition for each table, whatever the number
 * of tasks. A cursor without {@code job} was written by a person, or is that of a feed that has no
 * job; a job without cursor has not come to its first checkpoint.
 */
public final class SourceOffsets {
  public static final String FEED = "feed";
  public static final String TABLE = "table";
  public static final String CURSOR = "cursor";
  public static final String JOB = "job";
  public static final String REPLACED = "replaced";

  /** Rows above the cursor, up to this time, may be in Kafka: a window was cut short. */
  public static final String AHEAD = "ahead";

  /** The time of a scan that has not come to its end. */
  public static final String SCAN = "scan";

  /** The key's columns, and their values up to which a scan has come. */
  public static final String KEY = "key";

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

  /** Of a job that has not come to its first checkpoint. */
  public static Map<String, String> begun(long job) {
    return Map.of(JOB, Long.toString(job));
  }

  /** The same of a job whose end the connector has asked for, to make another one. */
  public static Map<String, String> replaced(Map<String, String> ofJob) {
    Map<String, String> offset = new HashMap<>(ofJob);
    offset.put(REPLACED, "true");
    return offset;
  }

  /** Without a job: everything up to the cursor is in Kafka. */
  public static Map<String, String> complete(HlcTimestamp cursor) {
    return Map.of(CURSOR, cursor.toString());
  }

  /**
   * Everything up to the cursor is in Kafka, and perhaps some of what came after it. Without any
   * field where nothing is complete yet, which is the time 0.
   */
  public static Map<String, String> partly(HlcTimestamp cursor, Optional<HlcTimestamp> ahead) {
    if (cursor.wallNanos() == 0) {
      return Map.of();
    }
    Map<String, String> offset = new HashMap<>(complete(cursor));
    ahead.ifPresent(time -> offset.put(AHEAD, time.toString()));
    return offset;
  }

  /** Of a scan, up to a key; a key that is empty is left out. */
  public static Map<String, String> scanning(HlcTimestamp at, String key) {
    Map<String, String> offset = new HashMap<>();
    offset.put(SCAN, at.toString());
    if (!key.isEmpty()) {
      offset.put(KEY, key);
    }
    return offset;
  }

  /** How far rows above the cursor may be in Kafka; empty if none are. */
  public static Optional<HlcTimestamp> ahead(Map<String, ?> offset) {
    return offset == null
        ? Optional.empty()
        : Optional.ofNullable(offset.get(AHEAD)).map(time -> time(AHEAD, String.valueOf(time)));
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
    Optional<String> job = Optional.ofNullable(fields.get(JOB)).map(String::valueOf);
    if (text.isEmpty() && job.isPresent()) {
      return new Position.Begun(Long.parseLong(job.get()), fields.containsKey(REPLACED));
    } else if (text.isEmpty()) {
      Object scan = fields.get(SCAN);
      return scan == null
          ? new Position.None()
          : new Position.Scanning(
              time(SCAN, String.valueOf(scan)), String.valueOf(fields.getOrDefault(KEY, "")));
    }
    HlcTimestamp cursor = time(CURSOR, text.get());
    return job.isPresent()
        ? new Position.Reached(cursor, Long.parseLong(job.get()), fields.containsKey(REPLACED))
        : new Position.Moved(cursor);
  }

  private static HlcTimestamp time(String field, String text) {
    return HlcTimestamp.parse(text)
        .orElseThrow(
            () -> new IllegalArgumentException(field + " is no time of CockroachDB: " + text));
  }
}

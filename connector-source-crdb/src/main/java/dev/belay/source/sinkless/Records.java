package dev.belay.source.sinkless;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.SourceOffsets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;

/** Makes Connect's records, all bytes as CockroachDB gave them. The task's thread only. */
final class Records {
  private static final byte[] NO_KEY = null;

  private final String feed;
  private final ToIntFunction<String> topics;
  private final Map<TableName, Map<String, String>> partitions = new HashMap<>();

  /**
   * @param topics knows how many partitions a topic has
   */
  Records(String feed, ToIntFunction<String> topics) {
    this.feed = feed;
    this.topics = topics;
  }

  /** Where Connect keeps a table's offset: one object for all records of the table. */
  Map<String, String> sourcePartition(TableName table) {
    return partitions.computeIfAbsent(table, name -> SourceOffsets.partition(feed, name));
  }

  /** A record that carries a table's offset, whatever else it tells. */
  SourceRecord carrying(SourceRecord carrier, TableName table, Map<String, ?> offset) {
    return new SourceRecord(
        sourcePartition(table),
        offset,
        carrier.topic(),
        carrier.kafkaPartition(),
        carrier.keySchema(),
        carrier.key(),
        carrier.valueSchema(),
        carrier.value(),
        carrier.timestamp());
  }

  SourceRecord row(Route route, byte[] key, byte[] value, Map<String, ?> offset) {
    String topic = route.topic();
    return record(
        route,
        offset,
        Partitioner.partition(key, topics.applyAsInt(topic)),
        Schema.BYTES_SCHEMA,
        key,
        value);
  }

  SourceRecord resolved(Route route, int partition, byte[] value, Map<String, ?> offset) {
    return record(route, offset, partition, Schema.OPTIONAL_BYTES_SCHEMA, NO_KEY, value);
  }

  private SourceRecord record(
      Route route,
      Map<String, ?> offset,
      int partition,
      Schema keySchema,
      byte[] key,
      byte[] value) {
    return new SourceRecord(
        sourcePartition(route.table()),
        offset,
        route.topic(),
        partition,
        keySchema,
        key,
        Schema.BYTES_SCHEMA,
        value);
  }

  /** Tells a topic that all rows of a time are in it, and Connect that the scan is done. */
  List<SourceRecord> scanned(Route route, HlcTimestamp at, Map<String, ?> before) {
    List<SourceRecord> made = new ArrayList<>();
    int partitions = partitions(route);
    for (int partition = 0; partition < partitions; partition++) {
      // LastOfTable: the same as in a window
      made.add(
          resolved(
              route,
              partition,
              resolvedValue(at),
              partition == partitions - 1 ? SourceOffsets.complete(at) : before));
    }
    return made;
  }

  int partitions(Route route) {
    return topics.applyAsInt(route.topic());
  }

  /** The form of CockroachDB's own resolved messages. */
  static byte[] resolvedValue(HlcTimestamp time) {
    return ("{\"resolved\":\"" + time + "\"}").getBytes(StandardCharsets.US_ASCII);
  }
}

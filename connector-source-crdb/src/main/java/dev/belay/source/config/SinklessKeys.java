package dev.belay.source.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;

/** The topics that a task makes and the room that it has, for {@code feed.delivery=sinkless}. */
final class SinklessKeys {
  private SinklessKeys() {}

  static void define(KeyDefinition def) {
    def.group("Sinkless delivery");
    def.optional(
        SourceKeys.TOPIC_PARTITIONS,
        Type.INT,
        -1,
        ConfigDef.Range.between(-1, 100_000),
        MEDIUM,
        "Partitions of a topic that the task makes. -1 (default): as the brokers say, which is what a"
            + " changefeed to Kafka gets. Topics that are there keep theirs, and validation refuses a"
            + " number above it. With feed.delivery=kafka the brokers make topics: what is asked for"
            + " must be there. More partitions let a sink use more tasks; adding them later moves keys to"
            + " other partitions.");
    def.optional(
        SourceKeys.TOPIC_REPLICATION,
        Type.SHORT,
        (short) -1,
        ConfigDef.Range.between(-1, Short.MAX_VALUE),
        MEDIUM,
        "Replicas of a topic that the task makes; -1 (default): as the brokers say.");
    def.optional(
        SourceKeys.TRANSACTION_RECORDS,
        Type.INT,
        100_000,
        ConfigDef.Range.between(1, 10_000_000),
        LOW,
        "At most so many rows go into one transaction (100000). All rows up to a resolved time share one"
            + " if they fit; if they do not, they go in several, and a crash between those repeats rows,"
            + " which is counted. It must be written within the producer's transaction.timeout.ms.");
    def.optional(
        SourceKeys.TRANSACTION_BYTES,
        Type.LONG,
        67_108_864L,
        ConfigDef.Range.between(1024, 2_147_483_647L),
        LOW,
        "The same in bytes of keys and values (64 MiB). A task holds so much in memory beside"
            + " feed.buffer.bytes.");
    def.optional(
        SourceKeys.BUFFER,
        Type.LONG,
        67_108_864L,
        ConfigDef.Range.between(65_536, 1L << 40),
        MEDIUM,
        "Memory for rows that wait for their resolved time, in bytes (64 MiB), for each task. Beyond it"
            + " they go to spill.dir. Without one they are handed to Kafka early, with a warning: nothing"
            + " is lost and the order of each key is kept, but a crash repeats them.");
    def.optional(
        SourceKeys.SPILL_DIR,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "Folder for rows that wait and do not fit into memory, on each worker. Empty (default): none. It"
            + " holds row values: only the worker's user can read what is in it, and it is emptied when"
            + " a task starts and ends.");
    def.optional(
        SourceKeys.SCAN_PAGE,
        Type.INT,
        10_000,
        ConfigDef.Range.between(1, 1_000_000),
        LOW,
        "Rows that the initial scan reads with one statement (10000), which go into one transaction.");
  }
}

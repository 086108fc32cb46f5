package dev.belay.source.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;

/** How the feed is looked after, and what is told of it. */
final class SupervisionKeys {
  private SupervisionKeys() {}

  static void define(KeyDefinition def) {
    def.group("Supervision");
    def.optional(
        SourceKeys.INTERVAL,
        Type.LONG,
        5_000L,
        ConfigDef.Range.between(100, 600_000),
        LOW,
        "How often the jobs are looked at, in milliseconds.");
    def.optional(
        SourceKeys.RESUME_MAX,
        Type.INT,
        10,
        ConfigDef.Range.between(0, 10_000),
        MEDIUM,
        "How often a job that an error stops is resumed or made again in a row before a person is asked;"
            + " the count begins anew when it moves on.");
    def.optional(
        SourceKeys.RESUME_BACKOFF,
        Type.LONG,
        5_000L,
        ConfigDef.Range.between(10, 3_600_000),
        LOW,
        "Pause before the first such try, in milliseconds; doubled each time. A CockroachDB that does not"
            + " answer is asked again after such pauses too, and not more often than usual.");
    def.optional(
        SourceKeys.RESUME_BACKOFF_MAX,
        Type.LONG,
        300_000L,
        ConfigDef.Range.between(10, 86_400_000),
        LOW,
        "The longest such pause, in milliseconds.");
    def.optional(
        SourceKeys.STALL_TIMEOUT,
        Type.LONG,
        300_000L,
        ConfigDef.Range.between(1_000, 86_400_000),
        MEDIUM,
        "After how long without progress of the resolved time a running feed counts as STALLED, in"
            + " milliseconds, and a job that does not come to its next state. An initial scan has no"
            + " resolved time, and is not judged.");
    def.optional(
        SourceKeys.STALL_ACTION,
        Type.STRING,
        "report",
        Words.of("report", "fail"),
        MEDIUM,
        "What STALLED does. report (default): status, metric and one line in the log. fail: the task fails"
            + " as well, for those who watch task states only.");
    def.optional(
        SourceKeys.NEEDS_ACTION,
        Type.STRING,
        "fail",
        Words.of("fail", "report"),
        MEDIUM,
        "What happens where only a person can go on. fail (default): the status says so and the task fails"
            + " with the remedy. report: the task stays and watches the other jobs.");
    def.optional(
        SourceKeys.STATUS_TOPIC,
        Type.STRING,
        "belay-status",
        KeyDefinition.nonBlank(),
        MEDIUM,
        "Topic with one JSON record for each job, compacted; made if it is not there. Several connectors"
            + " may share it.");
    def.optional(
        SourceKeys.STATUS_REPLICATION,
        Type.SHORT,
        (short) -1,
        ConfigDef.Range.between(-1, Short.MAX_VALUE),
        LOW,
        "Replicas of that topic when it is made; -1 (default): as the brokers say.");
    def.optional(
        SourceKeys.STATUS_INTERVAL,
        Type.LONG,
        10_000L,
        ConfigDef.Range.between(100, 3_600_000),
        LOW,
        "How often the record is written though nothing but its times changed, in milliseconds.");
  }

  /** The client by which a task asks Kafka itself. */
  static void defineKafka(KeyDefinition def) {
    def.group("Kafka");
    def.required(
        SourceKeys.KAFKA_ADMIN_BOOTSTRAP,
        Type.STRING,
        KeyDefinition.nonBlank(),
        HIGH,
        "Brokers of the cluster that has the topics, for the task's own admin client: it makes topics, and"
            + " checks those that are there. Every other setting of that client (security.protocol, sasl.*,"
            + " ssl.*) goes under kafka.admin. too.");
  }
}

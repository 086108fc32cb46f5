package dev.belay.source.sinkless;

import dev.belay.source.config.ChangefeedOptions;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The statement of a changefeed whose rows come to us. Immutable.
 *
 * @param options of every such statement of a task
 */
record FeedStatement(ChangefeedOptions options) {
  /** What only a job, or a sink, has. */
  private static final Set<String> OF_JOBS =
      Set.of(
          "on_error",
          "gc_protect_expires_after",
          "protect_data_from_gc_on_pause",
          "kafka_sink_config",
          "cursor",
          "initial_scan",
          "no_initial_scan",
          "initial_scan_only");

  /** Options that say nothing of a message, or what we say as well. */
  private static final Set<String> PLAIN =
      Set.of(
          "updated",
          "resolved",
          "min_checkpoint_frequency",
          "envelope",
          "diff",
          "full_table_name",
          "schema_change_policy",
          "schema_change_events",
          "ignore_disable_changefeed_replication",
          "execution_locality",
          "metrics_label",
          "lagging_ranges_threshold",
          "lagging_ranges_polling_interval");

  static FeedStatement of(SourceConfig config) {
    return new FeedStatement(ChangefeedOptions.of(config, Map.of()).without(OF_JOBS));
  }

  /** Whether a row's message has nothing but what a SELECT of ours can give. */
  boolean isPlain() {
    return options.values().getOrDefault("envelope", "wrapped").equalsIgnoreCase("wrapped")
        && PLAIN.containsAll(options.values().keySet());
  }

  boolean hasBefore() {
    return options.values().containsKey("diff");
  }

  /** Every change after a time. */
  String after(Collection<TableName> tables, HlcTimestamp cursor) {
    return text(tables, cursor, "no");
  }

  /** All rows as they were at a time, then every change. */
  String fromTheStart(Collection<TableName> tables, HlcTimestamp at) {
    return text(tables, at, "yes");
  }

  private String text(Collection<TableName> tables, HlcTimestamp cursor, String initialScan) {
    return "CREATE CHANGEFEED FOR TABLE "
        + tables.stream().map(TableName::sql).collect(Collectors.joining(", TABLE "))
        + " WITH "
        + options.with("cursor", cursor.toString()).with("initial_scan", initialScan).text();
  }

  /** The same in the words of versions that have no other for it. */
  static String inOldWords(String statement) {
    return statement.replaceFirst("^CREATE CHANGEFEED", "EXPERIMENTAL CHANGEFEED");
  }
}

package dev.belay.source.sinkless;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The statement of a changefeed whose rows come to us. Immutable.
 *
 * @param options of every such statement of a task, by name; an empty value for one without
 */
record FeedStatement(Map<String, String> options) {
  /** An option with this value is left out, though it would be set. */
  private static final String UNSET = "unset";

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

  /** What the connector's configuration says of messages. */
  record Wanted(
      String envelope,
      boolean diff,
      boolean fullTableName,
      Duration resolved,
      String schemaChangePolicy,
      boolean bidirectional,
      Map<String, String> overrides) {}

  static FeedStatement of(Wanted wanted) {
    String interval = goDuration(wanted.resolved());
    Map<String, String> options = new LinkedHashMap<>();
    options.put("updated", "");
    options.put("resolved", interval);
    options.put("min_checkpoint_frequency", interval);
    options.put("envelope", wanted.envelope());
    if (wanted.envelope().equals("enriched")) {
      options.put("enriched_properties", "source");
    }
    if (wanted.diff()) {
      options.put("diff", "");
    }
    if (wanted.fullTableName()) {
      options.put("full_table_name", "");
    }
    options.put("schema_change_policy", wanted.schemaChangePolicy());
    options.putAll(wanted.overrides());
    options.keySet().removeAll(OF_JOBS);
    options.values().removeIf(UNSET::equals);
    return new FeedStatement(options);
  }

  /** Whether a row's message has nothing but what a SELECT of ours can give. */
  boolean isPlain() {
    return options.getOrDefault("envelope", "wrapped").equalsIgnoreCase("wrapped")
        && PLAIN.containsAll(options.keySet());
  }

  boolean hasBefore() {
    return options.containsKey("diff");
  }

  /** Every change after a time. */
  String after(Collection<TableName> tables, HlcTimestamp cursor) {
    return text(tables, Map.of("cursor", cursor.toString()), "no");
  }

  /** All rows as they were at a time, then every change. */
  String fromTheStart(Collection<TableName> tables, HlcTimestamp at) {
    return text(tables, Map.of("cursor", at.toString()), "yes");
  }

  private String text(
      Collection<TableName> tables, Map<String, String> beginning, String initialScan) {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.putAll(beginning);
    all.put("initial_scan", initialScan);
    return "CREATE CHANGEFEED FOR TABLE "
        + tables.stream().map(TableName::sql).collect(Collectors.joining(", TABLE "))
        + " WITH "
        + all.entrySet().stream()
            .map(option -> written(option.getKey(), option.getValue()))
            .collect(Collectors.joining(", "));
  }

  /** The same in the words of versions that have no other for it. */
  static String inOldWords(String statement) {
    return statement.replaceFirst("^CREATE CHANGEFEED", "EXPERIMENTAL CHANGEFEED");
  }

  private static String written(String name, String value) {
    return value.isEmpty() ? name : name + " = '" + value.replace("'", "''") + "'";
  }

  private static String goDuration(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}

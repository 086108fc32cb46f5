package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.encode.Envelope;
import dev.belay.testkit.standin.encode.FeedFormat;
import dev.belay.testkit.standin.encode.FeedFormat.With;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Refusal;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The options of a changefeed, checked.
 *
 * @param resolved how often to send resolved messages; empty for never
 * @param checkpoint how often to remember what was sent
 * @param cursor begin after this time
 * @param splitsFamilies whether each column family has messages and a topic of its own
 * @param includesHidden also rows of sessions with {@code disable_changefeed_replication}
 * @param pausesOnError instead of failing
 * @param kafka what {@code kafka_sink_config} says
 * @param schemaChange what to do when columns come or go
 */
record FeedOptions(
    FeedFormat format,
    boolean fullTableName,
    boolean splitsFamilies,
    InitialScan initialScan,
    Optional<Hlc> cursor,
    Optional<Duration> resolved,
    Duration checkpoint,
    boolean includesHidden,
    boolean pausesOnError,
    KafkaSettings kafka,
    SchemaChange schemaChange) {

  /**
   * What to do when columns come or go.
   *
   * @param everyColumn whether columns without a default count, too
   */
  record SchemaChange(Policy policy, boolean everyColumn) {}

  /** Named as in statements. */
  enum Policy {
    BACKFILL,
    NOBACKFILL,
    STOP,
    IGNORE
  }

  enum InitialScan {
    YES,
    NO,
    ONLY
  }

  private static final Duration AS_OFTEN_AS_USEFUL = Duration.ofSeconds(1);
  private static final Duration DEFAULT_CHECKPOINT = Duration.ofSeconds(30);

  private static final Set<String> FLAGS =
      Set.of(
          "updated",
          "mvcc_timestamp",
          "diff",
          "key_in_value",
          "topic_in_value",
          "full_table_name",
          "encode_json_value_null_as_object",
          "split_column_families",
          "ignore_disable_changefeed_replication",
          "no_initial_scan",
          "initial_scan_only");
  private static final Set<String> WITH_VALUE =
      Set.of(
          "envelope",
          "format",
          "enriched_properties",
          "cursor",
          "min_checkpoint_frequency",
          "on_error",
          "schema_change_events",
          "schema_change_policy",
          "virtual_columns",
          "kafka_sink_config",
          "metrics_label",
          "execution_locality",
          "gc_protect_expires_after",
          "lagging_ranges_threshold",
          "lagging_ranges_polling_interval",
          "range_distribution_strategy");
  private static final Set<String> EITHER =
      Set.of("resolved", "initial_scan", "protect_data_from_gc_on_pause");
  private static final Set<String> NOT_HERE =
      Set.of(
          "end_time",
          "headers_json_column_name",
          "extra_headers",
          "unordered",
          "key_column",
          "partition_alg",
          "create_kafka_topics",
          "avro_schema_prefix",
          "confluent_schema_registry");

  private static final Pattern DURATION_PART =
      Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");

  static FeedOptions of(Map<String, Optional<String>> options) {
    checkNames(options, Set.of());
    Checked given = new Checked(options);
    Envelope envelope = envelope(given);
    checkFormat(given);
    EnumSet<With> with = with(given, envelope);
    checkFamilies(given, envelope, with);
    Optional<Hlc> cursor = given.value("cursor").map(FeedOptions::cursor);
    InitialScan scan = initialScan(given, cursor.isPresent());
    Optional<Duration> resolved = resolved(given);
    checkScanOnly(given, scan);
    given
        .value("gc_protect_expires_after")
        .ifPresent(text -> duration("gc_protect_expires_after", text));
    Duration checkpoint =
        given
            .value("min_checkpoint_frequency")
            .map(text -> duration("min_checkpoint_frequency", text))
            .orElse(resolved.orElse(DEFAULT_CHECKPOINT));
    return new FeedOptions(
        new FeedFormat(envelope, with),
        given.has("full_table_name"),
        given.has("split_column_families"),
        scan,
        cursor,
        // Resolved messages follow the checkpoint, so they cannot come more often.
        resolved.map(interval -> longer(interval, checkpoint)),
        checkpoint,
        given.has("ignore_disable_changefeed_replication"),
        oneOf(given, "on_error", "fail", "pause").equals("pause"),
        given.value("kafka_sink_config").map(KafkaSettings::parse).orElse(KafkaSettings.DEFAULT),
        schemaChange(given));
  }

  /** Forms of messages about a part of a row that no sample shows. */
  private static void checkFamilies(Checked given, Envelope envelope, Set<With> with) {
    boolean isKnown = envelope == Envelope.WRAPPED || envelope == Envelope.ENRICHED;
    if (given.has("split_column_families") && (!isKnown || with.contains(With.SCHEMA))) {
      throw Refusal.notInStandIn("split_column_families with this envelope");
    }
  }

  private static SchemaChange schemaChange(Checked given) {
    String policy =
        oneOf(given, "schema_change_policy", "backfill", "nobackfill", "stop", "ignore");
    String events = oneOf(given, "schema_change_events", "default", "column_changes");
    return new SchemaChange(
        Policy.valueOf(policy.toUpperCase(Locale.ROOT)), events.equals("column_changes"));
  }

  /** The value given, in lower case; the first of those known if none is. */
  private static String oneOf(Checked given, String name, String... known) {
    String value = given.value(name).orElse(known[0]).toLowerCase(Locale.ROOT);
    if (!List.of(known).contains(value)) {
      List<String> quoted = List.of(known).stream().sorted().map(k -> "'" + k + "'").toList();
      throw Refusal.uncoded(
          "unknown "
              + name
              + ": "
              + value
              + ", valid values are "
              + String.join(", ", quoted.subList(0, quoted.size() - 1))
              + " and "
              + quoted.get(quoted.size() - 1));
    }
    return value;
  }

  private record Checked(Map<String, Optional<String>> options) {
    boolean has(String name) {
      return options.containsKey(name);
    }

    Optional<String> value(String name) {
      return options.getOrDefault(name, Optional.empty());
    }
  }

  /** Whether there is an option of this name. */
  static boolean isKnown(String name) {
    return FLAGS.contains(name)
        || WITH_VALUE.contains(name)
        || EITHER.contains(name)
        || NOT_HERE.contains(name);
  }

  /**
   * Checks that options are known and have a value where they need one.
   *
   * @param others that are known here, too
   */
  static void checkNames(Map<String, Optional<String>> options, Set<String> others) {
    options.forEach(
        (name, value) -> {
          if (!others.contains(name)) {
            checkName(name, value);
          }
        });
  }

  private static void checkName(String name, Optional<String> value) {
    if (NOT_HERE.contains(name)) {
      throw Refusal.notInStandIn("option " + name);
    } else if (!FLAGS.contains(name) && !WITH_VALUE.contains(name) && !EITHER.contains(name)) {
      throw Refusal.invalid("invalid option \"" + name + "\"");
    } else if (FLAGS.contains(name) && value.isPresent()) {
      throw Refusal.invalid("option \"" + name + "\" does not take a value");
    } else if (WITH_VALUE.contains(name) && value.isEmpty()) {
      throw Refusal.invalid("option \"" + name + "\" requires a value");
    }
  }

  private static Envelope envelope(Checked given) {
    String name = given.value("envelope").orElse("wrapped");
    return Envelope.named(name)
        .orElseThrow(() -> Refusal.uncoded("unknown envelope: " + name.toLowerCase(Locale.ROOT)));
  }

  private static void checkFormat(Checked given) {
    String format = given.value("format").orElse("json").toLowerCase(Locale.ROOT);
    if (List.of("avro", "csv", "protobuf", "parquet").contains(format)) {
      throw Refusal.notInStandIn("format=" + format);
    } else if (!format.equals("json")) {
      throw Refusal.uncoded("unknown format: " + format);
    }
  }

  private static EnumSet<With> with(Checked given, Envelope envelope) {
    EnumSet<With> with = EnumSet.noneOf(With.class);
    addIf(with, given.has("updated"), With.UPDATED);
    addIf(with, given.has("mvcc_timestamp"), With.MVCC_TIMESTAMP);
    addIf(with, given.has("diff"), With.DIFF);
    addIf(with, given.has("key_in_value"), With.KEY_IN_VALUE);
    addIf(with, given.has("topic_in_value"), With.TOPIC_IN_VALUE);
    addIf(with, given.has("encode_json_value_null_as_object"), With.JSON_NULL_AS_OBJECT);
    for (String property : given.value("enriched_properties").orElse("").split(",")) {
      switch (property.trim().toLowerCase(Locale.ROOT)) {
        case "" -> {}
        case "source" -> with.add(With.SOURCE);
        case "schema" -> with.add(With.SCHEMA);
        default -> throw Refusal.uncoded("unknown enriched_properties: " + property.trim());
      }
    }
    boolean images = envelope == Envelope.WRAPPED || envelope == Envelope.ENRICHED;
    if (with.contains(With.DIFF) && !images) {
      throw Refusal.uncoded("diff is only usable with envelope=wrapped");
    }
    if (with.contains(With.KEY_IN_VALUE) && !images && envelope != Envelope.BARE) {
      throw Refusal.uncoded("key_in_value is only usable with envelope=wrapped");
    }
    if (with.contains(With.TOPIC_IN_VALUE) && !images && envelope != Envelope.BARE) {
      throw Refusal.uncoded("topic_in_value is only usable with envelope=wrapped");
    }
    if (given.has("enriched_properties") && envelope != Envelope.ENRICHED) {
      throw Refusal.uncoded("enriched_properties is only usable with envelope=enriched");
    }
    return with;
  }

  private static void addIf(Set<With> with, boolean given, With option) {
    if (given) {
      with.add(option);
    }
  }

  private static InitialScan initialScan(Checked given, boolean hasCursor) {
    if (given.has("no_initial_scan")) {
      return InitialScan.NO;
    } else if (given.has("initial_scan_only")) {
      return InitialScan.ONLY;
    } else if (!given.has("initial_scan")) {
      return hasCursor ? InitialScan.NO : InitialScan.YES;
    }
    InitialScan scan =
        switch (given.value("initial_scan").orElse("yes").toLowerCase(Locale.ROOT)) {
          case "yes", "" -> InitialScan.YES;
          case "no" -> InitialScan.NO;
          case "only" -> InitialScan.ONLY;
          default ->
              throw Refusal.uncoded(
                  "unknown initial_scan: " + given.value("initial_scan").orElse(""));
        };
    if (hasCursor && scan == InitialScan.ONLY) {
      throw Refusal.notInStandIn("initial_scan='only' with cursor");
    }
    return scan;
  }

  private static void checkScanOnly(Checked given, InitialScan scan) {
    if (scan != InitialScan.ONLY) {
      return;
    }
    for (String name : List.of("resolved", "diff", "updated", "mvcc_timestamp", "end_time")) {
      if (given.has(name)) {
        throw Refusal.uncoded("cannot specify both initial_scan='only' and " + name);
      }
    }
  }

  private static Optional<Duration> resolved(Checked given) {
    return given.has("resolved")
        ? Optional.of(
            given
                .value("resolved")
                .map(text -> duration("resolved", text))
                .filter(interval -> !interval.isZero())
                .orElse(AS_OFTEN_AS_USEFUL))
        : Optional.empty();
  }

  private static Hlc cursor(String text) {
    return Hlc.parse(text)
        .orElseThrow(
            () -> Refusal.notInStandIn("a cursor that is no time in nanoseconds (" + text + ")"));
  }

  /** Reads a Go duration, {@code 1m30s} or {@code 500ms}. */
  private static Duration duration(String option, String text) {
    if (text.startsWith("-")) {
      throw Refusal.uncoded("negative durations are not accepted: " + option + "='" + text + "'");
    }
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher part = DURATION_PART.matcher(text);
    double nanos = 0;
    int end = 0;
    while (part.find() && part.start() == end) {
      nanos += Double.parseDouble(part.group(1)) * nanosOf(part.group(2));
      end = part.end();
    }
    if (end == 0 || end != text.length()) {
      throw Refusal.uncoded(
          "problem parsing option " + option + ": invalid duration \"" + text + "\"");
    }
    return Duration.ofNanos((long) nanos);
  }

  private static double nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      default -> 3600e9;
    };
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}

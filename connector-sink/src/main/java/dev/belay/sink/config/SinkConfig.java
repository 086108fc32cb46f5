package dev.belay.sink.config;

import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.TableName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;

/** A connector's configuration, read once into types. Immutable. */
public final class SinkConfig {
  private final AbstractConfig values;
  private final Map<String, String> originals;

  /**
   * @throws org.apache.kafka.common.config.ConfigException if a value cannot be read
   */
  public SinkConfig(Map<String, String> settings) {
    this.values = new AbstractConfig(SinkKeys.definition(), settings, Map.of(), false);
    this.originals = Map.copyOf(settings);
  }

  /** The connector's name, which is the identity of its checkpoint. */
  public String connector() {
    return originals.getOrDefault("name", "");
  }

  public String url() {
    return values.getString(SinkKeys.TARGET_URL);
  }

  /** What the driver is given: user, password, time limits, and everything under target.jdbc. */
  public Properties driverProperties() {
    Properties properties = new Properties();
    values
        .originalsWithPrefix(SinkKeys.TARGET_JDBC_PREFIX)
        .forEach((k, v) -> properties.put(k, String.valueOf(v)));
    properties.put("user", values.getString(SinkKeys.TARGET_USER));
    String password = values.getPassword(SinkKeys.TARGET_PASSWORD).value();
    if (!password.isEmpty()) {
      properties.put("password", password);
    }
    return properties;
  }

  public Duration connectTimeout() {
    return millis(SinkKeys.TARGET_CONNECT_TIMEOUT);
  }

  public Duration lockTimeout() {
    return millis(SinkKeys.TARGET_LOCK_TIMEOUT);
  }

  public Duration idleInTransactionTimeout() {
    return millis(SinkKeys.TARGET_IDLE_TIMEOUT);
  }

  public Duration retryBackoff() {
    return millis(SinkKeys.RETRY_BACKOFF);
  }

  /** Whether what is written is marked at its origin. */
  public boolean marksOrigin() {
    return values.getString(SinkKeys.ORIGIN_MARK).equals("on");
  }

  /** Whether the target's sequences are looked at. */
  public boolean looksAtSequences() {
    return !values.getString(SequenceKeys.SYNC).equals(SequenceKeys.OFF);
  }

  /** Whether they are only looked at. */
  public boolean leavesSequences() {
    return values.getString(SequenceKeys.SYNC).equals(SequenceKeys.DRY_RUN);
  }

  public long sequenceMargin() {
    return values.getLong(SequenceKeys.MARGIN);
  }

  public Duration sequenceInterval() {
    return millis(SequenceKeys.INTERVAL);
  }

  public DeliveryMode mode() {
    return word(SinkKeys.DELIVERY_MODE, DeliveryMode.values(), DeliveryMode::word);
  }

  public Duration bestEffortWindow() {
    return millis(SinkKeys.BEST_EFFORT_WINDOW);
  }

  public String envelope() {
    return values.getString(SinkKeys.ENVELOPE);
  }

  /** Whether the feed is of a Debezium connector, and not a changefeed. */
  public boolean isDebezium() {
    return envelope().equals("debezium");
  }

  /** What stands for a large value that did not change. */
  public String unavailablePlaceholder() {
    return values.getString(DebeziumKeys.UNAVAILABLE);
  }

  /** Marks of changes to leave out. */
  public List<String> originFilter() {
    return values.getList(DebeziumKeys.ORIGIN_FILTER);
  }

  /** Where the ends of the source's transactions are told; empty if they are not read. */
  public Optional<String> transactionTopic() {
    return Optional.of(values.getString(DebeziumKeys.TRANSACTION_TOPIC).trim())
        .filter(topic -> !topic.isEmpty());
  }

  /** Whether records of a topic come to this connector. */
  public boolean isSubscribed(String topic) {
    return topicsRegex()
        .map(pattern -> pattern.matcher(topic).matches())
        .orElseGet(() -> topics().contains(topic));
  }

  public boolean ignoresTruncate() {
    return values.getString(DebeziumKeys.TRUNCATE).equals("ignore");
  }

  /** Whether Debezium's events come without their schema. */
  public boolean isSchemaless() {
    return values.getString(DebeziumKeys.SCHEMALESS).equals(DebeziumKeys.TEXT);
  }

  /** Whether the events tell all of what rows were before. */
  public boolean hasWholeBefore() {
    return values.getString(DebeziumKeys.BEFORE).equals("full");
  }

  /** Whether Connect's transforms change records before they come here. */
  public boolean hasTransforms() {
    return !originals.getOrDefault("transforms", "").isBlank();
  }

  /** For tables that are not in {@link #conflictPolicies}. */
  public ConflictPolicy conflictPolicy() {
    return ConflictPolicy.of(values.getString(ConflictKeys.POLICY)).orElseThrow();
  }

  /** Feed table to its policy. */
  public Map<String, ConflictPolicy> conflictPolicies() {
    return policies(ConflictKeys.POLICIES);
  }

  /** Feed table to the target's column that says which of two rows is the newer. */
  public Map<String, String> conflictVersionColumns() {
    return pairs(ConflictKeys.VERSION_COLUMNS);
  }

  /** What the sink of the other direction has; empty if nobody said. */
  public Optional<ConflictPolicy> otherConflictPolicy() {
    return ConflictPolicy.of(values.getString(ConflictKeys.OTHER_POLICY));
  }

  public Map<String, ConflictPolicy> otherConflictPolicies() {
    return policies(ConflictKeys.OTHER_POLICIES);
  }

  /** How long each conflict is kept in a table; empty if none is. */
  public Optional<Duration> conflictHistory() {
    return values.getString(ConflictKeys.HISTORY).equals("on")
        ? Optional.of(Duration.ofMillis(values.getLong(ConflictKeys.HISTORY_RETENTION)))
        : Optional.empty();
  }

  /** How long the target's own deletes are remembered; empty for not at all. */
  public Optional<Duration> tombstoneRetention() {
    long millis = values.getLong(ConflictKeys.TOMBSTONE_RETENTION);
    return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
  }

  private Map<String, ConflictPolicy> policies(String key) {
    Map<String, ConflictPolicy> policies = new LinkedHashMap<>();
    pairs(key).forEach((table, word) -> policies.put(table, ConflictPolicy.of(word).orElseThrow()));
    return policies;
  }

  private Map<String, String> pairs(String key) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : values.getList(key)) {
      int colon = pair.indexOf(':');
      pairs.put(pair.substring(0, colon).trim(), pair.substring(colon + 1).trim());
    }
    return pairs;
  }

  public boolean isAvro() {
    return values.getString(RegistryKeys.FORMAT).equals("avro");
  }

  /** Whether converters of Connect read the records before the connector does. */
  public boolean isStruct() {
    return values.getString(RegistryKeys.FORMAT).equals("struct");
  }

  public RegistrySettings registry() {
    return new RegistrySettings(values);
  }

  public String topicPrefix() {
    return values.getString(SinkKeys.TOPIC_PREFIX);
  }

  public String fullTableName() {
    return values.getString(SinkKeys.FULL_TABLE_NAME);
  }

  public String topicName() {
    return values.getString(SinkKeys.TOPIC_NAME);
  }

  public boolean splitColumnFamilies() {
    return values.getBoolean(SinkKeys.SPLIT_FAMILIES);
  }

  public String opColumn() {
    return values.getString(SinkKeys.OP_COLUMN);
  }

  /** What Oracle gets for an empty string where it takes no NULL; empty to reject the record. */
  public String oracleEmptyString() {
    String said = values.getString(DatabaseKeys.ORACLE_EMPTY_STRING);
    return switch (said) {
      case "fail" -> "";
      case "blank" -> " ";
      default -> said.substring("text:".length());
    };
  }

  /** Whether circles of references that cannot be NULL are written unchecked, and proven. */
  public boolean closesCircles() {
    return values.getString(DatabaseKeys.MYSQL_CYCLE_CHECKS).equals(DatabaseKeys.OFF_IN_WINDOW);
  }

  public String targetSchema() {
    return values.getString(SinkKeys.TARGET_SCHEMA);
  }

  /** Feed table to target table. */
  public Map<String, TableName> tablesMap() {
    Map<String, TableName> pairs = new LinkedHashMap<>();
    for (String pair : values.getList(SinkKeys.TABLES_MAP)) {
      int colon = pair.indexOf(':');
      String target = pair.substring(colon + 1);
      int dot = target.lastIndexOf('.');
      pairs.put(
          pair.substring(0, colon),
          dot < 0
              ? TableName.of(target)
              : TableName.of(target.substring(0, dot), target.substring(dot + 1)));
    }
    return pairs;
  }

  /** Feed table to the names of its key's parts. */
  public Map<String, List<String>> keyColumns() {
    return columns(SinkKeys.KEY_COLUMNS);
  }

  /** Feed table and column family, as {@code table.family}, to the names of its columns. */
  public Map<String, List<String>> familyColumns() {
    return columns(SinkKeys.FAMILY_COLUMNS);
  }

  private Map<String, List<String>> columns(String key) {
    Map<String, List<String>> columns = new LinkedHashMap<>();
    for (String entry : values.getString(key).split(";")) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        columns.put(
            entry.substring(0, equals).trim(),
            Arrays.stream(entry.substring(equals + 1).split(",")).map(String::trim).toList());
      }
    }
    return columns;
  }

  /** {@code fail}, {@code ignore}, or the column that takes unknown columns. */
  public String unknownColumns() {
    return values.getString(MappingKeys.COLUMNS_UNKNOWN);
  }

  /** {@code fail}, {@code null}, or the number that stands for NaN and infinities. */
  public String notFinite() {
    return values.getString(MappingKeys.VALUES_NOT_FINITE);
  }

  /** Whether digits beyond a column's precision are cut off. */
  public boolean cutsFractions() {
    return values.getString(MappingKeys.VALUES_FRACTION).equals("truncate");
  }

  /** {@code column} or {@code table.column}, in lower case. */
  public Set<String> ignoredColumns() {
    return values.getList(MappingKeys.COLUMNS_IGNORE).stream()
        .map(name -> name.trim().toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** {@code column} or {@code table.column} of the feed in lower case, to the target's name. */
  public Map<String, String> columnsMap() {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : values.getList(MappingKeys.COLUMNS_MAP)) {
      int colon = pair.indexOf(':');
      pairs.put(
          pair.substring(0, colon).trim().toLowerCase(Locale.ROOT),
          pair.substring(colon + 1).trim());
    }
    return pairs;
  }

  public boolean ignoresDeletes() {
    return values.getString(MappingKeys.DELETE_MODE).equals("ignore");
  }

  /** The column that marks rows which are gone; empty if rows go, or are left alone. */
  public Optional<String> deleteMark() {
    String mode = values.getString(MappingKeys.DELETE_MODE);
    return mode.startsWith(MappingKeys.MARK)
        ? Optional.of(mode.substring(MappingKeys.MARK.length()))
        : Optional.empty();
  }

  public boolean rejectWholeTransactions() {
    return values.getString(SinkKeys.REJECT_SCOPE).equals("transaction");
  }

  public boolean failOnSuspect() {
    return values.getString(SinkKeys.REPLAY_SUSPECT).equals("fail");
  }

  public int replayMemory() {
    return values.getInt(SinkKeys.REPLAY_MEMORY);
  }

  public long bufferBytes() {
    return values.getLong(SinkKeys.BUFFER_BYTES);
  }

  /** Where windows larger than the buffer wait; empty if nowhere. */
  public Optional<Path> spillDir() {
    String dir = values.getString(SinkKeys.SPILL_DIR);
    return dir.isBlank() ? Optional.empty() : Optional.of(Path.of(dir));
  }

  public long spillMaxBytes() {
    return values.getLong(SinkKeys.SPILL_MAX_BYTES);
  }

  public boolean failOnOversize() {
    return values.getString(SinkKeys.WINDOW_OVERSIZE).equals("fail");
  }

  public int batchRows() {
    return values.getInt(SinkKeys.BATCH_ROWS);
  }

  public boolean createCheckpointTables() {
    return values.getString(SinkKeys.CHECKPOINT_CREATE).equals("auto");
  }

  public Duration checkpointIdleInterval() {
    return millis(SinkKeys.CHECKPOINT_IDLE);
  }

  /** How long a resolved time may stand still before that is said. */
  public Duration stallAfter() {
    return millis(SinkKeys.STALL_AFTER);
  }

  public boolean refuseTriggers() {
    return values.getString(SinkKeys.TRIGGERS).equals("refuse");
  }

  public boolean toleratesErrors() {
    return originals.getOrDefault("errors.tolerance", "none").equalsIgnoreCase("all");
  }

  /** How many tasks there may be; one if the text is no number, which Connect reports itself. */
  public int tasksMax() {
    try {
      return Integer.parseInt(originals.getOrDefault("tasks.max", "1").trim());
    } catch (NumberFormatException reportedByConnect) {
      return 1;
    }
  }

  /** The subscribed topics by name; empty if {@link #topicsRegex} is used. */
  public List<String> topics() {
    return Arrays.stream(originals.getOrDefault("topics", "").split(","))
        .map(String::trim)
        .filter(t -> !t.isEmpty())
        .toList();
  }

  public Optional<Pattern> topicsRegex() {
    return Optional.ofNullable(originals.get("topics.regex"))
        .filter(r -> !r.isBlank())
        .map(Pattern::compile);
  }

  /** Settings of the Kafka admin client. */
  public Map<String, Object> admin() {
    Map<String, Object> admin =
        new LinkedHashMap<>(values.originalsWithPrefix(SinkKeys.KAFKA_ADMIN_PREFIX));
    admin.putIfAbsent("client.id", "belay-" + connector());
    return admin;
  }

  private Duration millis(String key) {
    return Duration.ofMillis(values.getLong(key));
  }

  private <E> E word(String key, E[] all, java.util.function.Function<E, String> wordOf) {
    String word = values.getString(key);
    return Arrays.stream(all).filter(e -> wordOf.apply(e).equals(word)).findFirst().orElseThrow();
  }
}

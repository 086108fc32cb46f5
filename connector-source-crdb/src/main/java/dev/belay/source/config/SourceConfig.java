package dev.belay.source.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.source.feed.HlcTimestamp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * A connector's configuration, read once into types. Any thread. Immutable, but for the overrides
 * file, which is read when it is first asked for and then kept: secrets that come with a later
 * version of the file would be in none of the texts that {@link #secrets} had told of.
 */
public final class SourceConfig {
  /** How rows get into Kafka. */
  public enum Delivery {
    KAFKA,
    SINKLESS
  }

  /** Parts of the names of settings of drivers and clients that are secret. */
  private static final List<String> SECRET =
      List.of("password", "secret", "token", "jaas.config", "keystore.key");

  private final AbstractConfig values;
  private final Map<String, String> originals;
  private final AtomicReference<Optional<Overrides>> overrides =
      new AtomicReference<>(Optional.empty());

  /**
   * @throws org.apache.kafka.common.config.ConfigException if a value cannot be read
   */
  public SourceConfig(Map<String, String> settings) {
    this.values = new AbstractConfig(SourceKeys.definition(), settings, Map.of(), false);
    this.originals = Map.copyOf(settings);
  }

  public String connector() {
    return originals.getOrDefault("name", "");
  }

  /** The feed's identity among all feeds of the cluster. */
  public String feedId() {
    String id = text(SourceKeys.FEED_ID);
    return id.isBlank() ? connector() : id;
  }

  public Delivery delivery() {
    return text(SourceKeys.DELIVERY).equals("kafka") ? Delivery.KAFKA : Delivery.SINKLESS;
  }

  public String url() {
    return text(SourceKeys.URL);
  }

  /** The driver's properties: user, password, and everything under source.jdbc. */
  public Properties driverProperties() {
    Properties properties = new Properties();
    values
        .originalsWithPrefix(SourceKeys.JDBC_PREFIX)
        .forEach((key, value) -> properties.put(key, String.valueOf(value)));
    properties.put("user", text(SourceKeys.USER));
    String password = secret(SourceKeys.PASSWORD);
    if (!password.isEmpty()) {
      properties.put("password", password);
    }
    return properties;
  }

  public Duration connectTimeout() {
    return millis(SourceKeys.CONNECT_TIMEOUT);
  }

  public Duration statementTimeout() {
    return millis(SourceKeys.STATEMENT_TIMEOUT);
  }

  public boolean allowInsecure() {
    return values.getBoolean(SourceKeys.ALLOW_INSECURE);
  }

  /** As written; empty if tables are chosen by filters. */
  public List<String> tables() {
    return values.getList(SourceKeys.TABLES);
  }

  public boolean hasFilters() {
    return !text(SourceKeys.SCHEMA_FILTER).isBlank() || !text(SourceKeys.TABLE_FILTER).isBlank();
  }

  /** Whether the filters take a table. */
  public boolean takes(String schema, String table) {
    String excluded = text(SourceKeys.TABLE_EXCLUSION);
    return matches(SourceKeys.SCHEMA_FILTER, schema)
        && matches(SourceKeys.TABLE_FILTER, table)
        && (excluded.isBlank() || !Pattern.matches(excluded, table));
  }

  private boolean matches(String key, String name) {
    String pattern = text(key);
    return pattern.isBlank() || Pattern.matches(pattern, name);
  }

  public String envelope() {
    return text(SourceKeys.ENVELOPE);
  }

  public boolean diff() {
    return values.getBoolean(SourceKeys.DIFF);
  }

  public boolean fullTableName() {
    return values.getBoolean(SourceKeys.FULL_TABLE_NAME);
  }

  public String topicPrefix() {
    return text(SourceKeys.TOPIC_PREFIX);
  }

  public Duration resolvedInterval() {
    return millis(SourceKeys.RESOLVED);
  }

  public boolean bidirectional() {
    return values.getBoolean(SourceKeys.BIDIRECTIONAL);
  }

  /** Whether a new table begins with all its rows. */
  public boolean initialScan() {
    return text(SourceKeys.INITIAL_SCAN).equals("yes") && !bidirectional();
  }

  public Optional<HlcTimestamp> cursor() {
    return HlcTimestamp.parse(text(SourceKeys.CURSOR));
  }

  public String schemaChangePolicy() {
    String policy = text(SourceKeys.SCHEMA_CHANGE);
    return policy.isBlank() ? bidirectional() ? "nobackfill" : "backfill" : policy;
  }

  public Duration gcProtection() {
    return millis(SourceKeys.GC_PROTECT);
  }

  /**
   * For how long a job really holds back garbage collection: an option of the user's wins over our
   * own key.
   *
   * @return empty where the cluster decides, by {@code changefeed.protect_timestamp.max_age}, or
   *     would not understand the option
   */
  public Optional<Duration> gcProtectionOfJobs() {
    String option = options().get(ChangefeedOptions.GC_PROTECTION);
    return option == null
        ? Optional.of(gcProtection())
        : ChangefeedOptions.duration(option).filter(kept -> !kept.isZero());
  }

  /**
   * How often the resolved time of a job really moves on, which an option of the user's decides.
   */
  public Duration checkpointsOfJobs() {
    return ChangefeedOptions.checkpoints(options(), resolvedInterval());
  }

  /** How long the operator wants to be able to be away. */
  public Duration longestAway() {
    return millis(SourceKeys.AWAY);
  }

  public int tablesPerJob() {
    return values.getInt(SourceKeys.TABLES_PER_JOB);
  }

  public String revision() {
    return text(SourceKeys.REVISION);
  }

  /**
   * The overrides file, as it was when it was first asked for.
   *
   * @throws org.apache.kafka.common.config.ConfigException if it cannot be read
   */
  Overrides overrides() {
    return overrides
        .updateAndGet(
            known ->
                known.isPresent()
                    ? known
                    : Optional.of(Overrides.read(text(SourceKeys.OVERRIDES_FILE))))
        .orElseThrow();
  }

  /** Options of the changefeed as the user sets them, by name; an empty value for one without. */
  public Map<String, String> options() {
    Map<String, String> options = new TreeMap<>();
    values
        .originalsWithPrefix(SourceKeys.OPTION_PREFIX)
        .forEach((name, value) -> options.put(name, String.valueOf(value)));
    options.putAll(overrides().options());
    return options;
  }

  /** Whether each column family of a table is to have a topic of its own. */
  public boolean splitsColumnFamilies() {
    return !options().getOrDefault("split_column_families", "unset").equals("unset");
  }

  public SinkUri sinkUri() {
    return SinkUri.of(this);
  }

  /** JSON, but for the client id. */
  public ObjectNode kafkaSinkConfig() {
    return KafkaSinkConfig.complete(text(SourceKeys.KAFKA_SINK_CONFIG));
  }

  public Duration superviseInterval() {
    return millis(SourceKeys.INTERVAL);
  }

  public int resumeMaxAttempts() {
    return values.getInt(SourceKeys.RESUME_MAX);
  }

  public Duration resumeBackoff() {
    return millis(SourceKeys.RESUME_BACKOFF);
  }

  public Duration resumeBackoffMax() {
    return millis(SourceKeys.RESUME_BACKOFF_MAX);
  }

  public Duration stallTimeout() {
    return millis(SourceKeys.STALL_TIMEOUT);
  }

  public boolean failOnStall() {
    return text(SourceKeys.STALL_ACTION).equals("fail");
  }

  public boolean failWhenActionIsNeeded() {
    return text(SourceKeys.NEEDS_ACTION).equals("fail");
  }

  public String statusTopic() {
    return text(SourceKeys.STATUS_TOPIC);
  }

  public short statusReplication() {
    return values.getShort(SourceKeys.STATUS_REPLICATION);
  }

  public Duration statusInterval() {
    return millis(SourceKeys.STATUS_INTERVAL);
  }

  /** -1 for the brokers' own choice. */
  public int topicPartitions() {
    return values.getInt(SourceKeys.TOPIC_PARTITIONS);
  }

  /** -1 for the brokers' own choice. */
  public short topicReplication() {
    return values.getShort(SourceKeys.TOPIC_REPLICATION);
  }

  public int transactionRecords() {
    return values.getInt(SourceKeys.TRANSACTION_RECORDS);
  }

  public long transactionBytes() {
    return values.getLong(SourceKeys.TRANSACTION_BYTES);
  }

  /** For rows that wait, in bytes. */
  public long bufferBytes() {
    return values.getLong(SourceKeys.BUFFER);
  }

  /** Empty if rows must not go to disk. */
  public Optional<Path> spillDir() {
    String folder = text(SourceKeys.SPILL_DIR);
    return folder.isBlank() ? Optional.empty() : Optional.of(Path.of(folder));
  }

  public int scanPageRows() {
    return values.getInt(SourceKeys.SCAN_PAGE);
  }

  /** What the connector gave to this task; empty where there is one task for all. */
  public String share() {
    return originals.getOrDefault(SourceKeys.SHARE, "");
  }

  /** Settings of the task's Kafka admin client. */
  public Map<String, Object> admin() {
    Map<String, Object> admin =
        new LinkedHashMap<>(values.originalsWithPrefix(SourceKeys.KAFKA_ADMIN_PREFIX));
    admin.putIfAbsent("client.id", "belay-source-" + connector());
    return admin;
  }

  /** Every secret that this configuration knows, for taking them out of texts. */
  public List<String> secrets() {
    List<String> secrets = new ArrayList<>();
    SourceKeys.definition()
        .configKeys()
        .forEach(
            (name, key) -> {
              if (key.type == ConfigDef.Type.PASSWORD) {
                secrets.add(secret(name));
              }
            });
    values
        .originals()
        .forEach(
            (name, value) -> {
              String folded = name.toLowerCase(Locale.ROOT);
              if (SECRET.stream().anyMatch(folded::contains)) {
                secrets.add(String.valueOf(value));
              }
            });
    if (delivery() == Delivery.KAFKA) {
      // as the file has it; in the URI it is Base64
      secrets.add(overrides().text("client_key"));
      SinkUri uri = sinkUri();
      secrets.add(uri.text());
      uri.parameters()
          .forEach(
              (name, value) -> {
                if (!SinkUri.isPublic(name)) {
                  secrets.add(value);
                }
              });
    }
    return secrets;
  }

  String text(String key) {
    return values.getString(key);
  }

  String secret(String key) {
    return values.getPassword(key).value();
  }

  private Duration millis(String key) {
    return Duration.ofMillis(values.getLong(key));
  }
}

package dev.belay.source;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.config.ChangefeedOptions;
import dev.belay.source.config.Encryption;
import dev.belay.source.config.ExternalConnection;
import dev.belay.source.config.SinkUri;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.TableName;
import dev.belay.source.preflight.Finding;
import dev.belay.source.preflight.Preflight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a configuration gets wrong beyond each field's own rule: contradictions between fields, and
 * what CockroachDB and Kafka say to it. No server is asked while its address is at fault. Never
 * throws.
 */
final class Validation {
  private static final Logger LOG = LoggerFactory.getLogger(Validation.class);
  private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
  private static final List<String> OURS =
      List.of(
          "source.",
          "feed.",
          "supervise.",
          "resume.",
          "stall.",
          "status.",
          "needs.",
          "scan.",
          "topic.",
          "transaction.max",
          "spill.");
  private static final Set<String> NOT_OPTIONS =
      Set.of("cursor", "initial_scan", "no_initial_scan", "initial_scan_only", "kafka_sink_config");
  private static final String SCHEMA_CHANGE_POLICY = "schema_change_policy";
  private static final Pattern PASSWORD_IN_URL =
      Pattern.compile("[?&](password|sslpassword)=|//[^/@]*:[^/@]*@");

  private final Config config;
  private final Map<String, String> given;
  private final Map<String, ConfigValue> values = new HashMap<>();
  private Set<TableName> tables = Set.of();
  private Map<TableName, List<String>> families = Map.of();

  Validation(Config config, Map<String, String> given) {
    this.config = config;
    this.given = given;
    config.configValues().forEach(value -> values.put(value.name(), value));
  }

  Config run() {
    keysAreKnown();
    convertersFit();
    Optional<SourceConfig> read = read();
    if (read.isPresent()) {
      urlFits(read.get());
      tablesAreChosen(read.get());
      optionsFit(read.get());
      beginningFits(read.get());
      timesFit(read.get());
      sinkFits(read.get());
      nothingIsDropped(read.get());
      spillFits(read.get());
      UnusedKeys.check(read.get(), given, this::error);
      if (isSound(SourceKeys.URL) && isSound(SourceKeys.TABLES)) {
        clusterAnswers(read.get());
      }
      if (isSound(SourceKeys.KAFKA_ADMIN_BOOTSTRAP)) {
        kafkaAnswers(read.get());
      }
    }
    return config;
  }

  /** Connect takes unknown keys without a word; one that begins like ours is a slip. */
  private void keysAreKnown() {
    Set<String> known = SourceKeys.definition().names();
    for (String key : given.keySet()) {
      boolean free =
          key.startsWith(SourceKeys.JDBC_PREFIX) || key.startsWith(SourceKeys.OPTION_PREFIX);
      if (!free && !known.contains(key) && OURS.stream().anyMatch(key::startsWith)) {
        error(key, "Key " + key + " is unknown and would do nothing. Correct it, or take it out.");
      }
    }
  }

  private void convertersFit() {
    for (String which : List.of("key.converter", "value.converter")) {
      String converter = given.getOrDefault(which, "");
      if (!converter.endsWith("ByteArrayConverter")) {
        error(
            which,
            (converter.isEmpty() ? "Is not set, so the worker's own is used" : "Is " + converter)
                + "; the connector writes bytes that are complete already. Set "
                + which
                + "="
                + BYTES
                + ".");
      }
    }
  }

  private Optional<SourceConfig> read() {
    try {
      SourceConfig read = new SourceConfig(given);
      read.options(); // reads the overrides file
      return Optional.of(read);
    } catch (ConfigException e) {
      if (String.valueOf(e.getMessage()).startsWith(SourceKeys.OVERRIDES_FILE)) {
        error(SourceKeys.OVERRIDES_FILE, e.getMessage());
      }
      // any other is on its field already
      return Optional.empty();
    }
  }

  private void urlFits(SourceConfig source) {
    String url = source.url();
    if (!url.startsWith("jdbc:postgresql:")) {
      error(
          SourceKeys.URL,
          "Is no URL for CockroachDB: it begins with jdbc:postgresql:, CockroachDB's own protocol.");
    } else if (PASSWORD_IN_URL.matcher(url).find()) {
      error(
          SourceKeys.URL,
          "Has a password in it, which everybody can read who may read the connector's configuration."
              + " Put it into "
              + SourceKeys.PASSWORD
              + ".");
    } else {
      Encryption.toCluster(source).ifPresent(why -> error(SourceKeys.URL, why));
    }
    if (given.containsKey(SourceKeys.JDBC_PREFIX + "password")) {
      error(
          SourceKeys.PASSWORD,
          "source.jdbc.password is set, which Connect does not know for a secret. Put it into "
              + SourceKeys.PASSWORD
              + ".");
    }
  }

  private void tablesAreChosen(SourceConfig source) {
    if (source.tables().isEmpty() && !source.hasFilters()) {
      String text =
          "No table is named. Set "
              + SourceKeys.TABLES
              + ", or "
              + SourceKeys.SCHEMA_FILTER
              + " and "
              + SourceKeys.TABLE_FILTER
              + ".";
      error(SourceKeys.TABLES, text);
    }
  }

  private void optionsFit(SourceConfig source) {
    Map<String, String> options = source.options();
    for (String option : options.keySet()) {
      String key = SourceKeys.OPTION_PREFIX + option;
      if (NOT_OPTIONS.contains(option)) {
        error(key, "The connector sets " + option + " itself; " + ownKeyOf(option) + " is for it.");
      }
    }
    if ("unset".equals(options.get("updated"))) {
      error(
          SourceKeys.OPTION_PREFIX + "updated",
          "Without updated no version of a row can be told from another, and the sink stops at the"
              + " first change.");
    }
    if (source.delivery() == SourceConfig.Delivery.KAFKA
        && source.splitsColumnFamilies()
        && !"unset".equals(options.get("resolved"))) {
      error(
          SourceKeys.OPTION_PREFIX + "split_column_families",
          "CockroachDB refuses it together with resolved. Set feed.option.resolved=unset as well, and"
              + " delivery.mode=immediate in the sink.");
    }
    if (source.delivery() == SourceConfig.Delivery.SINKLESS) {
      for (String option : List.of("headers_json_column_name", "extra_headers", "end_time")) {
        if (options.containsKey(option)) {
          error(
              SourceKeys.OPTION_PREFIX + option,
              option + " has no meaning for a feed that is read over SQL. Leave it out.");
        }
      }
    }
    if (!"json".equals(options.getOrDefault("format", "json"))) {
      error(SourceKeys.OPTION_PREFIX + "format", "The Belay sink reads format=json.");
    }
    if (source.bidirectional() && options.containsKey("ignore_disable_changefeed_replication")) {
      String text =
          "With ignore_disable_changefeed_replication the feed sends what the other flow has written,"
              + " which comes back as an echo. Leave it out while feed.bidirectional=true.";
      error(SourceKeys.OPTION_PREFIX + "ignore_disable_changefeed_replication", text);
      error(SourceKeys.BIDIRECTIONAL, text);
    }
  }

  private static String ownKeyOf(String option) {
    return option.equals("cursor")
        ? SourceKeys.CURSOR
        : option.equals("kafka_sink_config")
            ? SourceKeys.KAFKA_SINK_CONFIG
            : SourceKeys.INITIAL_SCAN;
  }

  private void beginningFits(SourceConfig source) {
    if (source.bidirectional() && "yes".equals(given.get(SourceKeys.INITIAL_SCAN))) {
      String text =
          "An initial scan sends rows that the other flow has written, and would overwrite newer ones"
              + " on the other side. Set feed.initial.scan=no while feed.bidirectional=true.";
      error(SourceKeys.INITIAL_SCAN, text);
      error(SourceKeys.BIDIRECTIONAL, text);
    }
    String policy =
        source.options().getOrDefault(SCHEMA_CHANGE_POLICY, source.schemaChangePolicy());
    // CockroachDB's own default, if it is left out, is to send the table again
    if (source.bidirectional() && List.of("backfill", "unset").contains(policy)) {
      error(
          source.options().containsKey(SCHEMA_CHANGE_POLICY)
              ? SourceKeys.OPTION_PREFIX + SCHEMA_CHANGE_POLICY
              : SourceKeys.SCHEMA_CHANGE,
          "backfill sends a whole table again after a schema change, which would overwrite newer rows"
              + " on the other side. Set nobackfill while feed.bidirectional=true.");
    }
    if (source.cursor().isPresent() && source.initialScan()) {
      error(
          SourceKeys.CURSOR,
          "A cursor is where a feed begins that does not scan. Set feed.initial.scan=no, or leave the"
              + " cursor out.");
    }
  }

  private void timesFit(SourceConfig source) {
    for (String option : ChangefeedOptions.unreadable(source.options())) {
      error(
          SourceKeys.OPTION_PREFIX + option,
          "Is no duration to CockroachDB, which would refuse to make the job: write numbers with h, m,"
              + " s or ms, such as 72h or 1h30m. Days are no unit of it.");
    }
    Duration interval = source.checkpointsOfJobs();
    if (source.stallTimeout().compareTo(interval.multipliedBy(2)) < 0) {
      String key =
          source.options().containsKey(ChangefeedOptions.CHECKPOINTS)
              ? SourceKeys.OPTION_PREFIX + ChangefeedOptions.CHECKPOINTS
              : SourceKeys.RESOLVED;
      String text =
          "A feed that tells a resolved time every "
              + interval.toMillis()
              + " ms would count as STALLED after "
              + source.stallTimeout().toMillis()
              + " ms, between two of them. Let "
              + SourceKeys.STALL_TIMEOUT
              + " be several times "
              + key
              + ".";
      error(SourceKeys.STALL_TIMEOUT, text);
      error(key, text);
    }
    Optional<Duration> protection = source.gcProtectionOfJobs();
    boolean protects = source.delivery() == SourceConfig.Delivery.KAFKA && protection.isPresent();
    if (protects && protection.get().compareTo(source.longestAway()) < 0) {
      String option = SourceKeys.OPTION_PREFIX + ChangefeedOptions.GC_PROTECTION;
      String key =
          source.options().containsKey(ChangefeedOptions.GC_PROTECTION)
              ? option
              : SourceKeys.GC_PROTECT;
      String text =
          "A job that is paused or lags holds back garbage collection for "
              + protection.get().toMillis()
              + " ms only, and you want to be able to be away for "
              + source.longestAway().toMillis()
              + " ms. Raise "
              + key
              + " to more than "
              + SourceKeys.AWAY
              + ".";
      error(key, text);
      error(SourceKeys.AWAY, text);
    }
  }

  private void sinkFits(SourceConfig source) {
    if (source.delivery() != SourceConfig.Delivery.KAFKA) {
      return;
    }
    SinkUri sink;
    try {
      sink = source.sinkUri();
    } catch (ConfigException e) {
      error(SourceKeys.SINK_URI, e.getMessage());
      return;
    }
    boolean known =
        sink.isKafka() || sink.isService() || sink.base().matches("external://[^/?#]+[^#]*");
    if (sink.base().contains("#")) {
      error(
          SourceKeys.SINK_URI,
          "Has a # in its address, after which CockroachDB reads nothing, no parameter either. Take"
              + " it out.");
    } else if (!known) {
      error(
          SourceKeys.SINK_URI,
          sink.base().isEmpty()
              ? "Is not set. With feed.delivery=kafka CockroachDB must know where Kafka is:"
                  + " kafka://host:9093, or external://NAME."
              : "Is no address of Kafka for CockroachDB. It is kafka://host:port, several hosts with"
                  + " commas, or external://NAME.");
    } else {
      Encryption.toKafka(source, sink).ifPresent(why -> error(SourceKeys.SINK_URI, why));
      ExternalConnection.check(source, this::error);
    }
  }

  /** Connect goes on after a record that it could not send, its offset stored as if it had been. */
  private void nothingIsDropped(SourceConfig source) {
    if (source.delivery() == SourceConfig.Delivery.SINKLESS
        && "all".equalsIgnoreCase(given.getOrDefault("errors.tolerance", "none"))) {
      error(
          "errors.tolerance",
          "With all, Connect leaves out a row that Kafka or a transformation refuses, and goes on: the row"
              + " is lost, and nobody downstream can tell. Set errors.tolerance=none, its default: the"
              + " task stops, and goes on without a gap once the cause is mended.");
    }
  }

  private void clusterAnswers(SourceConfig source) {
    try (Cluster cluster = new Cluster(Addresses.of(source), new Secrets(source.secrets()))) {
      SortedSet<TableName> chosen =
          cluster.ask(
              session ->
                  TableChoice.of(
                      source,
                      new TableChoice.There(
                          Catalog.database(session),
                          Catalog.tables(session),
                          Catalog.others(session))));
      tables = chosen;
      families = cluster.ask(session -> Catalog.families(session, chosen));
      cluster.ask(session -> Preflight.run(source, session, chosen)).forEach(this::tell);
      recommend(cluster.ask(Catalog::tables));
    } catch (ConfigException e) {
      error(source.hasFilters() ? SourceKeys.TABLE_FILTER : SourceKeys.TABLES, e.getMessage());
    } catch (ClusterException e) {
      String text = "CockroachDB does not take the connection: " + e.getMessage();
      error(SourceKeys.URL, text);
      error(SourceKeys.USER, text);
    }
  }

  private void tell(Finding finding) {
    if (finding.stops()) {
      error(finding.key(), finding.text());
    } else {
      LOG.warn("{}: {}", finding.key(), finding.text());
    }
  }

  private void kafkaAnswers(SourceConfig source) {
    String status = source.statusTopic();
    try {
      String policy =
          StatusTopic.cleanupPolicies(source, List.of(status)).getOrDefault(status, "compact");
      if (policy.equals("delete")) {
        error(
            SourceKeys.STATUS_TOPIC,
            "Topic "
                + status
                + " is there and not compacted, so that the status of a feed that does not change would"
                + " be deleted in time. Set its cleanup.policy=compact, or name another.");
      }
      FeedTopics.of(source, tables, families).findings().forEach(this::tell);
    } catch (StatusTopic.KafkaAwayException e) {
      error(SourceKeys.KAFKA_ADMIN_BOOTSTRAP, e.getMessage());
    }
  }

  private void spillFits(SourceConfig source) {
    if (source.spillDir().isEmpty()) {
      return;
    }
    Path folder = source.spillDir().get();
    Path there = folder;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!folder.isAbsolute()) {
      error(
          SourceKeys.SPILL_DIR,
          "Is no absolute path: a relative one is another folder on each worker. Begin it with the root.");
    } else if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      error(
          SourceKeys.SPILL_DIR,
          "The worker that validates this cannot write to "
              + there
              + ". Each worker that may get the task needs the folder, or the right to make it.");
    }
  }

  private void recommend(Collection<TableName> tables) {
    ConfigValue value = values.get(SourceKeys.TABLES);
    if (value != null) {
      value.recommendedValues(tables.stream().map(table -> (Object) table.toString()).toList());
    }
  }

  private boolean isSound(String field) {
    return values.get(field).errorMessages().isEmpty();
  }

  private void error(String field, String message) {
    ConfigValue value = values.get(field);
    if (value == null) {
      // one that is not of our definition; without a value, which may be of any type to Connect
      value = new ConfigValue(field);
      config.configValues().add(value);
      values.put(field, value);
    }
    value.addErrorMessage(message);
    value.visible(true);
  }
}

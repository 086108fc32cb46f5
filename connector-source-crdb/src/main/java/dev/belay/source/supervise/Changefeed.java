package dev.belay.source.supervise;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.source.config.SinkUri;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.Beginning;
import dev.belay.source.feed.FeedMark;
import dev.belay.source.feed.TableName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The statement that makes a job, as the configuration wants it. Options have the values of one
 * configuration; tables and beginning are each job's own.
 */
public final class Changefeed {
  /** An option with this value is left out, though it would be set. */
  static final String UNSET = "unset";

  private static final int FINGERPRINT_BYTES = 5;

  private final SinkUri sink;
  private final ObjectNode kafkaSinkConfig;
  private final Map<String, String> options;
  private final FeedMark mark;

  public Changefeed(SourceConfig config) {
    this.sink = config.sinkUri();
    this.kafkaSinkConfig = config.kafkaSinkConfig();
    this.options = options(config);
    this.mark = new FeedMark(config.feedId(), fingerprint(config.revision()));
  }

  private static Map<String, String> options(SourceConfig config) {
    String interval = goDuration(config.resolvedInterval());
    Map<String, String> options = new LinkedHashMap<>();
    options.put("updated", "");
    options.put("resolved", interval);
    options.put("min_checkpoint_frequency", interval);
    options.put("envelope", config.envelope());
    if (config.envelope().equals("enriched")) {
      options.put("enriched_properties", "source");
    }
    if (config.diff()) {
      options.put("diff", "");
    }
    if (config.fullTableName()) {
      options.put("full_table_name", "");
    }
    options.put("on_error", "pause");
    options.put("gc_protect_expires_after", goDuration(config.gcProtection()));
    options.put("schema_change_policy", config.schemaChangePolicy());
    options.putAll(config.options());
    options.values().removeIf(UNSET::equals);
    return options;
  }

  private static String goDuration(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  /** The same for configurations by which a job need not be replaced. No secret is in it. */
  private String fingerprint(String revision) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String text = sink.described() + '\n' + kafkaSinkConfig + '\n' + options + '\n' + revision;
      byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  public FeedMark mark() {
    return mark;
  }

  /** Without the sink's URI, which is a parameter: it may have secrets in it. */
  String statement(Collection<TableName> tables, Beginning beginning) {
    Map<String, String> all = new LinkedHashMap<>(options);
    ObjectNode kafka = kafkaSinkConfig.deepCopy();
    kafka.put("ClientID", mark.clientId());
    all.put("kafka_sink_config", kafka.toString());
    all.put("cursor", beginning.time().toString());
    all.put("initial_scan", beginning instanceof Beginning.Scan ? "yes" : "no");
    return "CREATE CHANGEFEED FOR TABLE "
        + tables.stream().map(TableName::sql).collect(Collectors.joining(", TABLE "))
        + " INTO ? WITH "
        + all.entrySet().stream()
            .map(option -> written(option.getKey(), option.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String written(String name, String value) {
    return value.isEmpty() ? name : name + " = '" + value.replace("'", "''") + "'";
  }

  /**
   * Makes a job.
   *
   * @return its id
   */
  public long create(Connection session, Collection<TableName> tables, Beginning beginning)
      throws SQLException {
    try (PreparedStatement statement = session.prepareStatement(statement(tables, beginning))) {
      statement.setString(1, sink.text());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}

package dev.belay.source.supervise;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.source.config.ChangefeedOptions;
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
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The statement that makes a job, as the configuration wants it. Options have the values of one
 * configuration; tables and beginning are each job's own.
 */
public final class Changefeed {
  private static final int FINGERPRINT_BYTES = 5;
  private static final String MVCC = "mvcc_timestamp";

  private final SinkUri sink;
  private final ObjectNode kafkaSinkConfig;
  private final ChangefeedOptions options;
  private final FeedMark mark;
  private final boolean tellsScans;

  /**
   * @param database whose tables it watches
   */
  public Changefeed(SourceConfig config, String database) {
    this.sink = config.sinkUri();
    this.kafkaSinkConfig = config.kafkaSinkConfig();
    this.options =
        ChangefeedOptions.of(
            config,
            Map.of(
                "on_error",
                "pause",
                ChangefeedOptions.GC_PROTECTION,
                ChangefeedOptions.duration(config.gcProtection())));
    this.mark = new FeedMark(config.feedId(), fingerprint(config.revision()), database);
    this.tellsScans = !"unset".equals(config.options().get(MVCC));
  }

  /** The same for configurations by which a job need not be replaced. No secret is in it. */
  private String fingerprint(String revision) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String text =
          sink.described()
              + '\n'
              + kafkaSinkConfig
              + '\n'
              + new TreeMap<>(options.values())
              + '\n'
              + revision;
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
    ObjectNode kafka = kafkaSinkConfig.deepCopy();
    kafka.put("ClientID", mark.clientId());
    return "CREATE CHANGEFEED FOR TABLE "
        + tables.stream().map(TableName::sql).collect(Collectors.joining(", TABLE "))
        + " INTO ? WITH "
        + options
            .with("kafka_sink_config", kafka.toString())
            .with("cursor", beginning.time().toString())
            .with("initial_scan", beginning instanceof Beginning.Scan ? "yes" : "no")
            .with(tellsItsRowsApart(beginning))
            .text();
  }

  /**
   * A row of a scan says when it was committed, so that the sink knows it from a change: when two
   * jobs were made at once, both scan. It is no part of the fingerprint, since no job need be
   * replaced for it.
   */
  private Map<String, String> tellsItsRowsApart(Beginning beginning) {
    return beginning instanceof Beginning.Scan && tellsScans ? Map.of(MVCC, "") : Map.of();
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

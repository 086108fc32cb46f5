package dev.belay.cli.handover;

import dev.belay.cli.connect.Connector;
import dev.belay.cli.connect.ConnectorFile;
import dev.belay.cli.status.KafkaLook;
import dev.belay.cli.verify.Comparison;
import dev.belay.cli.verify.Dialect;
import dev.belay.cli.verify.Endpoint;
import dev.belay.cli.verify.Sides;
import dev.belay.sink.Registries;
import dev.belay.sink.change.TableName;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.registry.RegistryAwayException;
import dev.belay.sink.registry.SchemaRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;

/**
 * The way from CockroachDB to the old database: both connectors as they are POSTed.
 *
 * @param source the feed's settings, secrets put in
 * @param target the sink's, likewise
 * @param sink the same, read
 */
public record Line(
    Map<String, String> source, Map<String, String> target, SinkConfig sink, Sides<Endpoint> ends) {
  private static final String KAFKA = "kafka.admin.";

  /**
   * Reads both files.
   *
   * @throws IOException if one cannot be used; the message is for the user
   */
  static Line of(Path sourceFile, Path sinkFile) throws IOException {
    Map<String, String> source = ConnectorFile.read(sourceFile, Connector.SOURCE);
    Map<String, String> target = ConnectorFile.read(sinkFile, Connector.SINK);
    Sides<Endpoint> ends = new Sides<>(Endpoint.ofSource(source), Endpoint.ofSink(target));
    if (ends.source().dialect().filter(Dialect::readsThePast).isEmpty()) {
      throw new IOException(
          sourceFile + " has no source.connection.url of a CockroachDB, as jdbc:postgresql://...");
    } else if (ends.target().dialect().isEmpty()) {
      throw new IOException(
          sinkFile
              + " has a target.connection.url of a database that cannot be compared here:"
              + " jdbc:postgresql:, jdbc:mysql: and jdbc:mariadb: can.");
    }
    try {
      return new Line(source, target, new SinkConfig(target), ends);
    } catch (ConfigException e) {
      throw new IOException(sinkFile + ": " + e.getMessage(), e);
    }
  }

  /** The same with other users, where they are given. */
  Line as(
      Optional<String> sourceUser,
      Optional<String> sourcePassword,
      Optional<String> targetUser,
      Optional<String> targetPassword) {
    return new Line(
        source,
        target,
        sink,
        new Sides<>(
            ends.source().as(sourceUser, sourcePassword.map(Line::secret)),
            ends.target().as(targetUser, targetPassword.map(Line::secret))));
  }

  private static String secret(String given) {
    return ConnectorFile.resolved(Map.of("p", given)).get("p");
  }

  String feedName() {
    return source.getOrDefault("name", "");
  }

  String sinkName() {
    return sink.connector();
  }

  /** The topics that the sink names; none if it has a pattern. */
  public List<String> topics() {
    return sink.topics();
  }

  /**
   * The topics that the sink reads, with those of its pattern that are there now.
   *
   * @throws IOException if Kafka cannot be asked
   */
  public Set<String> topicsNow() throws IOException {
    if (!sink.topics().isEmpty()) {
      return Set.copyOf(sink.topics());
    }
    try (KafkaLook kafka = new KafkaLook(kafka(), Map.of())) {
      Set<String> topics = new TreeSet<>(kafka.topics());
      topics.removeIf(topic -> !sink.isSubscribed(topic));
      return topics;
    } catch (KafkaException e) {
      throw new IOException("Kafka cannot be read: " + e.getMessage(), e);
    }
  }

  /** Of a Kafka client. */
  public Map<String, String> kafka() {
    Map<String, String> client = new HashMap<>();
    target.forEach(
        (key, value) -> {
          if (key.startsWith(KAFKA)) {
            client.put(key.substring(KAFKA.length()), value);
          }
        });
    return client;
  }

  /** What reads its records as they are in Kafka; empty if that needs a converter. */
  public Optional<Decoder> decoder() throws IOException {
    if (sink.isStruct() || sink.isDebezium()) {
      return Optional.empty();
    }
    FeedFormat format =
        FeedFormat.AUTO
            .withEnvelope(Envelope.parse(sink.envelope()).orElseThrow())
            .withTopicPrefix(sink.topicPrefix())
            .withFullTableName(
                FeedFormat.Choice.valueOf(sink.fullTableName().toUpperCase(Locale.ROOT)))
            .withTopicName(sink.topicName())
            .withSplitColumnFamilies(
                sink.splitColumnFamilies() ? FeedFormat.Choice.TRUE : FeedFormat.Choice.FALSE)
            .withOpColumn(sink.opColumn());
    if (!sink.isAvro()) {
      return Optional.of(Decoder.of(format));
    }
    try {
      SchemaRegistry registry = Registries.of(sink.registry());
      return Optional.of(
          Decoder.ofAvro(
              format,
              id -> {
                try {
                  return registry.schema(id);
                } catch (StopException | RegistryAwayException e) {
                  throw new IllegalStateException(e.getMessage(), e);
                }
              }));
    } catch (StopException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Whether the sink reads a topic. */
  boolean reads(String topic) {
    return sink.isSubscribed(topic);
  }

  /**
   * What is to be compared: the tables of the feed, renamed as the sink does.
   *
   * @param named by the person, in CockroachDB; empty for all
   */
  public Comparison.Wish comparison(FeedTables feed, Set<String> named) {
    Set<String> tables = new HashSet<>(named.isEmpty() ? feed.names() : named);
    Map<String, String> renames = new HashMap<>();
    for (Map.Entry<String, TableName> pair : sink.tablesMap().entrySet()) {
      renames.put(last(pair.getKey()), pair.getValue().name());
    }
    sink.columnsMap()
        .forEach(
            (column, other) -> {
              if (column.contains(".")) {
                renames.put(lastTwo(column), other);
              } else {
                tables.forEach(table -> renames.put(table + "." + column, other));
              }
            });
    Set<String> ignored = new HashSet<>();
    sink.ignoredColumns()
        .forEach(column -> ignored.add(column.contains(".") ? lastTwo(column) : column));
    return new Comparison.Wish(
        ends,
        sinkName(),
        new Sides<>(
            feed.schema(), Optional.of(sink.targetSchema()).filter(schema -> !schema.isBlank())),
        tables,
        renames,
        ignored);
  }

  private static String last(String dotted) {
    return dotted.substring(dotted.lastIndexOf('.') + 1);
  }

  private static String lastTwo(String dotted) {
    int dot = dotted.lastIndexOf('.', dotted.lastIndexOf('.') - 1);
    return dotted.substring(dot + 1);
  }
}

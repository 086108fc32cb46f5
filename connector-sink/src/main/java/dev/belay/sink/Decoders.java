package dev.belay.sink;

import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import dev.belay.sink.decode.SchemaSource;
import java.util.Locale;
import java.util.Optional;

/** What reads a connector's records, as its configuration says. */
public final class Decoders {
  private Decoders() {}

  /**
   * Each is for one thread; what the registry said they share.
   *
   * @param schemas of a feed in Avro; empty for JSON
   */
  public static Decoder of(SinkConfig config, Optional<SchemaSource> schemas) {
    FeedFormat format = format(config);
    return schemas.map(source -> Decoder.ofAvro(format, source)).orElse(Decoder.of(format));
  }

  /** How the feed is written. */
  public static FeedFormat format(SinkConfig config) {
    return FeedFormat.AUTO
        .withEnvelope(Envelope.parse(config.envelope()).orElseThrow())
        .withTopicPrefix(config.topicPrefix())
        .withFullTableName(
            FeedFormat.Choice.valueOf(config.fullTableName().toUpperCase(Locale.ROOT)))
        .withTopicName(config.topicName())
        .withSplitColumnFamilies(
            config.splitColumnFamilies() ? FeedFormat.Choice.TRUE : FeedFormat.Choice.FALSE)
        .withOpColumn(config.opColumn())
        .withDebezium(
            new FeedFormat.Debezium(
                config.unavailablePlaceholder(),
                config.ignoresTruncate(),
                config.originFilter(),
                config.transactionTopic().orElse(""),
                config.hasWholeBefore(),
                config.isSchemaless()));
  }
}

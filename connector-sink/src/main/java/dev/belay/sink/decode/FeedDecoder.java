package dev.belay.sink.decode;

import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;

/** The door of the room: picks the envelope's decoder and turns what it cannot read into words. */
final class FeedDecoder implements Decoder {
  private final EnvelopeDecoder envelope;
  private final Message message = new Message();

  FeedDecoder(FeedFormat format) {
    JsonWire json = new JsonWire();
    TopicTables tables = new TopicTables(format);
    this.envelope =
        switch (format.envelope()) {
          case AUTO -> new AutoDecoder(json, tables, format.opColumn());
          case WRAPPED -> new WrappedDecoder(json, tables);
          case ENRICHED -> new EnrichedDecoder(json, tables);
          case BARE -> FlatDecoder.bare(json, tables, format.opColumn());
          case ROW -> FlatDecoder.row(json, tables, format.opColumn());
          case KEY_ONLY -> new KeyOnlyDecoder(json, tables);
          case DEBEZIUM -> throw new IllegalArgumentException("not a changefeed's");
        };
  }

  @Override
  public Decoded decode(Origin origin, String topic, byte[] key, byte[] value) {
    try {
      message.hold(origin, topic, key, value);
      return envelope.decode(message);
    } catch (UnreadableException unreadable) {
      return new Rejected(origin, unreadable.getMessage());
    } finally {
      message.letGo();
    }
  }
}

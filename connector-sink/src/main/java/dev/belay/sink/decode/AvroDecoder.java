package dev.belay.sink.decode;

import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads Avro with schema ids (a byte 0, four bytes of id, the message) by writing each part as the
 * JSON that the same changefeed sends with {@code format=json}, which the other decoder then reads:
 * what a value means is said in one place.
 */
final class AvroDecoder implements Decoder {
  private static final int HEAD = 1 + Integer.BYTES;

  private final Decoder decoder;
  private final SchemaSource schemas;
  private final boolean bare;
  private final JsonWire json = new JsonWire();
  private final JsonText text = new JsonText();
  private final Map<Integer, AvroSchema> keys = new HashMap<>();
  private final Map<Integer, AvroSchema> values = new HashMap<>();

  AvroDecoder(FeedFormat format, SchemaSource schemas) {
    this.decoder = new FeedDecoder(format);
    this.schemas = schemas;
    this.bare = format.envelope() == Envelope.BARE;
  }

  @Override
  public Decoded decode(Origin origin, String topic, byte[] key, byte[] value) {
    try {
      return decoder.decode(
          origin, topic, json("key", key, keys, false), json("value", value, values, bare));
    } catch (UnreadableException unreadable) {
      return new Rejected(origin, unreadable.getMessage());
    }
  }

  /** Kafka's null stays what it is. */
  private byte[] json(String part, byte[] avro, Map<Integer, AvroSchema> known, boolean flat)
      throws UnreadableException {
    if (avro == null) {
      return null;
    }
    if (avro.length < HEAD || avro[0] != 0) {
      throw new UnreadableException(
          "The "
              + part
              + " does not begin with byte 0x00 and a schema id, as Avro of a changefeed with"
              + " confluent_schema_registry does"
              + (looksLikeJson(avro) ? "; it looks like JSON" : "")
              + ". Set feed.format to the format that the changefeed was created with, and check that"
              + " the topic is a changefeed's.");
    }
    int id = 0;
    for (int i = 1; i < HEAD; i++) {
      id = id << 8 | avro[i] & 0xFF;
    }
    AvroSchema schema = known.get(id);
    if (schema == null) {
      schema = AvroSchema.parse(part, schemas.schema(id), flat, json);
      known.put(id, schema);
    }
    text.clear();
    schema.write(new AvroCursor(part, avro, HEAD), text);
    return text.bytes();
  }

  private static boolean looksLikeJson(byte[] bytes) {
    return bytes.length > 0 && (bytes[0] == '{' || bytes[0] == '[');
  }
}

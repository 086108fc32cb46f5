package dev.belay.sink.decode;

import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;

/**
 * Reads the records of one feed. Numbers, nested JSON and timestamps come out as they were written;
 * nothing passes through {@code double}.
 *
 * <p>A decoder remembers column names and topic names between records, so it belongs to one thread.
 * What it returns is immutable and depends on the record alone, never on records before it.
 */
public interface Decoder {

  /** A decoder for the feed that {@code format} describes. */
  static Decoder of(FeedFormat format) {
    return format.envelope() == Envelope.DEBEZIUM
        ? new DebeziumDecoder(format.debezium())
        : new FeedDecoder(format);
  }

  /**
   * A decoder for the feed that {@code format} describes, which was created with {@code
   * format=avro}.
   *
   * @param schemas asked once for each schema id; its exceptions pass through {@link #decode}
   */
  static Decoder ofAvro(FeedFormat format, SchemaSource schemas) {
    return new AvroDecoder(format, schemas);
  }

  /**
   * What the record says. Never throws for what is in the record: whatever cannot be read is a
   * {@link Rejected} whose reason names what was found, why it stops and what to do, without row
   * values. The record's coordinates are in {@code origin}, which the reason does not repeat.
   *
   * @param origin where the record lies, for the result
   * @param topic the topic as the changefeed named it, from which the table's name is read
   * @param key the Kafka key, or null as Kafka has it; not kept
   * @param value the Kafka value, or null as Kafka has it; not kept
   */
  Decoded decode(Origin origin, String topic, byte[] key, byte[] value);
}

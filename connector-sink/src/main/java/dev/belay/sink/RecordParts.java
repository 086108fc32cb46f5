package dev.belay.sink;

import dev.belay.sink.change.Origin;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.UnreadableException;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.structs.EventText;
import dev.belay.sink.structs.StructText;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Key and value of a record as the bytes that a decoder reads, whatever the converters of the
 * connector made of them. One thread.
 */
final class RecordParts {
  private static final String KEY = "key";
  private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

  /** Writes what a converter made of a record as bytes again. */
  private interface Writing {
    byte[] of(String part, Struct struct) throws UnreadableException;
  }

  private final Optional<Writing> structs;

  private RecordParts(Optional<Writing> structs) {
    this.structs = structs;
  }

  /** Of records that converters pass on as they are. */
  static RecordParts ofBytes() {
    return new RecordParts(Optional.empty());
  }

  /** Of records that converters have read. */
  static RecordParts ofStructs(Envelope envelope) {
    if (envelope == Envelope.DEBEZIUM) {
      return new RecordParts(Optional.of(new EventText()::of));
    }
    StructText text = new StructText(envelope);
    return new RecordParts(
        Optional.of((part, struct) -> part.equals(KEY) ? text.key(struct) : text.value(struct)));
  }

  /**
   * @return null as Kafka has it
   * @throws StopException if a converter made something of it that cannot be read
   * @throws UnreadableException if the record itself cannot be read
   */
  byte[] key(SinkRecord record, Origin origin) throws UnreadableException {
    if (structs.isPresent() && record.key() instanceof Struct key) {
      return structs.get().of(KEY, key);
    }
    return bytes(record.key(), KEY, origin);
  }

  /**
   * @return null as Kafka has it
   * @throws StopException if a converter made something of it that cannot be read
   * @throws UnreadableException if the record itself cannot be read
   */
  byte[] value(SinkRecord record, Origin origin) throws UnreadableException {
    if (structs.isPresent() && record.value() instanceof Struct value) {
      return structs.get().of("value", value);
    }
    return bytes(record.value(), "value", origin);
  }

  private byte[] bytes(Object part, String which, Origin origin) {
    if (part == null) {
      return null;
    }
    String found =
        "The "
            + which
            + " at "
            + origin
            + " reaches the connector as "
            + part.getClass().getSimpleName();
    if (part instanceof Map || part instanceof Number || part instanceof Collection) {
      throw new StopException(
          found
              + ": a JsonConverter without schemas has read it, which turns DECIMAL into double and"
              + " loses digits. Set "
              + which
              + ".converter="
              + BYTES
              + ".");
    }
    if (part instanceof Struct) {
      throw new StopException(
          found
              + ": a converter has read it already. Set feed.format=struct if it has to, for"
              + " transforms that look into records; else set "
              + which
              + ".converter="
              + BYTES
              + ".");
    }
    if (structs.isPresent()) {
      throw new StopException(
          found
              + ", and feed.format=struct expects what a converter with schemas makes, a Struct. Set "
              + which
              + ".converter to the converter of the feed's schema registry, or feed.format to the"
              + " format that the changefeed was created with.");
    }
    if (part instanceof byte[] bytes) {
      return bytes;
    }
    if (part instanceof String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    throw new StopException(
        found + ", which this version does not read. Set " + which + ".converter=" + BYTES + ".");
  }
}

package dev.belay.sink;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.TransactionEvent;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.UnreadableException;
import dev.belay.sink.spill.SpilledRecord;
import java.util.Optional;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/** Turns held changes into records on disk and back. One thread at a time. */
final class SpillCodec {
  private final RecordParts parts;
  private final Decoder decoder;

  /**
   * @param parts of the feed, for nobody else
   * @param decoder of the feed, for nobody else
   */
  SpillCodec(RecordParts parts, Decoder decoder) {
    this.parts = parts;
    this.decoder = decoder;
  }

  SpilledRecord spilled(HeldChange held) {
    SinkRecord record = held.record();
    Origin origin = held.change().origin();
    return new SpilledRecord(
        origin.topic(),
        origin.partition(),
        origin.offset(),
        record.topic(),
        Optional.ofNullable(key(record, origin)),
        Optional.ofNullable(value(record, origin)),
        held.change().version(),
        held.change() instanceof Delete);
  }

  private byte[] key(SinkRecord record, Origin origin) {
    try {
      // what was on disk before is bytes, whatever the feed's converters make
      return record.key() instanceof byte[] key ? key : parts.key(record, origin);
    } catch (UnreadableException e) {
      throw new IllegalStateException("was read before", e);
    }
  }

  private byte[] value(SinkRecord record, Origin origin) {
    try {
      return record.value() instanceof byte[] value ? value : parts.value(record, origin);
    } catch (UnreadableException e) {
      throw new IllegalStateException("was read before", e);
    }
  }

  Change change(SpilledRecord record) {
    Origin origin = new Origin(record.topic(), record.partition(), record.offset());
    Decoded decoded =
        decoder.decode(
            origin, record.namedTopic(), record.key().orElse(null), record.value().orElse(null));
    return (Change) (decoded instanceof TransactionEvent event ? event.event() : decoded);
  }

  HeldChange held(SpilledRecord record) {
    SinkRecord again =
        new SinkRecord(
            record.namedTopic(),
            record.partition(),
            Schema.OPTIONAL_BYTES_SCHEMA,
            record.key().orElse(null),
            Schema.OPTIONAL_BYTES_SCHEMA,
            record.value().orElse(null),
            record.offset(),
            null,
            TimestampType.NO_TIMESTAMP_TYPE,
            null,
            record.topic(),
            record.partition(),
            record.offset());
    int bytes =
        record.key().map(part -> part.length).orElse(0)
            + record.value().map(part -> part.length).orElse(0);
    return new HeldChange(change(record), again, bytes, false);
  }
}

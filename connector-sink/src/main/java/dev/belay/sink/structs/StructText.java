package dev.belay.sink.structs;

import dev.belay.sink.decode.AvroNames;
import dev.belay.sink.decode.ConverterValues;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.JsonText;
import dev.belay.sink.decode.UnreadableException;
import dev.belay.sink.decode.WireTimes;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Writes what a converter of Kafka Connect has made of a changefeed's record as the JSON that the
 * same changefeed sends with {@code format=json}, so that what a value means is said in one place.
 * What only the target's column can tell is left to {@link ConverterValues}. One thread.
 */
public final class StructText {
  private static final long MICROS_OF_MILLI = 1_000;
  private static final long MILLIS_OF_DAY = 86_400_000;

  private final boolean bare;
  private final JsonText text = new JsonText();

  /**
   * @param envelope of the feed: that of {@code bare} has its columns a level deeper in Avro
   */
  public StructText(Envelope envelope) {
    this.bare = envelope == Envelope.BARE;
  }

  /**
   * @return JSON in UTF-8
   * @throws UnreadableException if something in it has no form in JSON
   */
  public byte[] key(Struct key) throws UnreadableException {
    return json("key", key, false);
  }

  /**
   * @return JSON in UTF-8
   * @throws UnreadableException if something in it has no form in JSON
   */
  public byte[] value(Struct value) throws UnreadableException {
    return json("value", value, bare);
  }

  private byte[] json(String part, Struct struct, boolean flat) throws UnreadableException {
    text.clear();
    if (flat && struct.schema().field("record") != null) {
      bare(part, struct);
    } else {
      struct(part, struct);
    }
    return text.bytes();
  }

  /** The columns of {@code record}, and everything else under {@code __crdb__}. */
  private void bare(String part, Struct struct) throws UnreadableException {
    if (!(struct.getWithoutDefault("record") instanceof Struct columns)) {
      throw unreadable(part, "of envelope=bare whose record is null");
    }
    text.put('{');
    fields(part, columns, "");
    text.raw(columns.schema().fields().isEmpty() ? "\"__crdb__\":{" : ",\"__crdb__\":{");
    fields(part, struct, "record");
    text.raw("}}");
  }

  private void struct(String part, Struct struct) throws UnreadableException {
    text.put('{');
    fields(part, struct, "");
    text.put('}');
  }

  private void fields(String part, Struct struct, String without) throws UnreadableException {
    boolean isFirst = true;
    for (Field field : struct.schema().fields()) {
      if (field.name().equals(without)) {
        continue;
      }
      if (!isFirst) {
        text.put(',');
      }
      isFirst = false;
      text.quoted(AvroNames.plain(field.name()));
      text.put(':');
      // with defaults, a NULL would read as what the schema says of a column that is absent
      value(part, field.schema(), struct.getWithoutDefault(field.name()));
    }
  }

  private void value(String part, Schema schema, Object value) throws UnreadableException {
    if (value == null) {
      text.raw("null");
    } else if (value instanceof BigDecimal decimal && Decimal.LOGICAL_NAME.equals(schema.name())) {
      text.raw(decimal.toPlainString());
    } else if (value instanceof Date time) {
      text.quoted(time(part, schema, time.getTime()));
    } else {
      plain(part, schema, value);
    }
  }

  private static String time(String part, Schema schema, long millis) throws UnreadableException {
    try {
      if (Timestamp.LOGICAL_NAME.equals(schema.name())) {
        return WireTimes.timestamp(Math.multiplyExact(millis, MICROS_OF_MILLI));
      }
      return Time.LOGICAL_NAME.equals(schema.name())
          ? WireTimes.time(Math.multiplyExact(millis, MICROS_OF_MILLI))
          : WireTimes.date(Math.floorDiv(millis, MILLIS_OF_DAY));
    } catch (UnreadableException | ArithmeticException e) {
      throw unreadable(part, "with a time out of every calendar's range");
    }
  }

  private void plain(String part, Schema schema, Object value) throws UnreadableException {
    switch (schema.type()) {
      case INT8, INT16, INT32, INT64, BOOLEAN -> text.raw(value.toString());
      case FLOAT32 -> text.number(((Float) value).doubleValue(), value.toString());
      case FLOAT64 -> text.number((Double) value, value.toString());
      case STRING -> text.quoted((String) value);
      case BYTES -> text.hex("\\\\x", bytes(value));
      case ARRAY -> array(part, schema.valueSchema(), (List<?>) value);
      case MAP -> map(part, schema, (Map<?, ?>) value);
      case STRUCT -> {
        Struct struct = (Struct) value;
        if (isUnion(schema)) {
          union(part, struct);
        } else {
          struct(part, struct);
        }
      }
      default -> throw unreadable(part, "with a value of type " + schema.type());
    }
  }

  /** What Connect has for BYTES. */
  static byte[] bytes(Object value) {
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    ByteBuffer buffer = ((ByteBuffer) value).duplicate();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private void array(String part, Schema items, List<?> list) throws UnreadableException {
    text.put('[');
    boolean isFirst = true;
    for (Object item : list) {
      if (!isFirst) {
        text.put(',');
      }
      isFirst = false;
      value(part, items, item);
    }
    text.put(']');
  }

  private void map(String part, Schema schema, Map<?, ?> map) throws UnreadableException {
    text.put('{');
    boolean isFirst = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String name)) {
        throw unreadable(part, "with a map whose keys are not text");
      }
      if (!isFirst) {
        text.put(',');
      }
      isFirst = false;
      text.quoted(name);
      text.put(':');
      value(part, schema.valueSchema(), entry.getValue());
    }
    text.put('}');
  }

  /**
   * Whether it stands for an Avro union of several types: {@code io.confluent.connect.avro.Union},
   * {@code io.apicurio.connect.avro.Union}, or with the converters' generalized sum types {@code
   * connect_union_} and a number. CockroachDB's DECIMAL is one, of a number and a text for NaN.
   */
  private static boolean isUnion(Schema schema) {
    String name = schema.name();
    return name != null
        && (name.endsWith(".connect.avro.Union") || name.startsWith("connect_union"));
  }

  /** The branch that has a value. */
  private void union(String part, Struct struct) throws UnreadableException {
    for (Field field : struct.schema().fields()) {
      Object value = struct.getWithoutDefault(field.name());
      if (value != null) {
        value(part, field.schema(), value);
        return;
      }
    }
    text.raw("null");
  }

  private static UnreadableException unreadable(String part, String found) {
    return new UnreadableException(
        "The "
            + part
            + " reached the connector as a Struct "
            + found
            + ", which no changefeed writes. Check that the topic is a changefeed's, and which"
            + " converters and transforms the record came through.");
  }
}

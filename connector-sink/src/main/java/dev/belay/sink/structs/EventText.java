package dev.belay.sink.structs;

import dev.belay.sink.decode.JsonText;
import dev.belay.sink.decode.UnreadableException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Writes a record that a converter of Kafka Connect has read, of a Debezium connector, as the JSON
 * with its schema beside it that JsonConverter makes of it, so that what a value means is said in
 * one place. One thread.
 */
public final class EventText {
  private static final long MILLIS_OF_DAY = 86_400_000;

  /** As many as a connector's topics have versions; more are schemas that nobody shares. */
  private static final int MAX_SCHEMAS = 10_000;

  private final JsonText text = new JsonText();
  private final Map<Schema, byte[]> openings = new IdentityHashMap<>();

  /**
   * @param part {@code key} or {@code value}, for messages
   * @return JSON in UTF-8
   * @throws UnreadableException if something in it has no form in JSON
   */
  public byte[] of(String part, Struct struct) throws UnreadableException {
    byte[] opening = openings.get(struct.schema());
    if (opening == null) {
      opening = opening(struct.schema());
      if (openings.size() == MAX_SCHEMAS) {
        openings.clear();
      }
      openings.put(struct.schema(), opening);
    }
    text.clear();
    text.raw(opening);
    value(part, struct.schema(), struct);
    text.put('}');
    return text.bytes();
  }

  private byte[] opening(Schema schema) {
    text.clear();
    text.raw("{\"schema\":{");
    type(schema);
    text.raw("},\"payload\":");
    return text.bytes();
  }

  private void type(Schema schema) {
    text.raw("\"type\":");
    text.quoted(literal(schema));
    if (schema.name() != null) {
      text.raw(",\"name\":");
      text.quoted(schema.name());
    }
    if (schema.parameters() != null && !schema.parameters().isEmpty()) {
      String before = ",\"parameters\":{";
      for (Map.Entry<String, String> parameter : schema.parameters().entrySet()) {
        text.raw(before);
        text.quoted(parameter.getKey());
        text.put(':');
        text.quoted(parameter.getValue());
        before = ",";
      }
      text.put('}');
    }
    switch (schema.type()) {
      case ARRAY -> nested("items", schema.valueSchema());
      case MAP -> nested("values", schema.valueSchema());
      case STRUCT -> fields(schema);
      default -> {}
    }
  }

  private void nested(String field, Schema schema) {
    text.raw(",\"" + field + "\":{");
    type(schema);
    text.put('}');
  }

  private void fields(Schema schema) {
    text.raw(",\"fields\":[");
    String before = "";
    for (Field field : schema.fields()) {
      text.raw(before + "{\"field\":");
      text.quoted(field.name());
      text.put(',');
      type(field.schema());
      text.put('}');
      before = ",";
    }
    text.put(']');
  }

  private static String literal(Schema schema) {
    return switch (schema.type()) {
      case INT8 -> "int8";
      case INT16 -> "int16";
      case INT32 -> "int32";
      case INT64 -> "int64";
      case FLOAT32 -> "float";
      case FLOAT64 -> "double";
      case BOOLEAN -> "boolean";
      case STRING -> "string";
      case BYTES -> "bytes";
      case ARRAY -> "array";
      case MAP -> "map";
      case STRUCT -> "struct";
    };
  }

  private void value(String part, Schema schema, Object value) throws UnreadableException {
    if (value == null) {
      text.raw("null");
    } else if (value instanceof BigDecimal decimal) {
      decimal(part, schema, decimal);
    } else if (value instanceof Date time) {
      text.raw(Long.toString(count(schema, time.getTime())));
    } else {
      plain(part, schema, value);
    }
  }

  private void decimal(String part, Schema schema, BigDecimal value) throws UnreadableException {
    if (!Decimal.LOGICAL_NAME.equals(schema.name())) {
      throw unreadable(part, "with a decimal that its schema does not know");
    }
    text.raw(value.toString());
  }

  private static long count(Schema schema, long millis) {
    return Timestamp.LOGICAL_NAME.equals(schema.name()) || Time.LOGICAL_NAME.equals(schema.name())
        ? millis
        : Math.floorDiv(millis, MILLIS_OF_DAY);
  }

  private void plain(String part, Schema schema, Object value) throws UnreadableException {
    switch (schema.type()) {
      case INT8, INT16, INT32, INT64, BOOLEAN -> text.raw(value.toString());
      case FLOAT32 -> text.number(((Float) value).doubleValue(), value.toString());
      case FLOAT64 -> text.number((Double) value, value.toString());
      case STRING -> text.quoted((String) value);
      case BYTES -> text.quoted(Base64.getEncoder().encodeToString(StructText.bytes(value)));
      case ARRAY -> array(part, schema.valueSchema(), (List<?>) value);
      case MAP -> map(part, schema, (Map<?, ?>) value);
      case STRUCT -> struct(part, (Struct) value);
    }
  }

  private void struct(String part, Struct struct) throws UnreadableException {
    text.put('{');
    String before = "";
    for (Field field : struct.schema().fields()) {
      text.raw(before);
      before = ",";
      text.quoted(field.name());
      text.put(':');
      // with defaults, a NULL would read as the default of the source's column
      value(part, field.schema(), struct.getWithoutDefault(field.name()));
    }
    text.put('}');
  }

  private void array(String part, Schema items, List<?> list) throws UnreadableException {
    text.put('[');
    String before = "";
    for (Object item : list) {
      text.raw(before);
      before = ",";
      value(part, items, item);
    }
    text.put(']');
  }

  private void map(String part, Schema schema, Map<?, ?> map) throws UnreadableException {
    text.put('{');
    String before = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String name)) {
        throw unreadable(part, "with a map whose keys are not text");
      }
      text.raw(before);
      before = ",";
      text.quoted(name);
      text.put(':');
      value(part, schema.valueSchema(), entry.getValue());
    }
    text.put('}');
  }

  private static UnreadableException unreadable(String part, String found) {
    return new UnreadableException(
        "The "
            + part
            + " reached the connector as a Struct "
            + found
            + ", which no Debezium connector writes. Check which converters and transforms the"
            + " record came through.");
  }
}

package dev.belay.sink.decode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One type of the {@code schema} beside a payload, as Kafka Connect's JsonConverter writes it.
 *
 * @param literal {@code int8} to {@code int64}, {@code float}, {@code double}, {@code boolean},
 *     {@code string}, {@code bytes}, {@code array}, {@code map}, {@code struct}
 * @param name what the literal means, as {@code io.debezium.time.MicroTimestamp}; empty if nothing
 *     else
 * @param parameters of the name, as the scale of a decimal
 * @param fields of a struct, in their order
 * @param items of an array, or values of a map; empty for all else
 */
record DebeziumType(
    String literal,
    String name,
    Map<String, String> parameters,
    Map<String, DebeziumType> fields,
    Optional<DebeziumType> items) {

  /** Reads the object at the cursor. What it says beside the above does not matter here. */
  static DebeziumType read(JsonCursor cursor) throws UnreadableException {
    return readField(cursor).type;
  }

  private record Field(String name, DebeziumType type) {}

  private static Field readField(JsonCursor cursor) throws UnreadableException {
    if (!cursor.isObject()) {
      throw noSchema();
    }
    String literal = "";
    String name = "";
    String field = "";
    Map<String, String> parameters = Map.of();
    Map<String, DebeziumType> fields = new LinkedHashMap<>();
    Optional<DebeziumType> items = Optional.empty();
    while (cursor.nextField()) {
      switch (cursor.name()) {
        case "type" -> literal = text(cursor);
        case "name" -> name = text(cursor);
        case "field" -> field = text(cursor);
        case "parameters" -> parameters = parameters(cursor);
        case "fields" -> readFields(cursor, fields);
        case "items", "values" -> items = Optional.of(read(cursor));
        default -> cursor.skip();
      }
    }
    return new Field(field, new DebeziumType(literal, name, parameters, fields, items));
  }

  private static void readFields(JsonCursor cursor, Map<String, DebeziumType> into)
      throws UnreadableException {
    if (!cursor.isArray()) {
      throw noSchema();
    }
    List<Field> read = new ArrayList<>();
    while (cursor.nextElement()) {
      read.add(readField(cursor));
    }
    for (Field field : read) {
      Fields.once(into.put(field.name, field.type) != null, field.name);
    }
  }

  private static Map<String, String> parameters(JsonCursor cursor) throws UnreadableException {
    if (!cursor.isObject()) {
      throw noSchema();
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    while (cursor.nextField()) {
      parameters.put(cursor.name(), text(cursor));
    }
    return parameters;
  }

  /** Empty for null. */
  private static String text(JsonCursor cursor) throws UnreadableException {
    if (cursor.isNull()) {
      return "";
    }
    if (!cursor.isString()) {
      throw noSchema();
    }
    return cursor.text();
  }

  private static UnreadableException noSchema() {
    return new UnreadableException(
        "The field schema is none of Kafka Connect's JsonConverter, so that it is unknown what the"
            + " values mean. Check which converter Debezium's connector has, and what changed the"
            + " record on its way.");
  }
}

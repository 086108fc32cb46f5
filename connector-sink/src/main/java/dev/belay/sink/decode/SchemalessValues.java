package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.sink.change.Datum;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;

/**
 * Reads values of Debezium's events that came without their schema, as they stand there: what they
 * mean the column that they go to has to say ({@link SchemalessReading}). Knows the placeholder for
 * a value that is not available in each of the shapes that Debezium gives it. Any thread.
 */
final class SchemalessValues {
  private final Set<String> placeholders = new HashSet<>();

  /**
   * @param unavailable the source connector's {@code unavailable.value.placeholder}
   */
  SchemalessValues(String unavailable) {
    byte[] bytes = unavailable.getBytes(UTF_8);
    String hex = HexFormat.of().formatHex(bytes);
    String object = "{" + quoted(unavailable) + ":" + quoted(unavailable) + "}";
    StringJoiner numbers = new StringJoiner(",", "[", "]");
    for (byte b : bytes) {
      numbers.add(Byte.toString(b));
    }
    placeholders.add(unavailable);
    placeholders.add(object);
    placeholders.add(hex);
    placeholders.add(numbers.toString());
    placeholders.add("[" + quoted(unavailable) + "]");
    placeholders.add("[" + quoted(UUID.nameUUIDFromBytes(bytes).toString()) + "]");
  }

  private static String quoted(String text) {
    JsonText json = new JsonText();
    json.quoted(text);
    return new String(json.bytes(), UTF_8);
  }

  /**
   * The value at the cursor.
   *
   * @return empty if it is the placeholder: the value is not known, and is what it was
   */
  Optional<Datum> read(JsonCursor cursor) throws UnreadableException {
    Datum value = cursor.datum();
    boolean mayBe = value instanceof Datum.Text || value instanceof Datum.Json;
    return mayBe && placeholders.contains(value.text()) ? Optional.empty() : Optional.of(value);
  }
}

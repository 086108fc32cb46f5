package dev.belay.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.ValueReading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Values that an Avro converter of Kafka Connect has read from a changefeed. Its schemas have no
 * word for counts of microseconds, for bit strings and for JSON: they come as numbers, lists of
 * numbers and text, and only the column that they go to tells what they are.
 */
public final class ConverterValues implements ValueReading {
  @Override
  public Optional<Datum> read(String kind, Datum value) {
    return switch (kind) {
      case "json" ->
          value instanceof Datum.Text text ? JsonDocument.read(text.text()) : Optional.of(value);
      case "timestamp" -> count(value, WireTimes::timestamp);
      case "time" -> count(value, WireTimes::time);
      case "date" -> count(value, WireTimes::date);
      case "geometry" ->
          value instanceof Datum.Text text && text.text().startsWith("\\x")
              ? shape(text.text().substring(2))
              : noShape(value);
      case "bits" -> value instanceof Datum.Json json ? bits(json.text()) : Optional.of(value);
      default -> Optional.of(value);
    };
  }

  @Override
  public String remedy() {
    return "Read the feed with ByteArrayConverter, and feed.format=avro.";
  }

  private interface Spelling {
    String of(long count) throws UnreadableException;
  }

  private static Optional<Datum> count(Datum value, Spelling spelling) {
    if (!(value instanceof Datum.Number number)) {
      return Optional.of(value);
    }
    try {
      return Optional.of(new Datum.Text(spelling.of(Long.parseLong(number.text()))));
    } catch (NumberFormatException | UnreadableException noTime) {
      return Optional.empty();
    }
  }

  /** A text that is no bytes is no shape either. */
  private static Optional<Datum> noShape(Datum value) {
    return value instanceof Datum.Text ? Optional.empty() : Optional.of(value);
  }

  /**
   * A geometry as GeoJSON.
   *
   * @param hex extended well-known binary in hexadecimal digits
   */
  static Optional<Datum> shape(String hex) {
    JsonText json = new JsonText();
    try {
      ShapeText.write(HexFormat.of().parseHex(hex), json);
    } catch (IllegalArgumentException | UnreadableException noShape) {
      return Optional.empty();
    }
    return Optional.of(new Datum.Json(new String(json.bytes(), StandardCharsets.UTF_8)));
  }

  private static Optional<Datum> bits(String list) {
    List<Long> words = new ArrayList<>();
    try (JsonParser parser = JsonBounds.FACTORY.createParser(list)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return Optional.empty();
      }
      for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
        if (t != JsonToken.VALUE_NUMBER_INT) {
          return Optional.empty();
        }
        words.add(parser.getLongValue());
      }
    } catch (IOException noList) {
      return Optional.empty();
    }
    return Optional.of(new Datum.Text(BitWords.text(words)));
  }
}

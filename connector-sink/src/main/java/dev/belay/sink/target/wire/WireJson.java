package dev.belay.sink.target.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.belay.sink.change.Datum;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks into the JSON text of a {@link Datum.Json} without touching its numbers. */
public final class WireJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              // the sizes are Kafka's and the decoder's to bound; here a long number is a long
              // number
              StreamReadConstraints.builder()
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private WireJson() {}

  /**
   * Whether it is {@code {"__crdb_json_null__": true}}, which stands for JSON null in feeds with
   * {@code encode_json_value_null_as_object}.
   */
  public static boolean isJsonNull(String json) {
    if (json.length() > 40 || !json.contains("\"__crdb_json_null__\"")) {
      return false;
    }
    try (JsonParser parser = FACTORY.createParser(json)) {
      return parser.nextToken() == JsonToken.START_OBJECT
          && parser.nextToken() == JsonToken.FIELD_NAME
          && parser.currentName().equals("__crdb_json_null__")
          && parser.nextToken() == JsonToken.VALUE_TRUE
          && parser.nextToken() == JsonToken.END_OBJECT;
    } catch (IOException notJson) {
      return false;
    }
  }

  /**
   * The elements of a JSON array.
   *
   * @return empty if the text is not a JSON array
   */
  public static Optional<List<Datum>> elements(String json) {
    List<Datum> elements = new ArrayList<>();
    try (JsonParser parser = FACTORY.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return Optional.empty();
      }
      for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
        if (t == null) {
          return Optional.empty();
        }
        elements.add(
            switch (t) {
              case VALUE_NULL -> Datum.Null.NULL;
              case VALUE_TRUE -> Datum.Bool.TRUE;
              case VALUE_FALSE -> Datum.Bool.FALSE;
              case VALUE_STRING -> new Datum.Text(parser.getText());
              case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Datum.Number(parser.getText());
              default -> nested(json, parser);
            });
      }
      return Optional.of(elements);
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  private static Datum nested(String json, JsonParser parser) throws IOException {
    int start = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    return new Datum.Json(
        json.substring(start, (int) parser.currentTokenLocation().getCharOffset() + 1));
  }

  /**
   * Whether the JSON text holds an escaped {@code U+0000} or half of an escaped surrogate pair,
   * which databases that resolve escapes refuse.
   */
  public static boolean escapesUnstorableText(String json) {
    int at = json.indexOf("\\u");
    if (at < 0) {
      return false;
    }
    for (int i = json.indexOf('\\'); i >= 0 && i + 1 < json.length(); i = json.indexOf('\\', i)) {
      if (json.charAt(i + 1) != 'u') {
        i += 2;
        continue;
      }
      int unit = codeUnit(json, i);
      if (unit <= 0 || Character.isLowSurrogate((char) unit)) {
        return true;
      }
      i += 6;
      if (Character.isHighSurrogate((char) unit)) {
        if (!json.startsWith("\\u", i) || !Character.isLowSurrogate((char) codeUnit(json, i))) {
          return true;
        }
        i += 6;
      }
    }
    return false;
  }

  /** The value of {@code \}{@code uXXXX} at an index; -1 if there is none. */
  private static int codeUnit(String json, int at) {
    if (at + 6 > json.length()) {
      return -1;
    }
    int unit = 0;
    for (int i = at + 2; i < at + 6; i++) {
      int digit = Character.digit(json.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit * 16 + digit;
    }
    return unit;
  }

  /** A text as a JSON string. */
  public static String quote(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20) {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}

package dev.belay.sink.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as maps, lists and strings, with numbers as the text they were written with, so that {@code
 * 1.10} and {@code 1.1} are different.
 */
final class ExactJson {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNumberLength(1_000_000).build())
          .build();

  private ExactJson() {}

  /** A number's own text. */
  record NumberText(String text) {}

  /** JSON null, which a map cannot tell from nothing otherwise. */
  enum Null {
    NULL
  }

  static Object parse(String json) {
    try (JsonParser parser = FACTORY.createParser(json)) {
      parser.nextToken();
      return value(parser);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String json) {
    return (Map<String, Object>) parse(json);
  }

  private static Object value(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT:
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          map.put(name, value(parser));
        }
        return map;
      case START_ARRAY:
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        return list;
      case VALUE_NULL:
        return Null.NULL;
      case VALUE_TRUE:
        return true;
      case VALUE_FALSE:
        return false;
      case VALUE_STRING:
        return parser.getText();
      default:
        return new NumberText(parser.getText());
    }
  }

  static Object of(Datum datum) {
    if (datum instanceof Datum.Json json) {
      return parse(json.text());
    }
    if (datum instanceof Datum.Number number) {
      return new NumberText(number.text());
    }
    if (datum instanceof Datum.Bool bool) {
      return bool == Datum.Bool.TRUE;
    }
    return datum.isNull() ? Null.NULL : datum.text();
  }

  static Map<String, Object> of(Row row) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < row.names().size(); i++) {
      map.put(row.names().get(i), of(row.values().get(i)));
    }
    return map;
  }

  /** By the key's own names, or by {@code names} if it has none and their number fits. */
  static Map<String, Object> of(KeyParts key, List<String> names) {
    List<String> known = key.isNamed() ? key.names() : names;
    if (known.size() != key.values().size()) {
      throw new AssertionError(known + " for a key of " + key.values().size() + " values");
    }
    return of(new Row(known, key.values()));
  }
}

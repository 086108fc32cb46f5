package dev.belay.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.belay.sink.change.Datum;
import java.io.IOException;
import java.util.Optional;

/** Reads a JSON document that came as text into what CockroachDB's JSON has for it. */
final class JsonDocument {
  private JsonDocument() {}

  /** One JSON value, and nothing behind it. */
  static Optional<Datum> read(String text) {
    try (JsonParser parser = JsonBounds.FACTORY.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return Optional.empty();
      }
      Datum read =
          switch (first) {
            // the text can tell it from SQL NULL, as JSON can with encode_json_value_null_as_object
            case VALUE_NULL -> new Datum.Json("{\"__crdb_json_null__\":true}");
            case VALUE_TRUE -> Datum.Bool.TRUE;
            case VALUE_FALSE -> Datum.Bool.FALSE;
            case VALUE_STRING -> new Datum.Text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Datum.Number(parser.getText());
            default -> new Datum.Json(text);
          };
      parser.skipChildren();
      return parser.nextToken() == null ? Optional.of(read) : Optional.empty();
    } catch (IOException noJson) {
      return Optional.empty();
    }
  }
}

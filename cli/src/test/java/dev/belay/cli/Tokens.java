package dev.belay.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The tokens of JSON as they were written, spaces aside. */
final class Tokens {
  private Tokens() {}

  /** Those of the value that the fields lead to; empty if there is none. */
  static List<String> at(String json, String... fields) {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      for (String field : fields) {
        if (!descend(parser, field)) {
          return List.of();
        }
      }
      return value(parser);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static boolean descend(JsonParser parser, String field) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean isFound = parser.currentName().equals(field);
      parser.nextToken();
      if (isFound) {
        return true;
      }
      parser.skipChildren();
    }
    return false;
  }

  private static List<String> value(JsonParser parser) throws IOException {
    List<String> tokens = new ArrayList<>();
    int depth = 0;
    do {
      JsonToken token = parser.currentToken();
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      tokens.add(token + " " + parser.getText());
      if (depth > 0) {
        parser.nextToken();
      } else {
        return tokens;
      }
    } while (true);
  }
}

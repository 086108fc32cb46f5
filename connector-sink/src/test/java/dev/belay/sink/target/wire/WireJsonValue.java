package dev.belay.sink.target.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.belay.sink.change.Datum;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A JSON value of a changefeed as a datum, exact. */
public final class WireJsonValue {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNumberLength(Integer.MAX_VALUE).build())
          .build();

  private WireJsonValue() {}

  public static Datum parse(String json) {
    try (JsonParser parser = FACTORY.createParser(json)) {
      return switch (parser.nextToken()) {
        case VALUE_NULL -> Datum.Null.NULL;
        case VALUE_TRUE -> Datum.Bool.TRUE;
        case VALUE_FALSE -> Datum.Bool.FALSE;
        case VALUE_STRING -> new Datum.Text(parser.getText());
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Datum.Number(parser.getText());
        default -> new Datum.Json(json);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.belay.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.ValueReading;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Values of Debezium's events that came without their schema, by the column that they go to. Only
 * what can be one thing alone is taken, given that decimals, times, intervals and bytes come as
 * text, for which Debezium's connector has to be set. A number that goes to a date could count days
 * or microseconds, and the digits of a bit string could be its bytes.
 */
public final class SchemalessReading implements ValueReading {
  private static final ValueReading TEXTS = new DebeziumReading();

  @Override
  public Optional<Datum> read(String kind, Datum value) {
    return switch (kind) {
      case "date", "time" -> text(value).map(SchemalessReading::unzoned);
      case "timestamp", "interval" -> text(value).map(text -> text);
      case "bytes" -> text(value).flatMap(SchemalessReading::bytes);
      case "bits" -> value instanceof Datum.Bool ? Optional.of(value) : Optional.empty();
      case "geometry" ->
          value instanceof Datum.Json json
              ? geometry(json.text()).flatMap(ConverterValues::shape)
              : Optional.empty();
      default -> TEXTS.read(kind, value);
    };
  }

  private static Optional<Datum.Text> text(Datum value) {
    return value instanceof Datum.Text text ? Optional.of(text) : Optional.empty();
  }

  /** ISO texts of dates and times have a Z, though the column has no zone. */
  private static Datum unzoned(Datum.Text text) {
    return text.text().endsWith("Z")
        ? new Datum.Text(text.text().substring(0, text.text().length() - 1))
        : text;
  }

  private static Optional<Datum> bytes(Datum.Text hex) {
    try {
      HexFormat.of().parseHex(hex.text());
      return Optional.of(new Datum.Text("\\x" + hex.text()));
    } catch (IllegalArgumentException noHex) {
      return Optional.empty();
    }
  }

  /** {@code {"wkb": base64, "srid": number or null}}; a point has its coordinates besides. */
  private static Optional<String> geometry(String json) {
    byte[] wkb = {};
    OptionalLong srid = OptionalLong.empty();
    try (JsonParser parser = JsonBounds.FACTORY.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("wkb") && value == JsonToken.VALUE_STRING) {
          wkb = Base64.getDecoder().decode(parser.getText());
        } else if (name.equals("srid") && value == JsonToken.VALUE_NUMBER_INT) {
          srid = OptionalLong.of(parser.getLongValue());
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException | IllegalArgumentException noGeometry) {
      return Optional.empty();
    }
    return Ewkb.hex(wkb, srid);
  }

  @Override
  public String remedy() {
    return "Without its schema it could mean several things. Let Debezium's connector write schemas"
        + " (converter.schemas.enable=true), or texts: decimal.handling.mode=string,"
        + " time.precision.mode=isostring, interval.handling.mode=string, binary.handling.mode=hex.";
  }
}

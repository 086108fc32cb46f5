package dev.belay.sink.decode;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.ValueReading;
import java.util.Optional;

/**
 * Values of Debezium's events, which the decoder has read by their schema. JSON comes as text: to a
 * column of type JSON it is the document, and to one of text it is that text.
 */
public final class DebeziumReading implements ValueReading {
  @Override
  public Optional<Datum> read(String kind, Datum value) {
    if (!(value instanceof Datum.Text text)) {
      return Optional.of(value);
    }
    return switch (kind) {
      case "json" -> JsonDocument.read(text.text());
      case "geometry" -> ConverterValues.shape(text.text());
      case "decimal", "float" -> Optional.of(number(text));
      default -> Optional.of(value);
    };
  }

  /** What a decimal that is no number is called with decimal.handling.mode=string. */
  private static Datum number(Datum.Text text) {
    return switch (text.text()) {
      case "NAN" -> new Datum.Text("NaN");
      case "POSITIVE_INFINITY" -> new Datum.Text("Infinity");
      case "NEGATIVE_INFINITY" -> new Datum.Text("-Infinity");
      default -> text;
    };
  }

  @Override
  public String remedy() {
    return "The text is no JSON, or no geometry. Correct the row at the source, or give the target's"
        + " column a text type.";
  }
}

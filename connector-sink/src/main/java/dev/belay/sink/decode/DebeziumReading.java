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
    return kind.equals("json") && value instanceof Datum.Text text
        ? JsonDocument.read(text.text())
        : Optional.of(value);
  }

  @Override
  public String remedy() {
    return "The text is no JSON. Correct the row at the source, or give the target's column a text"
        + " type.";
  }
}

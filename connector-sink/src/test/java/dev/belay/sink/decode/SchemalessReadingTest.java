package dev.belay.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Datum;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a value without a schema may be to its column. */
class SchemalessReadingTest {
  private final SchemalessReading reading = new SchemalessReading();

  private Optional<Datum> read(String kind, Datum value) {
    return reading.read(kind, value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"date", "time", "timestamp", "interval", "bytes", "bits", "geometry"})
  void numbersThatCouldCountAnythingAreRefused(String kind) {
    assertThat(read(kind, new Datum.Number("19723"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "date, 2026-11-22Z, 2026-11-22",
    "date, 2026-11-22, 2026-11-22",
    "time, 12:34:56.789Z, 12:34:56.789",
    "timestamp, 2026-11-22T12:34:56Z, 2026-11-22T12:34:56Z",
    "interval, P1DT2H, P1DT2H",
    "decimal, NAN, NaN",
    "decimal, 1234, 1234",
    "bytes, 00ff, \\x00ff",
    "uuid, 27f4f4c9-e35a-45dd-9b79-5ff0f9b5fbb0, 27f4f4c9-e35a-45dd-9b79-5ff0f9b5fbb0",
    "text, 2026-11-22Z, 2026-11-22Z",
  })
  void textsMeanWhatTheirColumnMeans(String kind, String text, String meant) {
    assertThat(read(kind, new Datum.Text(text))).contains(new Datum.Text(meant));
  }

  @ParameterizedTest
  @CsvSource({"bytes, AP8=", "bytes, abc", "bits, 1010", "geometry, 0101", "json, {"})
  void textsThatCouldBeSomethingElseAreRefused(String kind, String text) {
    assertThat(read(kind, new Datum.Text(text))).isEmpty();
  }

  @Test
  void documentsShapesAndSingleBitsAreRead() {
    assertThat(read("json", new Datum.Text("{\"a\": 1.10}")))
        .contains(new Datum.Json("{\"a\": 1.10}"));
    assertThat(read("bits", Datum.Bool.TRUE)).contains(Datum.Bool.TRUE);
    assertThat(
            read(
                "geometry",
                new Datum.Json(
                    "{\"x\":1.5,\"y\":-2.5,\"wkb\":\"AQEAAAAAAAAAAAD4PwAAAAAAAATA\",\"srid\":4326}")))
        .hasValueSatisfying(
            shape ->
                assertThat(shape.text()).contains("\"Point\"").contains("1.5").contains("-2.5"));
    assertThat(read("geometry", new Datum.Json("{\"wkb\":\"no\"}"))).isEmpty();
    assertThat(read("geometry", new Datum.Json("[1]"))).isEmpty();
  }
}

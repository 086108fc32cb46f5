package dev.belay.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Upsert;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every sample of CockroachDB's Avro, decoded. */
class AvroGoldenTest {
  private static final Origin HERE = new Origin("t", 0, 7);

  /**
   * Columns that Avro carries in another form than JSON, as a JSON feed has them: {@code
   * crdb/changefeed-format.md}, section 3, by the column's type.
   */
  private static final Map<String, Datum> AS_JSON =
      Map.ofEntries(
          Map.entry(
              "avro-type-06", new Datum.Json("{\"type\":\"Point\",\"coordinates\":[1.0,1.0]}")),
          Map.entry("avro-type-08", text("\\x666f6f")),
          Map.entry("avro-type-10", text("\\x")),
          Map.entry("avro-type-12", text("2019-01-02")),
          Map.entry("avro-type-13", text("03:04:05")),
          Map.entry("avro-type-14", text("2019-01-02T03:04:05")),
          Map.entry("avro-type-18", new Datum.Number("1.2")),
          Map.entry("avro-type-26", new Datum.Json("{\"b\": 1}")),
          Map.entry("avro-type-27", text("010")),
          Map.entry("avro-type-28", new Datum.Json("[true,true,false,null]")));

  /** What the samples' source leaves out of their meaning. */
  private static final Map<String, Map<String, String>> BESIDE =
      Map.of(
          "avro-fam-most", Map.of("family", "most"),
          "avro-enr-1", Map.of("op", "c"),
          "avro-enr-3", Map.of("op", "d"));

  private static Datum text(String text) {
    return new Datum.Text(text);
  }

  static Stream<GoldenLine> changesAndResolved() {
    return lines().filter(line -> !isKeyOnly(line));
  }

  private static Stream<GoldenLine> lines() {
    return GoldenLine.all().filter(line -> line.wireFormat().equals("avro"));
  }

  private static boolean isKeyOnly(GoldenLine line) {
    return line.expect().get("kind").equals("ignored");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changesAndResolved")
  void sampleDecodesToWhatItMeans(GoldenLine line) {
    Decoded decoded = decode(line);

    Map<String, Object> expect = new HashMap<>(line.expect());
    expect.putAll(BESIDE.getOrDefault(line.id(), Map.of()));
    Datum asJson = AS_JSON.get(line.id());
    if (asJson != null) {
      assertThat(((Upsert) decoded).row().value("a")).contains(asJson);
      Map<String, Object> columns = new LinkedHashMap<>(GoldenTest.object(expect.get("columns")));
      columns.put("a", ExactJson.of(((Upsert) decoded).row()).get("a"));
      expect.put("columns", columns);
    }
    GoldenTest.assertMeaning(line, expect, decoded);
  }

  @Test
  void keyOnlyIsRejectedWithTheEnvelopeToUse() {
    GoldenLine line = lines().filter(AvroGoldenTest::isKeyOnly).findFirst().orElseThrow();

    assertThat(((Rejected) decode(line)).reason()).contains("key_only", "envelope=wrapped");
  }

  @Test
  void allSamplesAreRun() {
    assertThat(lines().count()).isEqualTo(34);
    assertThat(lines().map(GoldenLine::id)).containsAll(AS_JSON.keySet());
  }

  private static Decoded decode(GoldenLine line) {
    Map<Integer, String> schemas = new HashMap<>();
    byte[] key = part(line, "key", 1, schemas);
    byte[] value = part(line, "value", 2, schemas);
    return Decoder.ofAvro(format(line), schemas::get).decode(HERE, line.topic(), key, value);
  }

  static FeedFormat format(GoldenLine line) {
    return line.json().get("value") instanceof String text && text.contains("\"record\"")
        ? line.feed().withEnvelope(Envelope.BARE)
        : line.feed();
  }

  /** The sample's bytes, or where it has none, those that Avro's library makes of its JSON. */
  static byte[] part(GoldenLine line, String part, int id, Map<Integer, String> schemas) {
    if (!(line.json().get(part) instanceof String rendering)) {
      return null;
    }
    if (line.json().get(part + "_schema") instanceof String schema) {
      schemas.put(id, schema);
      return part.equals("key") ? line.key() : line.value();
    }
    Schema schema = AvroBytes.schemaOf("foo_envelope", ExactJson.object(rendering));
    schemas.put(id, schema.toString());
    return AvroBytes.message(id, schema, AvroBytes.ofJson(schema, rendering));
  }
}

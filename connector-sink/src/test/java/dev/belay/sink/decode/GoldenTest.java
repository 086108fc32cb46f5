package dev.belay.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.Upsert;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every sample of CockroachDB's output, decoded. */
class GoldenTest {
  private static final Origin HERE = new Origin("t", 0, 7);

  static Stream<GoldenLine> json() {
    return GoldenLine.all()
        .filter(line -> !line.isSequence())
        .filter(line -> line.wireFormat().equals("json"))
        .filter(line -> !line.expect().get("kind").equals("ignored"));
  }

  static Stream<GoldenLine> notJson() {
    return GoldenLine.all()
        .filter(line -> !line.isSequence())
        .filter(line -> !line.wireFormat().equals("json"))
        .filter(GoldenLine::hasBytes);
  }

  static Stream<GoldenLine> keyOnly() {
    return GoldenLine.all()
        .filter(line -> !line.isSequence())
        .filter(line -> line.wireFormat().equals("json"))
        .filter(line -> line.expect().get("kind").equals("ignored"));
  }

  static Stream<GoldenLine> sequences() {
    return GoldenLine.all().filter(GoldenLine::isSequence);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("json")
  void sampleDecodesToWhatItMeansByTheOptionsOfItsFeed(GoldenLine line) {
    Decoded decoded = decode(line, line.feed());

    // Without a setting the query's event_op() is a column, and a delete among such rows an upsert.
    Map<String, Object> expect = new HashMap<>(line.expect());
    if (!line.feed().opColumn().isEmpty() && line.feed().envelope() == Envelope.BARE) {
      Map<String, Object> columns = new LinkedHashMap<>(object(expect.get("columns")));
      expect.put("op", columns.remove("op"));
      expect.put("columns", columns);
    }
    assertMeaning(line, expect, decoded);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("json")
  void sampleDecodesToWhatItMeansByItsLookAlone(GoldenLine line) {
    // A prefix cannot be seen in a name.
    Decoded decoded = decode(line, FeedFormat.AUTO.withTopicPrefix(line.prefix()));

    Map<String, Object> expect = new HashMap<>(line.expect());
    if (line.id().equals("bareqdel-01")) {
      expect.put("kind", "upsert");
    }
    assertMeaning(line, expect, decoded);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("notJson")
  void sampleOfAnotherFormatIsRejectedByName(GoldenLine line) {
    String name =
        Map.of("avro", "Avro", "protobuf", "Protobuf", "csv", "CSV").get(line.wireFormat());
    boolean isKeyOnly = line.options().getOrDefault("envelope", "").equals("key_only");

    for (FeedFormat format : List.of(line.feed(), FeedFormat.AUTO)) {
      Decoded decoded = decode(line, format);

      assertThat(decoded).isInstanceOf(Rejected.class);
      assertThat(((Rejected) decoded).reason())
          .contains(isKeyOnly && format.equals(line.feed()) ? "key_only" : name);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keyOnly")
  void sampleOfKeyOnlyFeedIsRejectedWithTheEnvelopeToUse(GoldenLine line) {
    Decoded decoded = decode(line, line.feed());

    assertThat(decoded).isInstanceOf(Rejected.class);
    assertThat(((Rejected) decoded).reason()).contains("key_only", "envelope=wrapped");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sequences")
  void sequenceLeadsToItsFinalRowsWhenTheNewestVersionOfEachKeyWins(GoldenLine line) {
    Decoder decoder = Decoder.of(line.feed());
    Map<Object, Change> newest = new LinkedHashMap<>();

    for (Object message : (List<?>) line.json().get("messages")) {
      GoldenLine one = new GoldenLine(line.file(), withOptions(line, object(message)));
      Decoded decoded = decoder.decode(HERE, one.topic(), one.key(), one.value());
      if (decoded instanceof Change change) {
        newest.merge(
            change.info().key(),
            change,
            (old, young) -> old.version().isAfter(young.version()) ? old : young);
      } else {
        assertThat(decoded).isInstanceOf(Resolved.class);
      }
    }

    List<Map<String, Object>> rows = new ArrayList<>();
    newest.values().stream()
        .filter(Upsert.class::isInstance)
        .forEach(change -> rows.add(ExactJson.of(((Upsert) change).row())));
    assertThat(rows)
        .containsExactlyInAnyOrderElementsOf(
            ((List<?>) line.json().get("expect_final")).stream().map(GoldenTest::object).toList());
  }

  @Test
  void noSampleIsLeftOutWithoutAReason() {
    long withoutBytes =
        GoldenLine.all().filter(line -> !line.isSequence() && !line.hasBytes()).count();
    long run = json().count() + notJson().count() + keyOnly().count() + sequences().count();

    // Four Avro samples exist as a JSON rendering only; AvroGoldenTest makes the bytes.
    assertThat(withoutBytes).isEqualTo(4);
    assertThat(run + withoutBytes).isEqualTo(GoldenLine.all().count()).isEqualTo(411);
  }

  private static Map<String, Object> withOptions(GoldenLine line, Map<String, Object> message) {
    Map<String, Object> one = new HashMap<>(message);
    one.put("options", line.options());
    return one;
  }

  private static Decoded decode(GoldenLine line, FeedFormat format) {
    return Decoder.of(format).decode(HERE, line.topic(), line.key(), line.value());
  }

  static void assertMeaning(GoldenLine line, Map<String, Object> expect, Decoded decoded) {
    assertThat(decoded.origin()).isEqualTo(HERE);
    if (expect.get("kind").equals("resolved")) {
      assertThat(decoded).isInstanceOf(Resolved.class);
      assertThat(((Resolved) decoded).time().toString()).isEqualTo(expect.get("resolved"));
      return;
    }
    assertThat(decoded).isInstanceOf(Change.class);
    Change change = (Change) decoded;
    assertThat(change instanceof Delete ? "delete" : "upsert").isEqualTo(expect.get("kind"));
    assertThat(change.info().table().name()).isEqualTo(expect.get("table"));
    assertThat(change.info().family()).isEqualTo(expect.getOrDefault("family", ""));
    assertQualified(line, expect, change);
    assertKey(line, expect, change);
    assertThat(written(change.info().updated())).isEqualTo(expect.getOrDefault("updated", ""));
    assertThat(written(change.info().mvcc())).isEqualTo(expect.getOrDefault("mvcc", ""));
    assertThat(change.info().op()).isEqualTo(expect.getOrDefault("op", ""));
    assertThat(change.info().before().sent()).isEqualTo(expect.containsKey("before"));
    if (expect.get("before") instanceof Map) {
      assertThat(ExactJson.of(change.info().before().row())).isEqualTo(expect.get("before"));
    } else {
      assertThat(change.info().before().row().isEmpty()).isTrue();
    }
    if (change instanceof Upsert upsert) {
      assertThat(ExactJson.of(upsert.row())).isEqualTo(expect.get("columns"));
    }
  }

  private static void assertQualified(GoldenLine line, Map<String, Object> expect, Change change) {
    if (expect.get("source") instanceof Map) {
      Map<String, Object> source = object(expect.get("source"));
      assertThat(change.info().table().database()).isEqualTo(source.get("database_name"));
      assertThat(change.info().table().schema()).isEqualTo(source.get("schema_name"));
    } else if (expect.containsKey("database") || !line.options().containsKey("full_table_name")) {
      boolean hasSource = line.options().toString().contains("source");
      if (!hasSource) {
        assertThat(change.info().table().database()).isEqualTo(expect.getOrDefault("database", ""));
        assertThat(change.info().table().schema()).isEqualTo(expect.getOrDefault("schema", ""));
      }
    }
  }

  private static void assertKey(GoldenLine line, Map<String, Object> expect, Change change) {
    if (line.json().containsKey("key_unknown")) {
      assertThat(change.info().key().isEmpty()).isTrue();
    } else if (line.options().get("key_column") instanceof String keyColumn) {
      // Such a feed's Kafka key is not the row's.
      assertThat(ExactJson.of(change.info().key(), List.of(keyColumn)))
          .isEqualTo(Map.of(keyColumn, "dog"));
    } else {
      assertThat(ExactJson.of(change.info().key(), line.keyColumns())).isEqualTo(expect.get("pk"));
    }
  }

  private static String written(HlcTimestamp time) {
    return time.isKnown() ? time.toString() : "";
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }
}

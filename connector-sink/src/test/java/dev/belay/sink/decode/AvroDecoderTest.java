package dev.belay.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.Upsert;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AvroDecoderTest {
  private static final FeedFormat WRAPPED = FeedFormat.AUTO.withEnvelope(Envelope.WRAPPED);
  private static final String DECIMAL =
      "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":40,\"scale\":3}";

  private static Schema row(String avroType, String declaration) {
    return new Schema.Parser()
        .parse(
            "{\"type\":\"record\",\"name\":\"t_envelope\",\"fields\":[{\"name\":\"after\",\"type\":"
                + "[\"null\",{\"type\":\"record\",\"name\":\"t\",\"fields\":[{\"name\":\"a\",\"type\":"
                + "[\"null\","
                + avroType
                + "],\"default\":null,\"__crdb__\":"
                + "\""
                + declaration.replace("\"", "\\\"")
                + "\"}]}],\"default\":null}]}");
  }

  private static byte[] message(Schema envelope, Object value) {
    GenericRecord after =
        new GenericData.Record(envelope.getField("after").schema().getTypes().get(1));
    after.put("a", value);
    GenericRecord whole = new GenericData.Record(envelope);
    whole.put("after", after);
    return AvroBytes.message(7, envelope, whole);
  }

  private static Decoded decode(Schema envelope, byte[] value) {
    return Decoder.ofAvro(WRAPPED, id -> envelope.toString())
        .decode(Decoding.HERE, "t", null, value);
  }

  private static Datum decoded(String avroType, String declaration, Object value) {
    Schema envelope = row(avroType, declaration);
    Decoded decoded = decode(envelope, message(envelope, value));
    assertThat(decoded).isInstanceOf(Upsert.class);
    return ((Upsert) decoded).row().values().get(0);
  }

  static Stream<Arguments> values() {
    String day = "{\"type\":\"int\",\"logicalType\":\"date\"}";
    String time = "{\"type\":\"long\",\"logicalType\":\"time-micros\"}";
    String timestamp = "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}";
    return Stream.of(
        value("\"long\"", "a INT8", Long.MIN_VALUE, new Datum.Number("-9223372036854775808")),
        value("\"long\"", "a INT8", Long.MAX_VALUE, new Datum.Number("9223372036854775807")),
        value("\"double\"", "a FLOAT8", 0.1, new Datum.Number("0.1")),
        value("\"double\"", "a FLOAT8", -0.0, new Datum.Number("-0.0")),
        value("\"double\"", "a FLOAT8", 1e300, new Datum.Number("1.0E300")),
        value("\"double\"", "a FLOAT8", Double.NaN, text("NaN")),
        value("\"double\"", "a FLOAT8", Double.NEGATIVE_INFINITY, text("-Infinity")),
        value("\"boolean\"", "a BOOL", false, Datum.Bool.FALSE),
        value(
            "\"string\"",
            "a STRING",
            "a\"\\\n\u0001\u00e9\uD83D\uDE00",
            text("a\"\\\n\u0001\u00e9\uD83D\uDE00")),
        value("\"string\"", "a STRING", "{\"b\": 1}", text("{\"b\": 1}")),
        value("\"string\"", "a JSONB", "\"text\"", text("text")),
        value("\"string\"", "a JSONB", "1.10", new Datum.Number("1.10")),
        value("\"string\"", "a JSONB NOT NULL", "[1, 2]", new Datum.Json("[1, 2]")),
        value("\"string\"", "a JSONB", "null", json("{\"__crdb_json_null__\":true}")),
        value("\"string\"", "a INTERVAL", "P1YT-0.006S", text("P1YT-0.006S")),
        value("\"bytes\"", "a BYTES", bytes("00ff"), text("\\x00ff")),
        value(
            "\"bytes\"",
            "a GEOMETRY(POINT,4326)",
            bytes("0101000020e6100000000000000000f03f000000000000f03f"),
            json(
                "{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:4326\"}},"
                    + "\"type\":\"Point\",\"coordinates\":[1.0,1.0]}")),
        value(DECIMAL, "a DECIMAL(40,3)", unscaled("-1"), new Datum.Number("-0.001")),
        value(
            DECIMAL,
            "a DECIMAL(40,3)",
            unscaled("1234567890123456789012345678901234567890"),
            new Datum.Number("1234567890123456789012345678901234567.890")),
        value(DECIMAL, "a DECIMAL(40,3)", unscaled("0"), new Datum.Number("0.000")),
        value(DECIMAL + ",\"string\"", "a DECIMAL(40,3)", "NaN", text("NaN")),
        value(day, "a DATE", 0, text("1970-01-01")),
        value(day, "a DATE", -1, text("1969-12-31")),
        value(day, "a DATE", -735_160, text("0044-03-15 BC")),
        value(day, "a DATE", 3_789_548, text("12345-06-07")),
        value(time, "a TIME", 86_400_000_000L, text("24:00:00")),
        value(time, "a TIME", 1L, text("00:00:00.000001")),
        value(time, "a TIME", 3_600_100_000L, text("01:00:00.1")),
        value(timestamp, "a TIMESTAMP", -1L, text("1969-12-31T23:59:59.999999")),
        value(timestamp, "a TIMESTAMPTZ NULL", 0L, text("1970-01-01T00:00:00Z")),
        value(timestamp, "a TIMESTAMPTZ(3) NULL", 1000L, text("1970-01-01T00:00:00.001Z")),
        value(timestamp, "a TIMESTAMP", Long.MAX_VALUE, text("294247-01-10T04:00:54.775807")),
        value("{\"type\":\"array\",\"items\":\"long\"}", "a VARBIT", List.of(), text("")),
        value(
            "{\"type\":\"array\",\"items\":\"long\"}",
            "a BIT(65)",
            List.of(1L, -1L, Long.MIN_VALUE),
            text("1".repeat(65))),
        value(
            "{\"type\":\"array\",\"items\":\"long\"}", "a INT8[]", List.of(3L, 4L), json("[3,4]")),
        value(
            "{\"type\":\"array\",\"items\":[\"null\"," + timestamp + "]}",
            "a TIMESTAMPTZ[] NULL",
            Arrays.asList(0L, null),
            json("[\"1970-01-01T00:00:00Z\",null]")),
        value(
            "{\"type\":\"array\",\"items\":[\"null\",\"string\"]}",
            "a JSONB[] NULL",
            Arrays.asList("{\"x\":[]}", null),
            json("[{\"x\":[]},null]")),
        value(
            "{\"type\":\"array\",\"items\":[\"null\",\"bytes\"]}",
            "a BYTES[] NULL",
            Arrays.asList(bytes("0a")),
            json("[\"\\\\x0a\"]")));
  }

  private static Arguments value(String type, String declaration, Object value, Datum expected) {
    return Arguments.of(type, declaration, value, expected);
  }

  private static Datum text(String text) {
    return new Datum.Text(text);
  }

  private static Datum json(String text) {
    return new Datum.Json(text);
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }

  private static ByteBuffer unscaled(String digits) {
    return ByteBuffer.wrap(new BigInteger(digits).toByteArray());
  }

  @ParameterizedTest(name = "{1} {2}")
  @MethodSource("values")
  void valueReadsAsAJsonFeedHasIt(String type, String declaration, Object value, Datum expected) {
    assertThat(decoded(type, declaration, value)).isEqualTo(expected);
  }

  @Test
  void nameIsTheColumnsOwn() {
    for (Map.Entry<String, String> name :
        Map.of("\"a b\"\"c\" STRING", "a b\"c", "ä STRING NULL", "ä").entrySet()) {
      Schema envelope = row("\"string\"", name.getKey());

      Decoded decoded = decode(envelope, message(envelope, "x"));

      assertThat(((Upsert) decoded).row().names()).containsExactly(name.getValue());
    }
  }

  @Test
  void nameWithoutDeclarationIsWithoutEscapes() {
    Schema envelope =
        new Schema.Parser()
            .parse(
                "{\"type\":\"record\",\"name\":\"e\",\"fields\":[{\"name\":\"after\",\"type\":{\"type\":"
                    + "\"record\",\"name\":\"t\",\"fields\":[{\"name\":\"_u0061_b_u002e_c\",\"type\":"
                    + "\"string\"}]}}]}");
    GenericRecord after = new GenericData.Record(envelope.getField("after").schema());
    after.put(0, "x");
    GenericRecord whole = new GenericData.Record(envelope);
    whole.put(0, after);

    Decoded decoded = decode(envelope, AvroBytes.message(7, envelope, whole));

    assertThat(((Upsert) decoded).row().names()).containsExactly("ab.c");
  }

  @Test
  void textThatIsNotJsonCannotBecomePartOfTheMessage() {
    for (String text : List.of("1},\"b\":{\"c\":1", "1, 2", "", "1]", "nul", "1] [", "{")) {
      Schema envelope = row("\"string\"", "a JSONB");

      Decoded decoded = decode(envelope, message(envelope, text));

      assertThat(decoded).as(text).isInstanceOf(Rejected.class);
    }
  }

  @Test
  void timesOfABareFeedAreNoColumns() {
    Schema schema =
        new Schema.Parser()
            .parse(
                "{\"type\":\"record\",\"name\":\"e\",\"fields\":[{\"name\":\"record\",\"type\":[\"null\","
                    + "{\"type\":\"record\",\"name\":\"t\",\"fields\":[{\"name\":\"a\",\"type\":"
                    + "\"long\"}]}]},{\"name\":\"updated\",\"type\":[\"null\",\"string\"]}]}");
    GenericRecord row =
        new GenericData.Record(schema.getField("record").schema().getTypes().get(1));
    row.put("a", 5L);
    GenericRecord whole = new GenericData.Record(schema);
    whole.put("record", row);
    whole.put("updated", "12.0000000003");

    Decoded decoded =
        Decoder.ofAvro(WRAPPED.withEnvelope(Envelope.BARE), id -> schema.toString())
            .decode(Decoding.HERE, "t", null, AvroBytes.message(7, schema, whole));

    assertThat(((Change) decoded).version().toString()).isEqualTo("12.0000000003");
    assertThat(((Upsert) decoded).row().names()).containsExactly("a");
  }

  @Test
  void resolvedOfABareFeedIsResolved() {
    Schema schema =
        new Schema.Parser()
            .parse(
                "{\"type\":\"record\",\"name\":\"e\",\"fields\":[{\"name\":\"resolved\",\"type\":"
                    + "[\"null\",\"string\"]}]}");
    GenericRecord whole = new GenericData.Record(schema);
    whole.put("resolved", "12.0000000003");

    Decoded decoded =
        Decoder.ofAvro(WRAPPED.withEnvelope(Envelope.BARE), id -> schema.toString())
            .decode(Decoding.HERE, "t", null, AvroBytes.message(7, schema, whole));

    assertThat(((Resolved) decoded).time().toString()).isEqualTo("12.0000000003");
  }

  @Test
  void schemaIsAskedForOncePerId() {
    List<Integer> asked = new ArrayList<>();
    Schema envelope = row("\"long\"", "a INT8");
    Decoder decoder =
        Decoder.ofAvro(
            WRAPPED,
            id -> {
              asked.add(id);
              return envelope.toString();
            });

    for (long i = 0; i < 3; i++) {
      assertThat(decoder.decode(Decoding.HERE, "t", null, message(envelope, i)))
          .isInstanceOf(Upsert.class);
    }

    assertThat(asked).containsExactly(7);
  }

  @Test
  void whatTheSourceOfSchemasThrowsComesThrough() {
    Schema envelope = row("\"long\"", "a INT8");
    Decoder decoder =
        Decoder.ofAvro(
            WRAPPED,
            id -> {
              throw new IllegalStateException("away");
            });

    assertThatThrownBy(() -> decoder.decode(Decoding.HERE, "t", null, message(envelope, 1L)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("away");
  }

  @Test
  void otherFormatsAreNamed() {
    Decoder decoder = Decoder.ofAvro(WRAPPED, id -> "\"string\"");

    assertThat(reason(decoder, "{\"after\":null}".getBytes(StandardCharsets.UTF_8)))
        .contains("looks like JSON", "feed.format");
    assertThat(reason(decoder, new byte[] {0, 1})).contains("schema id");
    assertThat(reason(decoder, new byte[0])).contains("schema id");
    assertThat(reason(decoder, new byte[] {0, 0, 0, 0, 1, 0})).contains("no record but string");
    assertThat(reason(Decoder.ofAvro(WRAPPED, id -> "{"), new byte[] {0, 0, 0, 0, 1, 0}))
        .contains("is no Avro schema");
  }

  @Test
  void schemasThatWouldTakeEndlessMemoryAreRefused() {
    String loop =
        "{\"type\":\"record\",\"name\":\"e\",\"fields\":[{\"name\":\"after\",\"type\":[\"null\","
            + "\"e\"]}]}";
    String nothing =
        "{\"type\":\"record\",\"name\":\"e\",\"fields\":[{\"name\":\"after\",\"type\":{\"type\":"
            + "\"array\",\"items\":\"null\"}}]}";
    byte[] some = {0, 0, 0, 0, 1, 0};

    assertThat(reason(Decoder.ofAvro(WRAPPED, id -> loop), some)).contains("contains itself");
    assertThat(reason(Decoder.ofAvro(WRAPPED, id -> nothing), some)).contains("list of nothing");
  }

  /** Whatever the bytes are, the decoder answers, and cheaply. */
  @Test
  void damagedMessagesAreReadOrRejectedAndNeverThrow() {
    Schema envelope =
        row("{\"type\":\"array\",\"items\":[\"null\",\"string\",\"bytes\",\"double\"]}", "a X[]");
    byte[] whole = message(envelope, Arrays.asList("text", bytes("0102"), 1.5, null, "\u00e9"));
    int rejected = 0;
    for (int length = 5; length < whole.length; length++) {
      Decoded decoded = decode(envelope, Arrays.copyOf(whole, length));
      assertThat(decoded).as("%d bytes", length).isInstanceOf(Rejected.class);
    }
    for (int bit = 5 * 8; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      rejected += decode(envelope, damaged) instanceof Rejected ? 1 : 0;
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    assertThat(((Rejected) decode(envelope, longer)).reason()).contains("1 bytes behind its end");
    assertThat(rejected).isPositive();
  }

  private static String reason(Decoder decoder, byte[] value) {
    Decoded decoded = decoder.decode(Decoding.HERE, "t", null, value);
    assertThat(decoded).isInstanceOf(Rejected.class);
    return ((Rejected) decoded).reason();
  }
}

package dev.belay.sink.structs;

import static dev.belay.sink.structs.DebeziumEvents.POSTGRES;
import static dev.belay.sink.structs.DebeziumEvents.listOf;
import static dev.belay.sink.structs.DebeziumEvents.named;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.ChangeInfo.Before;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Ignored;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.decode.DebeziumReading;
import dev.belay.sink.decode.FeedFormat;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Debezium's events, by way of Structs and of the JSON that JsonConverter makes of them. What real
 * connectors write is in the tests of the golden samples.
 */
class DebeziumDecoderTest {
  private static final String GONE = FeedFormat.Debezium.STANDARD.unavailable();

  private final DebeziumEvents texts = new DebeziumEvents(Schema.OPTIONAL_STRING_SCHEMA);

  static Stream<Arguments> values() {
    return Stream.of(
        value(
            Schema.OPTIONAL_STRING_SCHEMA,
            "a\"b\u00e9\ud83d\ude00",
            text("a\"b\u00e9\ud83d\ude00")),
        value(Schema.OPTIONAL_STRING_SCHEMA, null, Datum.Null.NULL),
        value(Schema.OPTIONAL_INT64_SCHEMA, Long.MIN_VALUE, number("-9223372036854775808")),
        value(Schema.OPTIONAL_BOOLEAN_SCHEMA, true, Datum.Bool.TRUE),
        value(Schema.OPTIONAL_FLOAT64_SCHEMA, 0.1, number("0.1")),
        value(Schema.OPTIONAL_FLOAT64_SCHEMA, Double.NaN, text("NaN")),
        value(Schema.OPTIONAL_FLOAT32_SCHEMA, Float.NEGATIVE_INFINITY, text("-Infinity")),
        value(
            Schema.OPTIONAL_BYTES_SCHEMA,
            ByteBuffer.wrap(new byte[] {0, -1, 92}),
            text("\\x00ff5c")),
        value(
            Decimal.builder(2).optional().build(),
            new BigDecimal("-12345678901234567890.10"),
            number("-12345678901234567890.10")),
        value(day(), 0, text("1970-01-01")),
        value(day(), -719_163, text("0001-12-31 BC")),
        value(
            day(), (int) Math.floorDiv(9_223_372_036_825_200_000L, 86_400_000L), text("infinity")),
        value(day(), 2_146_033_979, text("infinity")),
        value(day(), -2_147_472_691, text("-infinity")),
        value(time("MicroTimestamp", Schema.Type.INT64), Long.MAX_VALUE, text("infinity")),
        value(time("MicroTimestamp", Schema.Type.INT64), Long.MIN_VALUE, text("-infinity")),
        value(
            time("ZonedTimestamp", Schema.Type.STRING),
            "+294276-12-31T23:59:59.999999Z",
            text("294276-12-31T23:59:59.999999Z")),
        value(time("Time", Schema.Type.INT32), 45_296_789, text("12:34:56.789")),
        value(time("MicroTime", Schema.Type.INT64), 86_400_000_000L, text("24:00:00")),
        value(time("NanoTime", Schema.Type.INT64), 1L, text("00:00:00.000000001")),
        value(time("Timestamp", Schema.Type.INT64), -1L, text("1969-12-31T23:59:59.999")),
        value(time("MicroTimestamp", Schema.Type.INT64), 1L, text("1970-01-01T00:00:00.000001")),
        value(
            time("MicroTimestamp", Schema.Type.INT64),
            9_223_372_036_825_200_000L,
            text("infinity")),
        value(
            time("MicroTimestamp", Schema.Type.INT64),
            -9_223_372_036_832_400_000L,
            text("-infinity")),
        value(
            time("NanoTimestamp", Schema.Type.INT64),
            1_234_567_891L,
            text("1970-01-01T00:00:01.234567891")),
        value(time("Year", Schema.Type.INT32), 2024, number("2024")),
        value(
            time("ZonedTimestamp", Schema.Type.STRING),
            "2024-02-29T12:00:00.5Z",
            text("2024-02-29T12:00:00.5Z")),
        value(time("Interval", Schema.Type.STRING), "P1Y2M3DT4H5M6.78S", text("P1Y2M3DT4H5M6.78S")),
        value(bits(12), ByteBuffer.wrap(new byte[] {0b00000101, 0b00001000}), text("100000000101")),
        value(
            listOf(Schema.OPTIONAL_STRING_SCHEMA),
            List.of("a", "b,\""),
            new Datum.Json("[\"a\",\"b,\\\"\"]")),
        value(listOf(Schema.OPTIONAL_INT32_SCHEMA), List.of(), new Datum.Json("[]")),
        value(listOf(day()), List.of(1), new Datum.Json("[\"1970-01-02\"]")),
        value(
            SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA)
                .optional()
                .build(),
            Map.of("k", "v"),
            new Datum.Json("{\"k\":\"v\"}")),
        value(variableScale(), variableScale(3, new BigDecimal("1.500")), number("1.500")),
        value(variableScale(), variableScale(-2, new BigDecimal("1E+2")), number("1E+2")));
  }

  @ParameterizedTest
  @MethodSource("values")
  void valueIsReadByItsSchema(Schema type, Object value, Datum meant) {
    DebeziumEvents events = new DebeziumEvents(type);
    Upsert change = (Upsert) events.decode("c", null, events.row(1, value));
    assertThat(change.row().value("v")).contains(meant);
    assertThat(change.whole()).isTrue();
  }

  static Stream<Arguments> placeholders() {
    return Stream.of(
        value(Schema.OPTIONAL_STRING_SCHEMA, GONE, null),
        value(named(Schema.Type.STRING, "io.debezium.data.Json"), GONE, null),
        value(
            named(Schema.Type.STRING, "io.debezium.data.Json"),
            "{\"" + GONE + "\":\"" + GONE + "\"}",
            null),
        value(Schema.OPTIONAL_BYTES_SCHEMA, ByteBuffer.wrap(GONE.getBytes(UTF_8)), null),
        value(listOf(Schema.OPTIONAL_STRING_SCHEMA), List.of(GONE), null),
        value(
            listOf(Schema.OPTIONAL_BYTES_SCHEMA),
            List.of(ByteBuffer.wrap(GONE.getBytes(UTF_8))),
            null),
        value(listOf(Schema.OPTIONAL_INT32_SCHEMA), DebeziumEvents.bytesOf(GONE), null),
        value(
            listOf(Schema.OPTIONAL_INT64_SCHEMA),
            GONE.chars().mapToObj(c -> (Object) (long) c).toList(),
            null),
        value(
            listOf(named(Schema.Type.STRING, "io.debezium.data.Uuid")),
            List.of(UUID.nameUUIDFromBytes(GONE.getBytes(UTF_8)).toString()),
            null),
        value(
            SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA)
                .optional()
                .build(),
            Map.of(GONE, GONE),
            null));
  }

  @ParameterizedTest
  @MethodSource("placeholders")
  void valueThatIsNotAvailableIsAbsent(Schema type, Object value, Object unused) {
    DebeziumEvents events = new DebeziumEvents(type);
    Upsert change = (Upsert) events.decode("u", null, events.row(1, value));
    assertThat(change.row().names()).containsExactly("id");
    assertThat(change.whole()).isFalse();
  }

  @Test
  void placeholderIsTheOneThatIsConfigured() {
    DebeziumEvents events =
        new DebeziumEvents(
            Schema.OPTIONAL_STRING_SCHEMA,
            DebeziumEvents.FEED.withDebezium(new FeedFormat.Debezium("__x7__", false, List.of())));
    assertThat(((Upsert) events.decode("u", null, events.row(1, "__x7__"))).whole()).isFalse();
    assertThat(((Upsert) events.decode("u", null, events.row(1, GONE))).row().value("v"))
        .contains(text(GONE));
  }

  @Test
  void rowThatIsNewUnderItsKeyMustBeWhole() {
    assertThat(reason(texts.decode("c", null, texts.row(1, GONE))))
        .contains("REPLICA IDENTITY FULL");
  }

  @Test
  void writesAreUpserts() {
    for (String op : List.of("c", "u", "r")) {
      Upsert change = (Upsert) texts.decode(op, null, texts.row(1, "x"));
      assertThat(change.info().op()).isEqualTo(op);
      assertThat(change.info().table()).isEqualTo(new TableName("shop", "public", "t"));
      assertThat(change.info().key()).isEqualTo(new KeyParts(List.of("id"), List.of(number("1"))));
      assertThat(change.info().committed())
          .isEqualTo(new HlcTimestamp(1_700_000_000_123_456_789L, 0));
    }
  }

  @Test
  void beforeImageIsTakenWhereItIsSaidToBeWhole() {
    DebeziumEvents told =
        new DebeziumEvents(
            Schema.OPTIONAL_STRING_SCHEMA,
            DebeziumEvents.FEED.withDebezium(
                new FeedFormat.Debezium(GONE, false, List.of(), "", true)));
    Upsert update = (Upsert) told.decode("u", told.row(1, "x"), told.row(1, "y"));
    assertThat(update.info().before().sent()).isTrue();
    assertThat(update.info().before().row().value("v")).contains(text("x"));
    Delete delete = (Delete) told.decode("d", told.row(1, "y"), null);
    assertThat(delete.info().before().row().value("v")).contains(text("y"));
    // a row that is new had none, and of one that was read from its table nobody knows
    assertThat(told.decode("c", null, told.row(1, "x")))
        .isInstanceOfSatisfying(
            Upsert.class, row -> assertThat(row.info().before()).isEqualTo(Before.NO_ROW));
    for (String op : List.of("r", "u")) {
      assertThat(told.decode(op, null, told.row(1, "x")))
          .isInstanceOfSatisfying(
              Upsert.class, row -> assertThat(row.info().before()).isEqualTo(Before.NOT_SENT));
    }
    // the same events where nothing is said
    assertThat(((Upsert) texts.decode("u", texts.row(1, "x"), texts.row(1, "y"))).info().before())
        .isEqualTo(Before.NOT_SENT);
  }

  @Test
  void deleteGoesByItsKeyAndNotByABeforeImageThatMayBeMadeUp() {
    Delete gone = (Delete) texts.decode("d", texts.row(1, ""), null);
    assertThat(gone.info().key().values()).containsExactly(number("1"));
    assertThat(gone.info().before()).isEqualTo(Before.NOT_SENT);
  }

  @Test
  void deleteWithoutAKeyGoesByItsBeforeImage() {
    Delete gone = (Delete) texts.decodeWithoutKey("d", texts.row(1, "x"), null);
    assertThat(gone.info().before()).isEqualTo(new Before(true, texts(1, "x")));
    assertThat(reason(texts.decodeWithoutKey("d", null, null))).contains("no key");
  }

  @Test
  void bitStringOfUnknownLengthIsRejected() {
    DebeziumEvents events = new DebeziumEvents(bits(Integer.MAX_VALUE));
    assertThat(reason(events.decode("c", null, events.row(1, ByteBuffer.wrap(new byte[] {5})))))
        .contains("varying length");
  }

  private static Row texts(int id, String v) {
    return new Row(List.of("id", "v"), List.of(number("" + id), text(v)));
  }

  @Test
  void rowsOfOneSchemaShareTheListOfNames() {
    Upsert one = (Upsert) texts.decode("c", null, texts.row(1, "x"));
    Upsert other = (Upsert) texts.decode("c", null, texts.row(2, "y"));
    assertThat(one.row().names()).isSameAs(other.row().names());
    assertThat(other.row().value("v")).contains(text("y"));
  }

  @Test
  void tombstoneSaysNothingNew() {
    assertThat(texts.decodeTombstone()).isInstanceOf(Ignored.class);
  }

  @Test
  void whatIsNoChangeIsPassedOver() {
    assertThat(
            texts.decode(
                DebeziumEvents.alone(
                    "io.debezium.connector.common.Heartbeat", "ts_ms", 1L, Schema.INT64_SCHEMA)))
        .isInstanceOf(Ignored.class);
    assertThat(
            texts.decode(
                DebeziumEvents.alone(
                    "io.debezium.connector.common.TransactionMetadataValue",
                    "status",
                    "BEGIN",
                    Schema.STRING_SCHEMA)))
        .isInstanceOf(Ignored.class);
    assertThat(
            texts.decode(
                DebeziumEvents.alone(
                    "io.debezium.connector.mysql.SchemaChangeValue",
                    "ddl",
                    "ALTER TABLE t",
                    Schema.STRING_SCHEMA)))
        .isInstanceOf(Ignored.class);
    assertThat(texts.decode("m", null, null)).isInstanceOf(Ignored.class);
  }

  @Test
  void truncateIsRejectedUnlessItIsToBeIgnored() {
    assertThat(reason(texts.decode("t", null, null))).contains("shop.public.t", "feed.truncate");
    DebeziumEvents ignoring =
        new DebeziumEvents(
            Schema.OPTIONAL_STRING_SCHEMA,
            DebeziumEvents.FEED.withDebezium(new FeedFormat.Debezium(GONE, true, List.of())));
    assertThat(ignoring.decode("t", null, null)).isInstanceOf(Ignored.class);
  }

  @Test
  void flattenedRowIsRejected() {
    assertThat(reason(texts.decode(DebeziumEvents.alone("row", "v", "x", Schema.STRING_SCHEMA))))
        .contains("ExtractNewRecordState");
  }

  @Test
  void intervalOfAveragedMonthsIsRejected() {
    DebeziumEvents events = new DebeziumEvents(time("MicroDuration", Schema.Type.INT64));
    assertThat(reason(events.decode("c", null, events.row(1, 5L))))
        .contains("interval.handling.mode=string");
  }

  @Test
  void typeWithoutAReadingIsNamed() {
    DebeziumEvents events = new DebeziumEvents(named(Schema.Type.INT64, "org.example.Odd"));
    assertThat(reason(events.decode("c", null, events.row(1, 5L)))).contains("org.example.Odd");
  }

  @Test
  void timeOutOfItsRangeIsRejected() {
    DebeziumEvents events = new DebeziumEvents(time("MicroTime", Schema.Type.INT64));
    assertThat(reason(events.decode("c", null, events.row(1, 86_400_000_001L))))
        .contains("MicroTime");
  }

  @Test
  void postgresRowsAreOrderedByTheirCommitAndThenByTheirPlace() {
    HlcTimestamp longOne = version(Map.of("sequence", "[\"300\",\"120\"]", "lsn", 120L));
    HlcTimestamp shortOne = version(Map.of("sequence", "[\"200\",\"250\"]", "lsn", 250L));
    HlcTimestamp next = version(Map.of("sequence", "[\"300\",\"130\"]", "lsn", 130L));
    HlcTimestamp first = version(Map.of("sequence", "[null,\"90\"]", "lsn", 90L));
    assertThat(List.of(first, shortOne, longOne, next)).isSorted();
  }

  /** A snapshot that is begun anew reads later than the first, and before all that is streamed. */
  @Test
  void rowsOfALaterSnapshotAreNewerThanThoseOfTheFirst() {
    HlcTimestamp first =
        version(Map.of("sequence", "[null,\"100\"]", "lsn", 100L, "snapshot", "first"));
    HlcTimestamp anew =
        version(Map.of("sequence", "[null,\"150\"]", "lsn", 150L, "snapshot", "true"));
    HlcTimestamp streamed = version(Map.of("sequence", "[null,\"90\"]", "lsn", 90L));
    HlcTimestamp next = version(Map.of("sequence", "[\"160\",\"155\"]", "lsn", 155L));
    assertThat(List.of(first, anew, streamed, next)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void geometryIsWhatAChangefeedSendsForIt() {
    Schema geometry =
        SchemaBuilder.struct()
            .name("io.debezium.data.geometry.Geometry")
            .field("wkb", Schema.BYTES_SCHEMA)
            .field("srid", Schema.OPTIONAL_INT32_SCHEMA)
            .optional()
            .build();
    byte[] point = HexFormat.of().parseHex("0101000000000000000000f83f00000000000004c0");
    DebeziumEvents events = new DebeziumEvents(geometry);
    Upsert change =
        (Upsert)
            events.decode(
                "c", null, events.row(1, new Struct(geometry).put("wkb", point).put("srid", 4326)));
    Datum read =
        new DebeziumReading().read("geometry", change.row().value("v").orElseThrow()).orElseThrow();
    assertThat(read.text()).contains("\"Point\"", "[1.5,-2.5]", "4326");
  }

  @Test
  void binlogRowsAreOrderedByFilePositionAndRow() {
    assertThat(
            List.of(
                binlog("binlog.000009", 4_000_000_000L, 3),
                binlog("binlog.000010", 4L, 0),
                binlog("binlog.000010", 4L, 1),
                binlog("binlog.000010", 5L, 0),
                binlog("binlog.1000000", 4L, 0)))
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void oracleRowsAreOrderedByTheirCommit() {
    assertThat(
            List.of(
                version(Map.of("connector", "oracle", "scn", "900")),
                version(
                    Map.of("connector", "oracle", "scn", "100", "commit_scn", "1000", "txSeq", 1L)),
                version(
                    Map.of("connector", "oracle", "scn", "90", "commit_scn", "1000", "txSeq", 2L)),
                version(
                    Map.of("connector", "oracle", "scn", "95", "commit_scn", "9007199254740993"))))
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void sourceWithoutAPlaceIsRejected() {
    Map<String, Object> source = new HashMap<>(POSTGRES);
    source.remove("sequence");
    assertThat(reason(texts.decode("c", null, texts.row(1, "x"), source))).contains("sequence");
    source.put("connector", "db2");
    assertThat(reason(texts.decode("c", null, texts.row(1, "x"), source))).contains("connector");
  }

  private HlcTimestamp binlog(String file, long position, int row) {
    return version(Map.of("connector", "mysql", "file", file, "pos", position, "row", row));
  }

  private HlcTimestamp version(Map<String, Object> place) {
    Map<String, Object> source = new HashMap<>(POSTGRES);
    source.putAll(place);
    return ((Upsert) texts.decode("u", null, texts.row(1, "x"), source)).version();
  }

  private static String reason(Decoded decoded) {
    assertThat(decoded).isInstanceOf(Rejected.class);
    return ((Rejected) decoded).reason();
  }

  private static Arguments value(Schema type, Object value, Datum meant) {
    return Arguments.of(type, value, meant);
  }

  private static Datum text(String text) {
    return new Datum.Text(text);
  }

  private static Datum number(String text) {
    return new Datum.Number(text);
  }

  private static Schema day() {
    return time("Date", Schema.Type.INT32);
  }

  private static Schema time(String name, Schema.Type type) {
    return named(type, "io.debezium.time." + name);
  }

  private static Schema bits(int length) {
    return SchemaBuilder.bytes()
        .name("io.debezium.data.Bits")
        .parameter("length", Integer.toString(length))
        .optional()
        .build();
  }

  private static Schema variableScale() {
    return VARIABLE_SCALE;
  }

  private static final Schema VARIABLE_SCALE =
      SchemaBuilder.struct()
          .name("io.debezium.data.VariableScaleDecimal")
          .field("scale", Schema.INT32_SCHEMA)
          .field("value", Schema.BYTES_SCHEMA)
          .optional()
          .build();

  private static Struct variableScale(int scale, BigDecimal value) {
    return new Struct(VARIABLE_SCALE)
        .put("scale", scale)
        .put("value", value.unscaledValue().toByteArray());
  }
}

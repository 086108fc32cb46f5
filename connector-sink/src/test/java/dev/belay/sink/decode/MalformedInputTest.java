package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Rejected;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input is rejected with its reason, whichever envelope it is read with. */
class MalformedInputTest {
  private static final byte[] KEY = "[1]".getBytes(UTF_8);
  private static final byte[] VALUE = "{\"after\": {\"a\": 1}}".getBytes(UTF_8);

  static Stream<Arguments> values() {
    return Stream.of(
        of("no bytes", "", "empty"),
        of("only spaces", "  \n ", "not a JSON object"),
        of("JSON null", "null", "not a JSON object"),
        of("a number", "1", "not a JSON object"),
        of("a string", "\"x\"", "not a JSON object"),
        of("an array", "[1, 2]", "not a JSON object"),
        of("CSV", "1,Alice", "CSV"),
        of("words", "hello", "not a JSON object"),
        of("cut after a brace", "{", "ends too early"),
        of("cut in a name", "{\"aft", "ends too early"),
        of("cut after a name", "{\"after\"", "ends too early"),
        of("cut after a colon", "{\"after\": ", "ends too early"),
        of("cut in a row", "{\"after\": {\"a\": 1", "ends too early"),
        of("cut in a string", "{\"after\": {\"a\": \"x", "ends too early"),
        of("cut in nested JSON", "{\"after\": {\"a\": {\"b\": [1, ", "ends too early"),
        of("cut before the last brace", "{\"after\": {\"a\": 1}", "ends too early"),
        of("trailing text", "{\"after\": {\"a\": 1}} x", "JSON"),
        of("trailing number", "{\"after\": {\"a\": 1}} 1", "goes on"),
        of("trailing half of a word", "{\"after\": {\"a\": 1}} tr", "goes on"),
        of("trailing half of a string", "{\"after\": {\"a\": 1}} \"x", "goes on"),
        of("trailing object", "{\"after\": {\"a\": 1}}{}", "goes on"),
        of("trailing brace", "{\"after\": {\"a\": 1}}}", "JSON"),
        of("comma at the end", "{\"after\": {\"a\": 1,}}", "not valid JSON"),
        of("no comma", "{\"after\": {\"a\": 1 \"b\": 2}}", "not valid JSON"),
        of("single quotes", "{'after': {'a': 1}}", "not valid JSON"),
        of("comment", "{\"after\": /* x */ {\"a\": 1}}", "not valid JSON"),
        of("unquoted word", "{\"after\": {\"a\": NaN}}", "not valid JSON"),
        of("leading zero", "{\"after\": {\"a\": 01}}", "not valid JSON"),
        of("plus sign", "{\"after\": {\"a\": +1}}", "not valid JSON"),
        of("lonely point", "{\"after\": {\"a\": 1.}}", "not valid JSON"),
        of("lonely exponent", "{\"after\": {\"a\": 1E}}", "not valid JSON"),
        of("raw newline in a string", "{\"after\": {\"a\": \"x\ny\"}}", "not valid JSON"),
        of("unknown escape", "{\"after\": {\"a\": \"\\x\"}}", "not valid JSON"),
        of("unknown escape in nested JSON", "{\"after\": {\"a\": [\"\\x\"]}}", "not valid JSON"),
        of("wrong bracket", "{\"after\": {\"a\": [1}}", "not valid JSON"),
        of("after twice", "{\"after\": {\"a\": 1}, \"after\": {\"a\": 2}}", "after occurs twice"),
        of(
            "after null, then a row",
            "{\"after\": null, \"after\": {\"a\": 2}}",
            "after occurs twice"),
        of("zero byte", "{\"after\": {\"a\": \"\0\"}}", "is zero"),
        of("half a surrogate pair", "{\"after\": {\"a\": 1}, \"x\\ud800\": \"\\ud800\"}", ""),
        of(
            "depth",
            "{\"after\": {\"a\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}}",
            "1000"),
        of("depth, open", "{\"after\": {\"a\": " + "{\"a\":".repeat(100_000), "1000"),
        of("long number", "{\"after\": {\"a\": " + "9".repeat(300_000) + "}}", "200000"),
        raw("Avro", new byte[] {0, 0, 0, 0, 1, 2, 2}, "Avro"),
        raw("Protobuf", new byte[] {0x0A, 3, 1, 2, 3}, "Protobuf"),
        raw("UTF-16", "{\"after\": null}".getBytes(UTF_16LE), "is zero"),
        raw("byte order mark", "\ufeff{\"after\": null}".getBytes(UTF_8), "not a JSON object"),
        raw("Latin-1", "{\"after\": {\"a\": \"é\"}}".getBytes(ISO_8859_1), "not UTF-8"),
        raw(
            "Latin-1 in nested JSON",
            "{\"after\": {\"a\": [\"é\"]}}".getBytes(ISO_8859_1),
            "not UTF-8"),
        raw("overlong slash", spliced((byte) 0xC0, (byte) 0xAF), "not UTF-8"),
        raw("encoded surrogate", spliced((byte) 0xED, (byte) 0xA0, (byte) 0x80), "not UTF-8"),
        raw(
            "above U+10FFFF",
            spliced((byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80),
            "not UTF-8"),
        raw("cut character", spliced((byte) 0xE2, (byte) 0x82), "not UTF-8"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("values")
  void badValueIsRejectedWithItsReason(String name, byte[] value, String reason) {
    for (Envelope envelope : Envelope.values()) {
      Decoded decoded =
          Decoder.of(Decoding.feed(envelope)).decode(Decoding.HERE, "foo", KEY, value);

      boolean isRow = envelope == Envelope.BARE || envelope == Envelope.ROW;
      assertThat(decoded).as(envelope + " " + name).isInstanceOf(Rejected.class);
      if (!isRow) {
        assertThat(((Rejected) decoded).reason()).contains(reason);
      }
    }
  }

  static Stream<Arguments> wrappedValues() {
    return Stream.of(
        of("row is an array", "{\"after\": [1]}", "after is neither"),
        of("row is a string", "{\"after\": \"x\"}", "after is neither"),
        of("row is a number", "{\"after\": 1}", "after is neither"),
        of("before is true", "{\"after\": null, \"before\": true}", "before is neither"),
        of("column twice", "{\"after\": {\"a\": 1, \"a\": 1}}", "a occurs twice"),
        of(
            "before twice",
            "{\"after\": {}, \"before\": {}, \"before\": null}",
            "before occurs twice"),
        of("updated twice", "{\"after\": {}, \"updated\": \"1.0\", \"updated\": \"2.0\"}", "twice"),
        of("key twice", "{\"after\": {}, \"key\": [1], \"key\": [1]}", "key occurs twice"),
        of("updated is a number", "{\"after\": {}, \"updated\": 1.0}", "updated is not"),
        of("updated is null", "{\"after\": {}, \"updated\": null}", "updated is not"),
        of("updated is words", "{\"after\": {}, \"updated\": \"now\"}", "updated is not"),
        of(
            "updated has a sign",
            "{\"after\": {}, \"updated\": \"-1.0000000000\"}",
            "updated is not"),
        of(
            "updated is too long",
            "{\"after\": {}, \"updated\": \"99999999999999999999.0\"}",
            "updated"),
        of("logical too large", "{\"after\": {}, \"updated\": \"1.4294967296\"}", "updated is not"),
        of("resolved is a number", "{\"resolved\": 1}", "resolved is not"),
        of("topic is a number", "{\"after\": {}, \"topic\": 1}", "topic is not"),
        of("key is a number", "{\"after\": {}, \"key\": 1}", "key is neither"),
        of(
            "topic twice",
            "{\"after\": {}, \"topic\": \"\", \"topic\": \"b\"}",
            "topic occurs twice"),
        of("updated is cut", "{\"after\": {}, \"updated\": \"1.5\"}", "updated is not"),
        of(
            "resolved beside updated",
            "{\"resolved\": \"2.0000000000\", \"updated\": \"1.0000000000\"}",
            "beside fields of a row"),
        of(
            "resolved beside topic",
            "{\"resolved\": \"2.0000000000\", \"topic\": \"foo\"}",
            "beside fields of a row"),
        of("half a pair", "{\"after\": {\"a\": \"x\\ud800y\"}}", "surrogate"),
        of("pair turned round", "{\"after\": {\"a\": \"\\udc00\\ud800\"}}", "surrogate"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrappedValues")
  void badEnvelopeIsRejectedWithItsReason(String name, byte[] value, String reason) {
    Decoded decoded =
        Decoder.of(Decoding.feed(Envelope.WRAPPED)).decode(Decoding.HERE, "foo", KEY, value);

    assertThat(Decoding.reason(decoded)).as(name).contains(reason);
  }

  static Stream<Arguments> enrichedValues() {
    String good = "\"after\": {}, \"op\": \"c\", \"ts_ns\": 1";
    return Stream.of(
        of("op twice", "{\"after\": {}, \"op\": \"\", \"op\": \"c\"}", "op occurs twice"),
        of("ts_ns twice", "{" + good + ", \"ts_ns\": 1}", "ts_ns occurs twice"),
        source("database_name", "\"\"", "\"d\""),
        source("schema_name", "\"s\"", "\"t\""),
        source("table_name", "\"a\"", "\"b\""),
        source("ts_hlc", "null", "\"1.0000000000\""),
        source("mvcc_timestamp", "null", "\"1.0000000000\""),
        of(
            "resolved beside source",
            "{\"resolved\": \"2.0000000000\", \"source\": {}}",
            "beside fields of a row"),
        of(
            "resolved beside op",
            "{\"resolved\": \"2.0000000000\", \"op\": \"c\"}",
            "beside fields of a row"));
  }

  private static Arguments source(String field, String one, String other) {
    String twice = "\"" + field + "\": " + one + ", \"" + field + "\": " + other;
    return of(
        field + " twice",
        "{\"after\": {}, \"op\": \"c\", \"source\": {" + twice + "}}",
        field + " occurs twice");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("enrichedValues")
  void badEnrichedEnvelopeIsRejectedWithItsReason(String name, byte[] value, String reason) {
    Decoded decoded =
        Decoder.of(Decoding.feed(Envelope.ENRICHED)).decode(Decoding.HERE, "foo", KEY, value);

    assertThat(Decoding.reason(decoded)).as(name).contains(reason);
  }

  static Stream<Arguments> flatValues() {
    return Stream.of(
        of("op twice", "{\"a\": 1, \"op\": null, \"op\": \"insert\"}", "op occurs twice"),
        of("topic twice", metadata("\"topic\": \"\", \"topic\": \"b\""), "topic occurs twice"),
        of("updated", metadata("\"resolved\": \"2.0\", \"updated\": \"1.0\""), "beside fields"),
        of("mvcc", metadata("\"resolved\": \"2.0\", \"mvcc_timestamp\": \"1.0\""), "beside fields"),
        of("topic", metadata("\"resolved\": \"2.0\", \"topic\": \"b\""), "beside fields"),
        of("key", metadata("\"resolved\": \"2.0\", \"key\": [1]"), "beside fields"));
  }

  private static String metadata(String fields) {
    return "{\"__crdb__\": {" + fields + "}}";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("flatValues")
  void badFlatEnvelopeIsRejectedWithItsReason(String name, byte[] value, String reason) {
    Decoded decoded =
        Decoder.of(Decoding.feed(Envelope.BARE).withOpColumn("op"))
            .decode(Decoding.HERE, "foo", KEY, value);

    assertThat(Decoding.reason(decoded)).as(name).contains(reason);
  }

  static Stream<Arguments> keys() {
    return Stream.of(
        of("no bytes", "", "key is empty"),
        of("a number", "1", "key is not a JSON array or object"),
        of("JSON null", "null", "key is not a JSON array or object"),
        of("empty array", "[]", "no columns"),
        of("empty object", "{}", "no columns"),
        of("cut", "[1", "ends too early"),
        of("trailing", "[1] [2]", "goes on"),
        of("name twice", "{\"a\": 1, \"a\": 2}", "a occurs twice"),
        of("zero byte", "[\"\0\"]", "is zero"),
        of("depth", "[".repeat(100_000), "1000"),
        raw("Avro", new byte[] {0, 0, 0, 0, 1, 2, 2}, "Avro"),
        raw("Latin-1", "[\"é\"]".getBytes(ISO_8859_1), "not UTF-8"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keys")
  void badKeyIsRejectedWithItsReason(String name, byte[] key, String reason) {
    Decoded decoded =
        Decoder.of(Decoding.feed(Envelope.WRAPPED)).decode(Decoding.HERE, "foo", key, VALUE);

    assertThat(Decoding.reason(decoded)).as(name).contains(reason);
  }

  private static Arguments of(String name, String text, String reason) {
    return Arguments.of(name, text.getBytes(UTF_8), reason);
  }

  private static Arguments raw(String name, byte[] bytes, String reason) {
    return Arguments.of(name, bytes, reason);
  }

  /** A row whose column holds these bytes. */
  private static byte[] spliced(byte... bytes) {
    byte[] head = "{\"after\": {\"a\": \"".getBytes(UTF_8);
    byte[] tail = "\"}}".getBytes(UTF_8);
    byte[] whole = new byte[head.length + bytes.length + tail.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(bytes, 0, whole, head.length, bytes.length);
    System.arraycopy(tail, 0, whole, head.length + bytes.length, tail.length);
    return whole;
  }
}

package dev.belay.sink.decode;

import static dev.belay.sink.decode.Decoding.feed;
import static dev.belay.sink.decode.Decoding.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Upsert;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** I6: what the wire carries comes out as it is. */
class ExactnessTest {
  private static final FeedFormat WRAPPED = feed(Envelope.WRAPPED);

  static Stream<String> numbers() {
    return Stream.of(
        "0",
        "-0",
        "0.00",
        "1.10",
        "1E+1",
        "1E-7",
        "-1.5e3",
        "1E+10",
        "53.00",
        "1.7976931348623157E+308",
        "9223372036854775807",
        "-9223372036854775808",
        "92233720368547758079223372036854775807",
        "1234567890123456789012345678901234567890.1234567890",
        "0.1234567890123456789012345678901234567890",
        "1E+999999999999",
        "9".repeat(131_072) + "." + "1".repeat(16_383));
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void numberComesOutWithItsOwnDigits(String number) {
    for (Envelope envelope : new Envelope[] {Envelope.WRAPPED, Envelope.AUTO}) {
      var change =
          upsert(
              feed(envelope),
              "[" + number + "]",
              "{\"after\": {\"n\": " + number + ", \"j\": [" + number + "]}}");

      assertThat(change.row().value("n")).contains(new Datum.Number(number));
      assertThat(change.row().value("j")).contains(new Datum.Json("[" + number + "]"));
      assertThat(change.info().key().values()).containsExactly(new Datum.Number(number));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "[ ]",
        "{\"b\": 1, \"a\": [1.10, null, {\"x\": \"}]\"}]}",
        "{\"__crdb_json_null__\": true}",
        "[\"\\u0041\\n\\\"\", \"é😀\"]",
        "{\"coordinates\": [1.555, -2], \"type\": \"Point\"}",
        "{\"a\": 1, \"a\": 2}",
      })
  void nestedJsonComesOutByteForByte(String json) {
    for (String spaced : new String[] {json, "  " + json + "\t "}) {
      String value =
          "{\"before\": {\"j\": " + spaced + "},\"after\":{\"é\":1,\"j\":" + spaced + "}}";

      var change = upsert(WRAPPED, "[" + json + "]", value);

      assertThat(change.row().value("j")).contains(new Datum.Json(json));
      assertThat(change.info().before().row().value("j")).contains(new Datum.Json(json));
      assertThat(change.info().key().values()).containsExactly(new Datum.Json(json));
    }
  }

  @Test
  void longNameInNestedJsonComesOutAsItIs() {
    String json = "{\"" + "k".repeat(70_000) + "\": 1}";

    assertThat(upsert(WRAPPED, "[1]", "{\"after\": {\"j\": " + json + "}}").row().value("j"))
        .contains(new Datum.Json(json));
  }

  /** A line break, a brace and 123 bytes also begin a message of Protobuf. */
  @Test
  void jsonAfterALineBreakIsReadWhateverItsLength() {
    for (int length = 120; length < 140; length++) {
      String value = "{\"after\": {\"s\": \"" + "a".repeat(length - 24) + "\"}}";
      String spaced = "\n" + value;

      assertThat(upsert(WRAPPED, "\n[1]", spaced).row().value("s")).isPresent();
      assertThat(upsert(WRAPPED, "\n[1]", "\n" + spaced + "\n").row().value("s")).isPresent();
    }
  }

  @Test
  void textComesOutWithItsEscapesResolvedAndNothingElseChanged() {
    String text = "\"\\ / < \u007f \u2028 \u00e9 \ud83d\ude00 \u0001 \u0000 \n\r\t\b\f  trailing ";
    String json =
        "\"\\\"\\\\ / < \u007f \u2028 \u00e9 \\ud83d\\ude00 \\u0001 \\u0000"
            + " \\n\\r\\t\\b\\f  trailing \"";

    assertThat(upsert(WRAPPED, "[1]", "{\"after\": {\"s\": " + json + "}}").row().value("s"))
        .contains(new Datum.Text(text));
  }

  @Test
  void stringOfDigitsStaysText() {
    assertThat(upsert(WRAPPED, "[1]", "{\"after\": {\"s\": \"NaN\", \"t\": \"1\"}}").row().values())
        .containsExactly(new Datum.Text("NaN"), new Datum.Text("1"));
  }

  @Test
  void namesComeOutAsTheyAre() {
    assertThat(
            upsert(WRAPPED, "[1]", "{\"after\": {\"Z\": 1, \"a b\": 2, \"é\\\"\": 3, \"\": 4}}")
                .row()
                .names())
        .containsExactly("Z", "a b", "é\"", "");
  }

  @Test
  void textOfMegabytesComesOutWhole() {
    String text = "aé😀".repeat(1_000_000);

    assertThat(upsert(WRAPPED, "[1]", "{\"after\": {\"s\": \"" + text + "\"}}").row().value("s"))
        .contains(new Datum.Text(text));
  }

  @Test
  void decoderOfManyMegabytesReadsOnAsExactly() {
    Decoder decoder = Decoder.of(WRAPPED);
    for (int i = 0; i < 100; i++) {
      // Names that never repeat, as in maps that users keep in JSONB.
      StringBuilder json = new StringBuilder("{");
      for (int k = 0; k < 5000; k++) {
        json.append(k == 0 ? "" : ", ")
            .append("\"key-")
            .append(i)
            .append('-')
            .append(k)
            .append("\": 1.0");
      }
      json.append('}');

      Decoded decoded =
          decoder.decode(
              Decoding.HERE,
              "foo",
              Decoding.bytes("[" + i + "]"),
              Decoding.bytes("{\"after\": {\"j\": " + json + "}}" + " ".repeat(i % 3)));

      assertThat(((Upsert) decoded).row().value("j")).contains(new Datum.Json(json.toString()));
    }
  }
}

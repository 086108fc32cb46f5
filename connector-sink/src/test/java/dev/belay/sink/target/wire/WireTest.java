package dev.belay.sink.target.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Datum;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {

  @ParameterizedTest
  @CsvSource({
    "2014-05-28T12:22:35.614298, 2014-05-28T12:22:35.614298, false, false",
    "2014-05-28T12:22:35Z, 2014-05-28T12:22:35, true, false",
    "2014-05-28 12:22:35+02, 2014-05-28T10:22:35, true, false",
    "2014-05-28 12:22:35-01:30, 2014-05-28T13:52:35, true, false",
    "2014-05-28, 2014-05-28T00:00, false, true",
    "0044-03-15 BC, -0043-03-15T00:00, false, true",
    "-0043-03-15T12:00:00, -0043-03-15T12:00, false, false",
    "0000-02-29T00:00:00, 0000-02-29T00:00, false, false",
    "0044-03-15 12:00:00 BC, -0043-03-15T12:00, false, false",
    "12345-06-07T00:00:00, +12345-06-07T00:00, false, false",
    "2014-05-28T12:22:35.123456789, 2014-05-28T12:22:35.123456789, false, false"
  })
  void timestampsAreReadInAllTheirForms(String text, String at, boolean zoned, boolean dateOnly) {
    assertThat(WireTimestamp.parse(text))
        .contains(new WireTimestamp.Finite(LocalDateTime.parse(at), zoned, dateOnly));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2014",
        "2014-5-28",
        "2014-05-28T",
        "2014-02-30",
        "2014-05-28T24:00:00",
        "2014-05-28T12:60:00",
        "2014-05-28T12:00:00.",
        "2014-05-28T12:00:00.1234567891",
        "2014-05-28T12:00:00Zx",
        "0000-01-01 BC",
        "-0001-01-01 BC",
        "２０１４-05-28",
        "now",
        "today",
        "Infinity"
      })
  void whatIsNoTimestampIsNotRead(String text) {
    assertThat(WireTimestamp.parse(text)).isEmpty();
  }

  @Test
  void infinitiesAreReadFromWordsAndSentinels() {
    for (String text :
        List.of("infinity", "294277-01-01T23:59:59.999999", "294276-12-31T23:59:59.999999Z")) {
      assertThat(WireTimestamp.parse(text)).contains(WireTimestamp.Infinite.FUTURE);
    }
    for (String text : List.of("-infinity", "-4714-11-23T00:00:00Z", "-4713-11-24T00:00:00")) {
      assertThat(WireTimestamp.parse(text)).contains(WireTimestamp.Infinite.PAST);
    }
  }

  @Test
  void timesReachMidnightAndCarryTheirZone() {
    assertThat(WireTime.parse("24:00:00-08"))
        .contains(new WireTime(86_400_000_000_000L, OptionalInt.of(-8 * 3600)));
    assertThat(WireTime.parse("00:00:00.000001+01:02:03"))
        .contains(new WireTime(1000, OptionalInt.of(3723)));
    assertThat(WireTime.parse("24:00:00.1")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1 year 2 mons 3 days 04:05:06.5, 14, 3, 14706.5",
    "-1 days +02:03:04, 0, -1, 7384",
    "1 year -00:00:00.006, 12, 0, -0.006",
    "P1Y2M3DT4H5M6.5S, 14, 3, 14706.5",
    "P-1W, 0, -7, 0",
    "PT-0.006S, 0, 0, -0.006",
    "00:00:00, 0, 0, 0"
  })
  void intervalsKeepTheirThreeParts(String text, long months, long days, BigDecimal seconds) {
    WireInterval interval = WireInterval.parse(text).orElseThrow();

    assertThat(interval.months()).isEqualTo(months);
    assertThat(interval.days()).isEqualTo(days);
    assertThat(interval.nanos()).isEqualByComparingTo(seconds.movePointRight(9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "P", "PT", "P1YT", "1", "1 year x", "01:02", "soon"})
  void whatIsNoIntervalIsNotRead(String text) {
    assertThat(WireInterval.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, true",
    "1E+1, true",
    "9007199254740993, false",
    "9007199254740992, true",
    "0.30000000000000004, true",
    "0.3000000000000000000, true",
    "1E+400, false",
    "1E-400, false",
    "5E-324, true",
    "3E-324, false",
    "0.1234567890123456789, false",
    "0, true",
    "0.000, true",
    "1152921504606846976, true",
    "1152921504606846977, false",
    "5.684341886080802E-14, true",
    "0.12345678901234567, false",
    "0.12345678901234566, true",
    "90071992547409950, false",
    "9.007199254740995E+16, true",
    "90071992547409952, true",
    "9007199254740995, false",
    "1.152921504606847E+18, true",
    "1E+999999999, false"
  })
  void aDoubleHoldsANumberIfItsDigitsComeBack(String text, boolean held) {
    assertThat(WireNumber.fitsDouble(text)).isEqualTo(held);
  }

  @Test
  void everyDoubleAndFloatFitsInItsShortestFormAndInJavas() {
    Random random = new Random(42);
    for (int i = 0; i < 6_000; i++) {
      // every power of two, where the neighbours are not equally far, then any others
      double value =
          i < 2046 ? Math.scalb(1.0, i - 1022) : Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        String shortest = shortest(new BigDecimal(value), t -> Double.parseDouble(t) == value);
        assertThat(WireNumber.fitsDouble(shortest)).as(shortest).isTrue();
        assertThat(WireNumber.fitsDouble(Double.toString(value))).as("%s", value).isTrue();
      }
      float single = i < 254 ? Math.scalb(1.0f, i - 126) : Float.intBitsToFloat(random.nextInt());
      if (Float.isFinite(single)) {
        String shortest = shortest(new BigDecimal(single), t -> Float.parseFloat(t) == single);
        String widened =
            shortest(new BigDecimal(single), t -> Double.parseDouble(t) == (double) single);
        assertThat(WireNumber.fitsFloat(shortest)).as(shortest).isTrue();
        assertThat(WireNumber.fitsFloat(widened)).as(widened).isTrue();
        assertThat(WireNumber.fitsFloat(Float.toString(single))).as("%s", single).isTrue();
      }
    }
  }

  /** The fewest digits that are read as the value again, and of those the nearest to it. */
  private static String shortest(BigDecimal value, Predicate<String> isReadAsIt) {
    for (int digits = 1; digits <= 17; digits++) {
      int most = digits;
      Optional<BigDecimal> best =
          Stream.of(RoundingMode.FLOOR, RoundingMode.CEILING)
              .map(mode -> value.round(new MathContext(most, mode)))
              .filter(text -> isReadAsIt.test(text.toString()))
              .min(Comparator.comparing(text -> text.subtract(value).abs()));
      if (best.isPresent()) {
        return best.get().toString();
      }
    }
    throw new AssertionError("17 digits name every double");
  }

  @Test
  void elementsOfAnArrayKeepTheirTexts() {
    assertThat(WireJson.elements("[1.10, \"a\\n\", null, true, [1, [2]], {\"b\": [1E+2]}, []]"))
        .contains(
            List.of(
                new Datum.Number("1.10"),
                new Datum.Text("a\n"),
                Datum.Null.NULL,
                Datum.Bool.TRUE,
                new Datum.Json("[1, [2]]"),
                new Datum.Json("{\"b\": [1E+2]}"),
                new Datum.Json("[]")));
    for (String broken : List.of("", "[", "[1", "{}", "1", "[1,]", "nothing")) {
      assertThat(WireJson.elements(broken)).as(broken).isEqualTo(Optional.empty());
    }
  }

  @Test
  void garbageIsNeverReadAndNeverThrows() {
    Random random = new Random(7);
    String signs = "0123456789-+:.TZ PYMDHS,[]{}\"eE\\u BCinfty";
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(24); n > 0; n--) {
        text.append(signs.charAt(random.nextInt(signs.length())));
      }
      String garbage = text.toString();
      WireTimestamp.parse(garbage);
      WireTime.parse(garbage);
      WireInterval.parse(garbage);
      WireJson.elements(garbage);
      WireJson.isJsonNull(garbage);
      WireJson.escapesUnstorableText(garbage);
      WireNumber.exact(garbage);
      if (WireNumber.isNumber(garbage)) {
        assertThat(Double.isNaN(Double.parseDouble(garbage))).isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"__crdb_json_null__\": true}|true",
        "{ \"__crdb_json_null__\" : true }|true",
        "{\"__crdb_json_null__\": false}|false",
        "{\"__crdb_json_null__\": true, \"a\": 1}|false",
        "[\"__crdb_json_null__\"]|false",
      })
  void jsonNullHasOneForm(String json, boolean isNull) {
    assertThat(WireJson.isJsonNull(json)).isEqualTo(isNull);
  }
}

package dev.belay.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of one value have one form, and no others have it. */
class CanonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INTEGER | 7 | 007",
        "DECIMAL | 1.10 | 1.1",
        "DECIMAL | 1E+10 | 10000000000",
        "DECIMAL | -0.00 | 0",
        "DECIMAL | Inf | Infinity",
        "DECIMAL | 1E+1000000 | 10E+999999",
        "FLOAT | 1e+06 | 1000000",
        "FLOAT | NaN | nan",
        "SHORT_FLOAT | 1.1 | 1.100000023841858",
        "MIXED_FLOAT | 1.1 | 1.100000023841858",
        "MIXED_FLOAT | 0.1 | 0.1",
        "BOOLEAN | t | 1",
        "PADDED | 'ab  ' | ab",
        "UUID | 6F9619FF-8B86-D011-B42D-00CF4FC964FF | 6f9619ff8b86d011b42d00cf4fc964ff",
        "TIMESTAMP | 2020-01-02 | 2020-01-02 00:00:00",
        "TIMESTAMP | 2020-01-02 03:04:05.100000 | 2020-01-02T03:04:05.1",
        "MOMENT | 2020-01-02 03:04:05+00 | 2020-01-02 05:34:05+02:30",
        "DATE | 0044-03-15 BC | -0043-03-15",
        "TIME | 01:02 | 01:02:00.000",
        "TIME_WITH_ZONE | 01:02:03+02 | 01:02:03+02:00:00",
        "INTERVAL | 1 year 2 mons | 14 mons",
        "INTERVAL | 01:00:00 | 01:00:00.000",
        "INTERVAL | -1 days +02:00:00 | -1 days 02:00:00",
        "JSON | {\"b\": 1.0, \"a\": [null, \"x\"]} | {\"a\":[null,\"x\"],\"b\":1}",
        "ADDRESS | 10.0.0.1/32 | 10.0.0.1",
      })
  void textsOfOneValueHaveOneForm(Kind kind, String one, String other) {
    assertThat(Canon.of(kind, one)).isEqualTo(Canon.of(kind, other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DECIMAL | 1.10 | 1.11",
        "DECIMAL | 9007199254740993 | 9007199254740992",
        "FLOAT | 0.1 | 0.10000000000000002",
        "FLOAT | 0 | -0",
        "FLOAT | 0.1 | 0.10000000149011612",
        "MIXED_FLOAT | 0.30000000000000004 | 0.3",
        "BOOLEAN | 1 | 2",
        "TEXT | ab | AB",
        "TEXT | 1.0 | 1",
        "TEXT | 'ab ' | ab",
        "PADDED | ' ab' | ab",
        "TIMESTAMP | 2020-01-02 03:04:05 | 2020-01-02 03:04:05.000001",
        "TIMESTAMP | infinity | -infinity",
        "TIME | 24:00:00 | 00:00:00",
        "TIME | 24:30:00 | 24:00:00",
        "DATE | 0 | 1970-01-01",
        "INTERVAL | '' | 00:00:00",
        "TIME_WITH_ZONE | 01:02:03+02 | 00:02:03+01",
        "INTERVAL | 1 mon | 30 days",
        "INTERVAL | 1 day | 24:00:00",
        "JSON | {\"a\": \"1\"} | {\"a\": 1}",
        "JSON | {\"a\": null} | {}",
        "JSON | [1, 2] | [2, 1]",
        "JSON | 12345678901234567890.1 | 12345678901234567890.2",
        "ADDRESS | 10.0.0.1/24 | 10.0.0.1",
      })
  void otherValuesHaveOtherForms(Kind kind, String one, String other) {
    assertThat(Canon.of(kind, one)).isNotEqualTo(Canon.of(kind, other));
  }

  @Test
  void elementsOfArraysAreComparedAsWhatTheyAre() {
    assertThat(Canon.ofArray(Kind.DECIMAL, "{1.0,NULL}"))
        .isEqualTo(Canon.ofArray(Kind.DECIMAL, "{1,NULL}"));
    assertThat(Canon.ofArray(Kind.TEXT, "{1.0}")).isNotEqualTo(Canon.ofArray(Kind.TEXT, "{1}"));
    assertThat(Canon.ofArray(Kind.TEXT, "{NULL}"))
        .isNotEqualTo(Canon.ofArray(Kind.TEXT, "{\"NULL\"}"));
    assertThat(Canon.ofArray(Kind.TEXT, "{}")).isNotEqualTo(Canon.ofArray(Kind.TEXT, "{\"\"}"));
    assertThat(Canon.ofArray(Kind.TEXT, "{\"a,b\"}"))
        .isNotEqualTo(Canon.ofArray(Kind.TEXT, "{a,b}"));
  }

  @Test
  void arraysAreReadWithTheirQuotes() {
    assertThat(ArrayText.elements("{a,\"b,c\",\"d\\\"e\",\"\"}"))
        .isEqualTo(List.of("a", "b,c", "d\"e", ""));
    assertThat(ArrayText.elements("{{1,2},{3}}")).isEqualTo(List.of("{1,2}", "{3}"));
    assertThat(ArrayText.elements("no array")).isEqualTo(List.of("no array"));
  }

  @Test
  void keysAreInTheOrderOfTheDatabases() {
    assertThat(ordered(Kind.INTEGER, "9")).isLessThan(ordered(Kind.INTEGER, "10"));
    assertThat(ordered(Kind.TEXT, "Z")).isLessThan(ordered(Kind.TEXT, "a"));
    // beyond the sixteen bits that a char has
    assertThat(ordered(Kind.TEXT, "\uFFFD")).isLessThan(ordered(Kind.TEXT, "\uD83D\uDE00"));
    assertThat(ordered(Kind.DATE, "0044-03-15 BC")).isLessThan(ordered(Kind.DATE, "0001-01-01"));
    assertThat(ordered(Kind.DATE, "9999-12-31")).isLessThan(ordered(Kind.DATE, "infinity"));
    assertThatThrownBy(() -> Canon.ordered(Kind.DECIMAL, "NaN"))
        .isInstanceOf(NumberFormatException.class);
  }

  @SuppressWarnings("unchecked")
  private static Comparable<Object> ordered(Kind kind, String text) {
    return (Comparable<Object>) Canon.ordered(kind, text);
  }

  @Test
  void kindsGoTogetherOrDoNot() {
    assertThat(Kind.common(Kind.BOOLEAN, Kind.INTEGER)).contains(Kind.BOOLEAN);
    assertThat(Kind.common(Kind.DECIMAL, Kind.INTEGER)).contains(Kind.DECIMAL);
    assertThat(Kind.common(Kind.UUID, Kind.BYTES)).contains(Kind.UUID);
    assertThat(Kind.common(Kind.TEXT, Kind.JSON)).contains(Kind.JSON);
    assertThat(Kind.common(Kind.MOMENT, Kind.TIMESTAMP)).contains(Kind.TIMESTAMP);
    assertThat(Kind.common(Kind.DATE, Kind.BOOLEAN)).isEmpty();
    assertThat(Kind.common(Kind.ARRAY, Kind.INTEGER)).isEmpty();
    assertThat(Kind.ofPgWire("timestamp(3) with time zone")).isEqualTo(Kind.MOMENT);
    assertThat(Kind.ofPgWire("VARCHAR(3)[]")).isEqualTo(Kind.ARRAY);
    assertThat(Kind.ofElements("DECIMAL(10,2)[]")).isEqualTo(Kind.DECIMAL);
    assertThat(Kind.ofMySql("bigint unsigned")).isEqualTo(Kind.INTEGER);
  }
}

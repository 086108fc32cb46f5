package dev.belay.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SameTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "bool; true; 1",
        "bool; false; 0",
        "numeric; 12.50; 12.500000000000000000000000000000",
        "numeric; 100; 100.00",
        "timestamptz; 2026-01-05 08:00:00+00; 2026-01-05 08:00:00.000000",
        "timestamptz; 2026-01-05 08:00:00.1002+00; 2026-01-05 08:00:00.100200",
        "bytea; \\x0aff; 0aff",
        "jsonb; {\"b\": 1.10, \"a\": [1, null]}; {\"a\":[1,null],\"b\":1.10}",
        "text; x; x"
      })
  void equalValuesHaveOneText(String type, String one, String other) {
    assertThat(SameText.of(type, one)).isEqualTo(SameText.of(type, other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "bool; true; 0",
        "numeric; 12.5; 12.51",
        "numeric; 100; 10",
        "timestamptz; 2026-01-05 08:00:00.1+00; 2026-01-05 08:00:00.000001",
        "timestamptz; 2026-01-05 08:00:10+00; 2026-01-05 08:00:01.000000",
        "bytea; \\x0aff; 0afe",
        "jsonb; {\"b\": 1.10}; {\"b\": 1.100000000000000000000001}",
        "jsonb; {\"b\": 1}; {\"b\": \"1\"}",
        "jsonb; {\"b\": 1}; {\"b\": 1",
        "text; x; X"
      })
  void differentValuesHaveTwo(String type, String one, String other) {
    assertThat(SameText.of(type, one)).isNotEqualTo(SameText.of(type, other));
  }

  @Test
  void nullIsNull() {
    assertThat(SameText.of("numeric", null)).isNull();
  }
}

package dev.belay.sink.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HlcTimestampTest {
  private static final HlcTimestamp EARLY = new HlcTimestamp(1, 7);
  private static final HlcTimestamp LATE = new HlcTimestamp(2, 0);

  /** CockroachDB reads its own timestamps as decimals (its DecimalToHLC). */
  @ParameterizedTest
  @CsvSource({
    "1701102296662969433.0000000002, 1701102296662969433, 2",
    "1701102296662969433.0, 1701102296662969433, 0",
    "1701102296662969433, 1701102296662969433, 0",
    "1.1, 1, 1000000000",
    "1.00000001, 1, 100",
    "0.0000000000, 0, 0",
    "9223372036854775807.2147483647, 9223372036854775807, 2147483647"
  })
  void textIsReadAsTheDecimalItIs(String text, long wallNanos, int logical) {
    assertThat(HlcTimestamp.parse(text)).contains(new HlcTimestamp(wallNanos, logical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "1.",
        ".1",
        "1.5",
        "1.2147483648",
        "1.00000000000",
        "-1.0000000000",
        "+1",
        "9223372036854775808.0000000000",
        "10000000000000000000",
        "1.0000000000 ",
        "1e9",
        "1/0",
        "1:0",
        "1.-000000001",
        "\u0661.0000000000"
      })
  void textThatIsNoReadingIsNone(String text) {
    assertThat(HlcTimestamp.parse(text)).isEmpty();
  }

  @Test
  void wireFormReadsBack() {
    assertThat(EARLY).hasToString("1.0000000007");
    assertThat(HlcTimestamp.parse(EARLY.toString())).contains(EARLY);
    assertThat(HlcTimestamp.NONE).hasToString("none");
  }

  @Test
  void wallTimeOrdersBeforeTheCounter() {
    List<HlcTimestamp> inOrder =
        List.of(HlcTimestamp.NONE, new HlcTimestamp(1, 6), EARLY, LATE, new HlcTimestamp(2, 1));
    assertThat(inOrder).isSorted();
    assertThat(LATE.isAfter(EARLY)).isTrue();
    assertThat(EARLY.isAfter(LATE)).isFalse();
    assertThat(EARLY.isAfter(EARLY)).isFalse();
  }

  @Test
  void laterAndEarlierOfTwoAreFoundInEitherOrder() {
    assertThat(HlcTimestamp.max(EARLY, LATE))
        .isSameAs(HlcTimestamp.max(LATE, EARLY))
        .isSameAs(LATE);
    assertThat(HlcTimestamp.min(EARLY, LATE))
        .isSameAs(HlcTimestamp.min(LATE, EARLY))
        .isSameAs(EARLY);
  }

  @Test
  void noneIsOlderThanTheOldestReading() {
    assertThat(HlcTimestamp.NONE.isKnown()).isFalse();
    assertThat(new HlcTimestamp(0, 0).isKnown()).isTrue();
    assertThat(new HlcTimestamp(0, 0).isAfter(HlcTimestamp.NONE)).isTrue();
  }

  @Test
  void placeInALogComesBackFromItsOwnText() {
    for (HlcTimestamp place :
        List.of(
            new HlcTimestamp(0, 24_023_128),
            new HlcTimestamp(7_000_000_000_000L, 9_999_999_999L),
            new HlcTimestamp(Long.MAX_VALUE, Long.MAX_VALUE))) {
      assertThat(HlcTimestamp.parseOwn(place.toString())).contains(place);
    }
    assertThat(HlcTimestamp.parseOwn("1701102296662969433.0000000001"))
        .contains(new HlcTimestamp(1_701_102_296_662_969_433L, 1));
    assertThat(HlcTimestamp.parseOwn("12")).contains(new HlcTimestamp(12, 0));
    assertThat(HlcTimestamp.parseOwn("12.12345678901234567890")).isEmpty();
  }

  @Test
  void placeInALogIsNoTimeOfAChangefeed() {
    assertThat(HlcTimestamp.parse(new HlcTimestamp(1, 9_999_999_999L).toString())).isEmpty();
  }
}

package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.plan.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RhythmTest {
  private final Rhythm rhythm =
      new Rhythm(
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(60)));

  @Test
  void aClusterThatAnswersIsAskedAtTheInterval() {
    assertThat(rhythm.pause(0, false)).isEqualTo(Duration.ofSeconds(5));
    assertThat(rhythm.pause(0, true)).isEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({"1,5", "2,5", "3,8", "4,16", "5,32", "6,60", "7,60", "100000,60"})
  void oneThatDoesNotIsAskedLessAndLessOften(int missed, long seconds) {
    assertThat(rhythm.pause(missed, false)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({"1,2", "2,4", "6,60"})
  void noTwinIsLookedForWhereNobodyAnswers(int missed, long seconds) {
    assertThat(rhythm.pause(missed, true)).isEqualTo(Duration.ofSeconds(seconds));
  }
}

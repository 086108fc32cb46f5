package dev.belay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {

  @Test
  void areTimesThatSuchAShareDidNotExceed() {
    Percentiles times =
        new Percentiles(LongStream.rangeClosed(1, 1000).map(i -> (1001 - i) * 1_000_000).toArray());

    assertThat(times.at(0.5)).isEqualTo(Duration.ofMillis(500));
    assertThat(times.at(0.999)).isEqualTo(Duration.ofMillis(999));
    assertThat(times.at(1)).isEqualTo(Duration.ofMillis(1000));
  }

  @Test
  void ofOneTimeAreThatTime() {
    assertThat(new Percentiles(new long[] {5}).at(0.01)).isEqualTo(Duration.ofNanos(5));
  }
}

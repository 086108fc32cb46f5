package dev.belay.testkit.standin.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class HybridClockTest {

  private final HybridClock clock =
      new HybridClock(Clock.fixed(Instant.ofEpochSecond(1, 5), ZoneOffset.UTC));

  @Test
  void followsTheWallClockAndCountsWithinANanosecond() {
    assertThat(clock.now()).hasToString("1000000005.0000000000");
    assertThat(clock.now()).hasToString("1000000005.0000000001");
  }

  @Test
  void neverGoesBackEvenIfAnEventDoes() {
    Hlc late = clock.stamp(2_000_000_000L);
    assertThat(clock.stamp(1_500_000_000L)).isEqualTo(late.next());
    assertThat(clock.now()).isGreaterThan(late.next());
  }

  @Test
  void readsAndWritesItsText() {
    assertThat(Hlc.parse("1701102296662969433.0000000002"))
        .contains(new Hlc(1701102296662969433L, 2));
    assertThat(Hlc.parse("17")).contains(new Hlc(17, 0));
    assertThat(Hlc.parse("-3 days")).isEmpty();
    assertThat(Hlc.parse("99999999999999999999.0")).isEmpty();
    assertThat(new Hlc(17, 2).toDecimal().toPlainString()).isEqualTo("17.0000000002");
  }
}

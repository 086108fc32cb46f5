package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.config.DeliveryMode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(1_000 * SECOND);

  private Delivery delivery(DeliveryMode mode) {
    return new Delivery(mode, Duration.ofSeconds(60), now::get);
  }

  private HlcTimestamp ago(long seconds) {
    return new HlcTimestamp(now.get() - seconds * SECOND, 0);
  }

  @Test
  void consistentModeWaitsForTheFrontier() {
    assertThat(delivery(DeliveryMode.CONSISTENT).aheadOfFrontier(ago(900), false)).isFalse();
  }

  @Test
  void consistentModeGoesAheadWhenTheBufferIsFull() {
    assertThat(delivery(DeliveryMode.CONSISTENT).aheadOfFrontier(ago(1), true)).isTrue();
  }

  @Test
  void immediateModeGoesAhead() {
    assertThat(delivery(DeliveryMode.IMMEDIATE).aheadOfFrontier(ago(1), false)).isTrue();
  }

  @Test
  void bestEffortGoesAheadBeforeAnythingIsResolved() {
    assertThat(delivery(DeliveryMode.BEST_EFFORT).aheadOfFrontier(HlcTimestamp.NONE, false))
        .isTrue();
  }

  @Test
  void bestEffortGoesAheadAboveTheWindow() {
    assertThat(delivery(DeliveryMode.BEST_EFFORT).aheadOfFrontier(ago(61), false)).isTrue();
  }

  @Test
  void bestEffortWaitsBelowTheWindow() {
    assertThat(delivery(DeliveryMode.BEST_EFFORT).aheadOfFrontier(ago(59), false)).isFalse();
  }

  @Test
  void aWindowThatFollowsAnotherIsMeasuredTooAndSaysNothingOfTheBuffer() {
    Delivery delivery = delivery(DeliveryMode.BEST_EFFORT);
    delivery.aheadOfFrontier(ago(59), false);
    assertThat(delivery.isAhead(ago(61))).isTrue();
    delivery.aheadOfFrontier(ago(14), true);
    assertThat(delivery.isAhead(ago(14))).as("the buffer is still full").isTrue();
  }

  @Test
  void bestEffortGoesOnAheadUntilAQuarterOfTheWindow() {
    Delivery delivery = delivery(DeliveryMode.BEST_EFFORT);
    delivery.aheadOfFrontier(ago(61), false);
    assertThat(delivery.aheadOfFrontier(ago(16), false)).isTrue();
    assertThat(delivery.aheadOfFrontier(ago(14), false)).isFalse();
  }
}

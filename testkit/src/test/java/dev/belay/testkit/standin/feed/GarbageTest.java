package dev.belay.testkit.standin.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.standin.access.Access.TableRef;
import dev.belay.testkit.standin.row.Hlc;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GarbageTest {

  private static final long SECOND = 1_000_000_000L;
  private static final TableRef TABLE = new TableRef("d", 1);

  private final Garbage garbage = new Garbage((database, table) -> Duration.ofSeconds(10));

  private static Hlc at(long second) {
    return new Hlc(second * SECOND, 0);
  }

  private Hlc threshold(Optional<Hlc> protection, long now) {
    return garbage.threshold(TABLE, protection, at(now));
  }

  @Test
  void historyLivesAsLongAsItsTableSays() {
    assertThat(threshold(Optional.empty(), 100)).isEqualTo(at(90));
    assertThat(threshold(Optional.empty(), 5)).isEqualTo(at(0));
  }

  @Test
  void jobKeepsWhatItNeedsAndNotMore() {
    assertThat(threshold(Optional.of(at(50)), 100)).isLessThan(at(50)).isGreaterThan(at(49));
    assertThat(threshold(Optional.of(at(95)), 100)).isEqualTo(at(90));
  }

  @Test
  void whatIsGoneStaysGone() {
    garbage.collect(at(100), Map.of());
    assertThat(threshold(Optional.of(at(50)), 101)).isEqualTo(at(100));
    garbage.collect(at(102), Map.of(TABLE, at(101)));
    assertThat(threshold(Optional.empty(), 103)).isLessThan(at(101)).isGreaterThan(at(100));
  }

  @Test
  void collectionSparesWhatAJobProtects() {
    garbage.collect(at(100), Map.of(TABLE, at(60)));
    assertThat(threshold(Optional.of(at(60)), 101)).isLessThan(at(60));
    assertThat(garbage.threshold(new TableRef("d", 2), Optional.empty(), at(101)))
        .isEqualTo(at(100));
  }
}

package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GcWindowTest {
  private static final TableName TABLE = new TableName("db", "public", "t");
  private static final TableName OTHER = new TableName("db", "public", "u");
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** Of no worker: by the cluster's clock it is the year 2001. */
  private static final HlcTimestamp NOW = at(1_000_000_000);

  private static HlcTimestamp at(long second) {
    return new HlcTimestamp(second * SECOND, 0);
  }

  private static GcWindow window() {
    GcWindow window = new GcWindow();
    window.learned(
        Map.of(TABLE, Duration.ofSeconds(14_400), OTHER, Duration.ofSeconds(90_000)),
        NOW,
        50 * SECOND);
    return window;
  }

  @Test
  void whatIsLeftIsCountedByTheClustersClock() {
    Map<TableName, HlcTimestamp> needed = Map.of(TABLE, at(1_000_000_000 - 400));
    assertThat(window().left(needed, 50 * SECOND)).hasValue(14_000);
    assertThat(window().left(needed, 60 * SECOND)).hasValue(13_990);
    assertThat(window().age(at(999_999_990), 55 * SECOND)).contains(Duration.ofSeconds(15));
  }

  @Test
  void theTableThatHasTheLeastDecides() {
    Map<TableName, HlcTimestamp> needed =
        Map.of(TABLE, at(1_000_000_000), OTHER, at(1_000_000_000 - 89_000));
    assertThat(window().left(needed, 50 * SECOND)).hasValue(1_000);
  }

  @Test
  void timeThatIsOverIsNegativeAndWhatIsNotKnownIsEmpty() {
    assertThat(window().left(Map.of(TABLE, at(1_000_000_000 - 14_401)), 50 * SECOND)).hasValue(-1);
    assertThat(window().left(Map.of(new TableName("d", "p", "x"), NOW), 50 * SECOND)).isEmpty();
    assertThat(window().left(Map.of(), 50 * SECOND)).isEmpty();
    assertThat(new GcWindow().left(Map.of(TABLE, NOW), 0)).isEmpty();
    assertThat(new GcWindow().age(NOW, 0)).isEmpty();
  }

  @Test
  void anotherTimeToLiveIsTaken() {
    GcWindow window = window();
    window.learned(Map.of(TABLE, Duration.ofSeconds(600)), at(1_000_000_100), 150 * SECOND);
    assertThat(window.left(Map.of(TABLE, at(1_000_000_000)), 150 * SECOND)).hasValue(500);
  }
}

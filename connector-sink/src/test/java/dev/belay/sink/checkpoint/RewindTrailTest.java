package dev.belay.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.Seeds;
import dev.belay.sink.change.HlcTimestamp;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Invariant I3 NeverBackwards: a restart reads again from the least offset above the resolved. */
class RewindTrailTest {

  private static HlcTimestamp at(long time) {
    return new HlcTimestamp(time, 0);
  }

  @Test
  void pointsBeforeTheResolvedRecordAtANewerOne() {
    RewindTrail trail = new RewindTrail();
    trail.add(10, at(30));
    trail.add(11, at(55));
    trail.add(12, at(38));
    trail.add(14, at(60));
    assertThat(trail.firstAbove(at(40))).isEqualTo(OptionalLong.of(11));
  }

  @Test
  void isEmptyWhereNothingIsAboveTheResolvedTime() {
    RewindTrail trail = new RewindTrail();
    trail.add(10, at(30));
    assertThat(trail.firstAbove(at(30))).isEmpty();
  }

  @Test
  void pointsAtTheLeastOffsetAboveTheResolvedTime() {
    Seeds.each(
        1_000,
        random ->
            pointsAtTheLeastOffsetAboveTheResolvedTime(
                random.longs(1 + random.nextInt(50), 0, 100).boxed().toList(),
                random.nextInt(100),
                random.nextInt(100)));
  }

  private static void pointsAtTheLeastOffsetAboveTheResolvedTime(
      List<Long> times, long forgotten, long asked) {
    long resolved = Math.max(forgotten, asked);
    RewindTrail trail = new RewindTrail();
    OptionalLong wanted = OptionalLong.empty();
    for (int offset = 0; offset < times.size(); offset++) {
      trail.add(offset, at(times.get(offset)));
      if (wanted.isEmpty() && times.get(offset) > resolved) {
        wanted = OptionalLong.of(offset);
      }
    }
    trail.forgetUpTo(at(forgotten));
    assertThat(trail.firstAbove(at(resolved))).isEqualTo(wanted);
  }

  @Test
  void readsAtMostALittleMoreAgainWhenThereAreMoreStepsThanItKeeps() {
    RewindTrail trail = new RewindTrail();
    Random random = new Random(7);
    long[] times = new long[20_000];
    for (int offset = 0; offset < times.length; offset++) {
      times[offset] = offset * 3L + random.nextInt(5);
      trail.add(offset, at(times[offset]));
    }
    for (long resolved = 0; resolved < 50_000; resolved += 997) {
      int exact = 0;
      while (times[exact] <= resolved) {
        exact++;
      }
      long found = trail.firstAbove(at(resolved)).orElseThrow();
      assertThat(found).isBetween(exact - 20_000L / (RewindTrail.MOST_STEPS / 4), (long) exact);
    }
  }
}

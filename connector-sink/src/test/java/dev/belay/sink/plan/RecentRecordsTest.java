package dev.belay.sink.plan;

import static dev.belay.sink.plan.Given.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.Seeds;
import dev.belay.sink.change.HlcTimestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What tells a repetition from a row that was promised not to come. */
class RecentRecordsTest {
  private static final byte[] KEY = "[1]".getBytes(UTF_8);

  private record Record(String topic, String key, HlcTimestamp time) {
    static Record random(Random random) {
      return new Record(
          "t" + random.nextInt(2),
          "[" + random.nextInt(8) + "]",
          new HlcTimestamp(random.nextInt(4), random.nextInt(2)));
    }

    byte[] bytes() {
      return key.getBytes(UTF_8);
    }
  }

  @Test
  void containsTheRecordsSeenLastAndNoOthers() {
    Seeds.each(200, RecentRecordsTest::containsTheRecordsSeenLastAndNoOthers);
  }

  private static void containsTheRecordsSeenLastAndNoOthers(Random random) {
    int most = 1 + random.nextInt(random.nextBoolean() ? 10 : 150);
    RecentRecords recent = new RecentRecords(most);
    List<Record> seen = new ArrayList<>();
    HlcTimestamp forgotten = HlcTimestamp.NONE;
    for (int i = 0; i < 4 * most; i++) {
      Record next = Record.random(random);
      recent.saw(next.topic(), next.bytes(), next.time());
      seen.add(next);
      if (seen.size() > most) {
        forgotten = HlcTimestamp.max(forgotten, seen.remove(0).time());
      }
      Record asked = Record.random(random);
      assertThat(recent.contains(asked.topic(), asked.bytes(), asked.time()))
          .isEqualTo(seen.contains(asked));
      assertThat(recent.reaches(asked.time())).isEqualTo(asked.time().isAfter(forgotten));
    }
  }

  @Test
  void recordIsRememberedForAsLongAsOneOfItsRepetitionsIs() {
    RecentRecords recent = new RecentRecords(2);
    recent.saw("t", KEY, at(1));
    recent.saw("t", KEY, at(1));
    recent.saw("t", KEY, at(2));
    assertThat(recent.contains("t", KEY, at(1))).isTrue();
    recent.saw("t", KEY, at(3));
    assertThat(recent.contains("t", KEY, at(1))).isFalse();
  }

  @Test
  void memoryOfNothingReachesNoTime() {
    assertThat(new RecentRecords(0).reaches(at(1))).isFalse();
    assertThat(new RecentRecords(1).reaches(at(1))).isTrue();
  }

  @Test
  void whatIsClearedWasNeverSeen() {
    RecentRecords recent = new RecentRecords(1);
    recent.saw("t", KEY, at(1));
    recent.saw("t", KEY, at(2));
    recent.clear();
    assertThat(recent.contains("t", KEY, at(2))).isFalse();
    assertThat(recent.reaches(at(1))).isTrue();
    recent.saw("t", KEY, at(3));
    assertThat(recent.reaches(at(1))).isTrue();
  }
}

package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.testkit.standin.capture.Entry;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The audit finds each fault that it is for. */
class TopicsAgainstLogTest {
  private static final TableShape SHAPE =
      new TableShape(
          7,
          "d",
          "public",
          "t",
          List.of(new Column("id", SqlType.of(SqlType.Kind.INT), false)),
          List.of(0));

  // 1 at 10, 2 at 20, 1 gone at 30, 3 at 40
  private static final List<Entry> LOG =
      List.of(entry(10, 1, false), entry(20, 2, false), entry(30, 1, true), entry(40, 3, false));

  private static Entry entry(long time, int id, boolean gone) {
    Optional<Row> row = Optional.of(Row.owning(new String[] {"" + id}));
    RowChange change =
        gone
            ? new RowChange(SHAPE, row, Optional.empty())
            : new RowChange(SHAPE, Optional.empty(), row);
    return new Entry(new Hlc(time, 0), 1, false, List.of(change), List.of(), List.of());
  }

  private static Contents.Message row(int id, boolean gone, long time) {
    String after = gone ? "null" : "{\"id\": " + id + "}";
    return new Contents.Message(
        "[" + id + "]", "{\"after\": " + after + ", \"updated\": \"" + time + ".0000000000\"}");
  }

  private static Contents.Message resolved(long time) {
    return new Contents.Message("", "{\"resolved\":\"" + time + ".0000000000\"}");
  }

  private static TopicsAgainstLog.Findings scanned(Contents.Message... messages) {
    return audit().scanned(contents(messages), "topic", "t");
  }

  private static TopicsAgainstLog audit() {
    return new TopicsAgainstLog(LOG, new HlcTimestamp(100, 0));
  }

  private static Contents contents(Contents.Message... messages) {
    return new Contents(new TreeMap<>(Map.of("topic-0", new ArrayList<>(List.of(messages)))));
  }

  @Test
  void scanAtAnyTimeAndWhatFollowedIsRight() {
    // between commits, at a commit, and a feed that saw everything
    assertThat(
            scanned(row(1, false, 25), row(2, false, 25), row(1, true, 30), row(3, false, 40))
                .differences())
        .isEmpty();
    assertThat(
            scanned(row(1, false, 20), row(2, false, 20), row(1, true, 30), row(3, false, 40))
                .differences())
        .isEmpty();
    assertThat(
            scanned(row(1, false, 10), row(2, false, 20), row(1, true, 30), row(3, false, 40))
                .differences())
        .isEmpty();
    assertThat(scanned(row(2, false, 50), row(3, false, 50)).differences()).isEmpty();
  }

  @Test
  void scanOfASlowTaskMayBeLaterThanTheLastCommit() {
    TopicsAgainstLog.Findings late = scanned(row(2, false, 150), row(3, false, 150));
    assertThat(late.differences()).isEmpty();
    assertThat(late.messages()).isEqualTo(2);
    assertThat(scanned(row(3, false, 150)).differences())
        .singleElement()
        .asString()
        .contains("missing")
        .contains("[2]");
  }

  @Test
  void everyFaultIsFound() {
    assertThat(scanned(row(1, false, 25), row(1, true, 30), row(3, false, 40)).differences())
        .singleElement()
        .asString()
        .contains("missing")
        .contains("[2]");
    assertThat(scanned(row(1, false, 25), row(2, false, 25), row(3, false, 40)).differences())
        .singleElement()
        .asString()
        .contains("missing")
        .contains("[1]");
    assertThat(scanned(row(2, false, 50), row(9, false, 50), row(3, false, 50)).differences())
        .singleElement()
        .asString()
        .contains("not as committed");
    assertThat(scanned(row(2, false, 50), resolved(50), row(3, false, 50)).differences())
        .singleElement()
        .asString()
        .contains("after resolved");
    assertThat(
            scanned(row(1, true, 30), row(1, false, 25), row(2, false, 25), row(3, false, 40))
                .differences())
        .singleElement()
        .asString()
        .contains("after 30");
    assertThat(scanned().differences()).isNotEmpty();
  }

  @Test
  void repetitionsAreCounted() {
    TopicsAgainstLog.Findings found =
        scanned(row(2, false, 50), row(3, false, 50), row(2, false, 50));
    assertThat(found.differences()).isEmpty();
    assertThat(found.repeats()).isEqualTo(1);
    assertThat(found.messages()).isEqualTo(3);
  }

  @Test
  void feedFromACursorHasEveryCommitSince() {
    Contents topic = contents(row(1, true, 30), row(3, false, 40));
    assertThat(audit().from(new HlcTimestamp(20, 0), topic, "topic", "t").differences()).isEmpty();
    assertThat(audit().from(new HlcTimestamp(10, 0), topic, "topic", "t").differences())
        .singleElement()
        .asString()
        .contains("missing");
  }
}

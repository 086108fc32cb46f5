package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.RealParts;
import dev.belay.sink.harness.Servers;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.TaskHarness;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Column families as records of their own: rows with the key come by topic {@code orders.most}, the
 * rest of them by {@code orders.rest} (invariants I3 NeverBackwards and I5 Referential).
 */
@ParameterizedClass
@EnumSource(Version.class)
class FamiliesIT {
  @RegisterExtension static final RealParts PARTS = new RealParts();
  @RegisterExtension static final Servers SERVERS = new Servers();

  @Parameter Version version;
  private Feed feed;
  private TargetDatabase db;

  @BeforeEach
  void makeFeedAndTarget() throws Exception {
    feed = new Feed(PARTS);
    db = TargetDatabase.on(SERVERS.postgres(version));
    feed.create("orders.most", 1);
    feed.create("orders.rest", 1);
  }

  @AfterEach
  void closeFeed() {
    feed.close();
  }

  private void table(String rest) {
    db.sql("CREATE TABLE orders (id int PRIMARY KEY, a text NOT NULL, " + rest + ")");
  }

  private TaskHarness.Builder task() {
    return TaskHarness.of(PARTS, feed, db, "orders.most", "orders.rest")
        .immediate()
        .set("feed.split.column.families", "true");
  }

  private void most(int id, long time) {
    feed.upsert(
        "orders.most", "[" + id + "]", "{\"a\": \"" + time + "\", \"id\": " + id + "}", time);
  }

  private void rest(int id, long time) {
    feed.upsert("orders.rest", "[" + id + "]", "{\"b\": \"" + time + "\"}", time);
  }

  private void noMost(int id, long time) {
    feed.delete("orders.most", "[" + id + "]", time);
  }

  private void noRest(int id, long time) {
    feed.delete("orders.rest", "[" + id + "]", time);
  }

  private List<String> rows() {
    return db.rows("SELECT id || ':' || a || ':' || coalesce(b, '-') FROM orders ORDER BY id");
  }

  private static void untilRows(TaskHarness task, List<String> wanted, FamiliesIT test) {
    task.until("rows are " + wanted, () -> test.rows().equals(wanted));
  }

  private void untilRows(TaskHarness task, String... wanted) {
    untilRows(task, List.of(wanted), this);
  }

  private static void untilNothingWaits(TaskHarness task) {
    task.untilRead();
    task.until("nothing waits", () -> task.count("blocked-records") == 0);
  }

  /** Every order in which two topics can be read: true for the primary family's. */
  private static List<List<Boolean>> orders(int most, int rest) {
    if (most == 0 && rest == 0) {
      return List.of(List.of());
    }
    List<List<Boolean>> orders = new ArrayList<>();
    for (boolean first : new boolean[] {true, false}) {
      if (first ? most > 0 : rest > 0) {
        for (List<Boolean> later : orders(first ? most - 1 : most, first ? rest : rest - 1)) {
          List<Boolean> order = new ArrayList<>(List.of(first));
          order.addAll(later);
          orders.add(order);
        }
      }
    }
    return orders;
  }

  /** Record {@code number} of a row that is made at 1, changed at 2, gone at 3 and there from 4. */
  private void sendMost(int id, int number) {
    switch (number) {
      case 0 -> most(id, 1);
      case 1 -> noMost(id, 3);
      default -> most(id, 4);
    }
  }

  private void sendRest(int id, int number) {
    switch (number) {
      case 0 -> rest(id, 1);
      case 1 -> rest(id, 2);
      case 2 -> noRest(id, 3);
      default -> rest(id, 4);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "b text,false",
    "b text,true",
    "b text NOT NULL,false",
    "b text NOT NULL,true",
  })
  void familiesMakeTheSameRowInWhateverOrderTheyCome(String column, boolean crashing) {
    table(column);
    List<List<Boolean>> orders = orders(3, 4);
    TaskHarness task = task().start().untilClaimed();
    try {
      int[] most = new int[orders.size()];
      int[] rest = new int[orders.size()];
      for (int turn = 0; turn < 7; turn++) {
        int now = turn;
        feed.pipelined(
            () -> {
              for (int id = 0; id < orders.size(); id++) {
                if (orders.get(id).get(now)) {
                  sendMost(id, most[id]++);
                } else {
                  sendRest(id, rest[id]++);
                }
              }
            });
        task.untilRead();
        if (crashing) {
          task.crash();
          task = task().start().untilClaimed();
        }
      }
      List<String> wanted =
          IntStream.range(0, orders.size()).boxed().sorted().map(id -> id + ":4:4").toList();
      untilRows(task, wanted, this);
      untilNothingWaits(task);
      feed.pipelined(
          () -> {
            for (int id = 0; id < orders.size(); id++) {
              sendRest(id, id % 4);
              sendMost(id, id % 3);
              sendRest(id, (id + 2) % 4);
            }
          });
      untilNothingWaits(task);
      assertThat(rows()).isEqualTo(wanted);
      feed.pipelined(
          () -> {
            for (int id = 0; id < orders.size(); id++) {
              noMost(id, 5);
            }
          });
      untilRows(task);
      feed.pipelined(
          () -> {
            for (int id = 0; id < orders.size(); id++) {
              sendRest(id, 3);
              noRest(id, 5);
              sendMost(id, 2);
            }
          });
      untilNothingWaits(task);
      assertThat(rows()).isEmpty();
    } finally {
      task.crash();
    }
  }

  @Test
  void partOfARowWaitsForTheRow() {
    table("b text");
    try (TaskHarness task = task().start()) {
      rest(1, 5);
      task.until("it waits", () -> task.count("blocked-records") == 1);
      assertThat(rows()).isEmpty();
      most(1, 5);
      untilRows(task, "1:5:5");
      untilNothingWaits(task);
    }
  }

  @Test
  void rowWaitsForTheColumnsThatItCannotBeWithout() {
    table("b text NOT NULL");
    try (TaskHarness task = task().start()) {
      most(1, 5);
      task.until("it waits", () -> task.count("blocked-records") == 1);
      rest(1, 5);
      untilRows(task, "1:5:5");
      most(1, 7);
      untilRows(task, "1:7:5");
    }
  }

  @Test
  void partOfARowWaitsThroughACrash() {
    table("b text");
    TaskHarness first = task().start();
    most(2, 5);
    rest(1, 5);
    rest(2, 6);
    untilRows(first, "2:5:6");
    first.crash();
    try (TaskHarness second = task().start().untilClaimed()) {
      most(1, 5);
      untilRows(second, "1:5:5", "2:5:6");
      untilNothingWaits(second);
    }
  }

  @Test
  void nullOfAPartEmptiesItsColumnsAndMakesNoRow() {
    table("b text");
    try (TaskHarness task = task().start()) {
      most(1, 5);
      rest(1, 5);
      untilRows(task, "1:5:5");
      noRest(1, 6);
      noRest(2, 6);
      untilRows(task, "1:5:-");
      untilNothingWaits(task);
      rest(1, 5);
      most(3, 7);
      untilRows(task, "1:5:-", "3:7:-");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 6, 9})
  void partThatIsNoNewerThanTheDeleteBringsNothingBack(long time) {
    table("b text");
    try (TaskHarness task = task().start()) {
      most(1, 5);
      rest(1, 5);
      untilRows(task, "1:5:5");
      noMost(1, 9);
      untilRows(task);
      rest(1, time);
      untilNothingWaits(task);
      most(1, 12);
      untilRows(task, "1:12:-");
    }
  }

  @Test
  void partOfARowThatIsGoneComesToNothingOnceTheFrontierHasPassedIt() {
    table("b text");
    try (TaskHarness task = task().start()) {
      most(2, 5);
      rest(1, 5);
      task.until("it waits", () -> task.count("blocked-records") == 1);
      feed.resolved("orders.most", 10);
      feed.resolved("orders.rest", 10);
      untilNothingWaits(task);
      assertThat(rows()).containsExactly("2:5:-");
      assertThat(task.count("rejected-total")).isZero();
    }
  }

  @Test
  void rowWhoseColumnsNeverCameIsRejectedOnceTheFrontierHasPassedIt() {
    table("b text NOT NULL");
    TaskHarness task = task().start();
    try {
      most(1, 5);
      task.until("it waits", () -> task.count("blocked-records") == 1);
      feed.resolved("orders.most", 10);
      feed.resolved("orders.rest", 10);
      assertThat(task.untilStopped())
          .contains(
              "offset 0 of topic " + feed.topic("orders.most"),
              "without a default (b) are not in the record");
    } finally {
      task.crash();
    }
  }

  @Test
  void nullOfAFamilyThatIsNotKnownNamesTheSettingThatHelps() {
    table("b text");
    db.sql("INSERT INTO orders VALUES (1, 'old', 'old')");
    TaskHarness stopped = task().start();
    try {
      noRest(1, 5);
      assertThat(stopped.untilStopped()).contains("family.columns=orders.rest=<column>,...");
    } finally {
      stopped.crash();
    }
    try (TaskHarness task =
        task().set("family.columns", "orders.rest=b;orders.most=id,a").start()) {
      untilRows(task, "1:old:-");
      noMost(1, 6);
      untilRows(task);
    }
  }
}

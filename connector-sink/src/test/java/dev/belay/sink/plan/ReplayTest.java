package dev.belay.sink.plan;

import static dev.belay.sink.plan.Given.at;
import static dev.belay.sink.plan.Given.delete;
import static dev.belay.sink.plan.Given.info;
import static dev.belay.sink.plan.Given.key;
import static dev.belay.sink.plan.Given.ofFamily;
import static dev.belay.sink.plan.Given.plan;
import static dev.belay.sink.plan.Given.planner;
import static dev.belay.sink.plan.Given.row;
import static dev.belay.sink.plan.Given.table;
import static dev.belay.sink.plan.Given.texts;
import static dev.belay.sink.plan.Given.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.shape.TableShape;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What was applied ahead of the resolved time is not undone (invariant I3 NeverBackwards). */
class ReplayTest {
  private static final TableShape TABLE =
      table("t", "id int", "a text null", "b text null", "c text null").shape();

  private final Planner planner = planner(TABLE);
  private final Newest newest = new Newest(100);

  private void apply(Change... changes) {
    plan(planner, newest, changes).memory().keepIn(newest);
  }

  private Plan next(Change... changes) {
    return plan(planner, newest, changes);
  }

  @Test
  void olderVersionOfAnAppliedRowIsAReplay() {
    apply(upsert("t", key(1), 5, "id", 1, "a", "x"));
    assertThat(next(upsert("t", key(1), 3, "id", 1, "a", "old")).replays()).containsExactly(0);
  }

  @Test
  void olderVersionOfADeletedRowIsAReplay() {
    apply(delete("t", key(1), 5));
    assertThat(next(upsert("t", key(1), 3, "id", 1, "a", "old")).replays()).containsExactly(0);
  }

  @Test
  void newerVersionIsApplied() {
    apply(upsert("t", key(1), 5, "id", 1, "a", "x"));
    assertThat(texts(next(upsert("t", key(1), 6, "id", 1, "a", "y"))))
        .containsExactly("upsert 1 {id=1, a=y}");
  }

  @Test
  void equalVersionIsAReplay() {
    apply(upsert("t", key(1), 5, "id", 1, "a", "x"));
    assertThat(next(upsert("t", key(1), 5, "id", 1, "a", "x")).replays()).containsExactly(0);
  }

  @Test
  void equalVersionWithOtherColumnsIsApplied() {
    apply(upsert("t", key(1), 5, "id", 1, "a", "x"));
    assertThat(texts(next(upsert("t", key(1), 5, "id", 1, "b", "y"))))
        .containsExactly("upsert 1 {id=1, b=y}");
  }

  @Test
  void everyColumnOfAnEqualVersionIsRemembered() {
    apply(upsert("t", key(1), 5, "id", 1, "a", "x"));
    apply(upsert("t", key(1), 5, "id", 1, "b", "y"));
    apply(upsert("t", key(1), 5, "id", 1, "c", "z"));
    assertThat(next(upsert("t", key(1), 5, "id", 1, "a", "x", "b", "y")).replays())
        .containsExactly(0);
  }

  @Test
  void insertOfARowThatMovedIsAppliedAfterItsDelete() {
    apply(upsert("t", key("us", 1), 3, "id", 1, "a", "x"));
    apply(delete("t", key("us", 1), 5));
    assertThat(texts(next(upsert("t", key("eu", 1), 5, "id", 1, "a", "x"))))
        .containsExactly("upsert 1 {id=1, a=x}");
  }

  @Test
  void deleteOfARowThatMovedIsAReplayAfterItsInsert() {
    apply(upsert("t", key("us", 1), 3, "id", 1, "a", "x"));
    apply(upsert("t", key("eu", 1), 5, "id", 1, "a", "x"));
    assertThat(next(delete("t", key("us", 1), 5)).replays()).containsExactly(0);
  }

  @Test
  void deleteOfARowThatMovedIsAReplayAlsoIfItWasAppliedFirst() {
    apply(delete("t", key("us", 1), 5), upsert("t", key("us", 1), 3, "id", 1, "a", "x"));
    apply(upsert("t", key("eu", 1), 5, "id", 1, "a", "x"));
    assertThat(next(delete("t", key("us", 1), 5)).replays()).containsExactly(0);
  }

  @Test
  void familiesOfARowHaveVersionsOfTheirOwn() {
    apply(new Upsert(ofFamily(info("t", key(1), 5), "f1"), row("id", 1, "a", "x")));
    Plan plan = next(new Upsert(ofFamily(info("t", key(1), 3), "f2"), row("b", "y")));
    assertThat(texts(plan)).containsExactly("update 1 {b=y, id=1}");
  }

  @Test
  void knownChangesAreRememberedAndNotWritten() {
    List<PlanInput> inputs = inputs(true, upsert("t", key(1), 5, "id", 1, "a", "x"));
    Plan plan = planner.plan(inputs, newest, Set.of());
    plan.memory().keepIn(newest);
    assertThat(plan.rows()).isEmpty();
    assertThat(next(upsert("t", key(1), 4, "id", 1, "a", "old")).replays()).containsExactly(0);
  }

  @Test
  void knownChangesCountBeforeNewOnesWhateverTheirOrder() {
    List<PlanInput> inputs =
        Stream.concat(
                inputs(false, upsert("t", key("us", 1), 3, "id", 1, "a", "old")).stream(),
                inputs(true, upsert("t", key("eu", 1), 5, "id", 1, "a", "x")).stream())
            .toList();
    assertThat(planner.plan(inputs, newest, Set.of()).replays()).containsExactly(0);
  }

  @Test
  void knownDeleteIsUnderstoodByARowThatArrivesAfterIt() {
    TableShape pair = table("t", "a int", "b int").key("a", "b").shape();
    Planner pairs = planner(pair);
    List<PlanInput> inputs =
        Stream.concat(
                inputs(true, delete("t", key(2, 1), 5)).stream(),
                inputs(false, upsert("t", key(20, 10), 6, "a", 10, "b", 20)).stream())
            .toList();
    pairs.plan(inputs, newest, Set.of()).memory().keepIn(newest);
    assertThat(plan(pairs, newest, upsert("t", key(2, 1), 4, "a", 1, "b", 2)).replays())
        .containsExactly(0);
  }

  @Test
  void whatIsResolvedIsForgotten() {
    apply(upsert("t", key(1), 5, "id", 1, "a", "x"), upsert("t", key(2), 7, "id", 2, "a", "x"));
    newest.forgetUpTo(at(6));
    assertThat(newest.size()).isEqualTo(1);
  }

  @Test
  void memoryIsBoundedAndSaysWhenItForgets() {
    Newest small = new Newest(2);
    for (int id = 1; id <= 3; id++) {
      plan(planner, small, upsert("t", key(id), 5, "id", id, "a", "x")).memory().keepIn(small);
    }
    assertThat(small.size()).isEqualTo(2);
    assertThat(small.isForgetful()).isTrue();
  }

  private static List<PlanInput> inputs(boolean known, Change... changes) {
    return Arrays.stream(changes).map(c -> new PlanInput(c, known)).toList();
  }

  @Test
  void clearedMemoryKnowsNothingAndHasForgottenNothing() {
    Newest small = new Newest(1);
    plan(planner, small, upsert("t", key(1), 5, "id", 1, "a", "x")).memory().keepIn(small);
    assertThat(small.isForgetful()).isFalse();
    plan(planner, small, upsert("t", key(2), 5, "id", 2, "a", "x")).memory().keepIn(small);
    small.clear();
    assertThat(small.size()).isZero();
    assertThat(small.isForgetful()).isFalse();
  }

  @Test
  void whatIsNewerThanTheResolvedTimeIsRemembered() {
    apply(upsert("t", key(1), 5, "id", 1, "a", "x"), upsert("t", key(2), 7, "id", 2, "a", "x"));
    newest.forgetUpTo(at(6));
    assertThat(next(upsert("t", key(2), 7, "id", 2, "a", "x")).replays()).containsExactly(0);
    assertThat(next(upsert("t", key(1), 5, "id", 1, "a", "x")).replays()).isEmpty();
  }
}

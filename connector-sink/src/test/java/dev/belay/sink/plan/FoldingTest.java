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

import dev.belay.sink.change.Upsert;
import dev.belay.sink.shape.TableShape;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the changes of a window come to for one row (invariants I1 and I3). */
class FoldingTest {
  private static final TableShape TABLE =
      table("t", "id int", "a text null", "b text null default").shape();

  private final Planner planner = planner(TABLE);

  @Test
  void newestChangeWinsInOrderOfArrival() {
    Plan plan =
        plan(
            planner,
            upsert("t", key(1), 3, "id", 1, "a", "x", "b", "x"),
            upsert("t", key(1), 5, "id", 1, "a", "y", "b", "y"));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=y, b=y}");
  }

  @Test
  void newestChangeWinsAgainstTheOrderOfArrival() {
    Plan plan =
        plan(
            planner,
            upsert("t", key(1), 5, "id", 1, "a", "y", "b", "y"),
            upsert("t", key(1), 3, "id", 1, "a", "x", "b", "x"));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=y, b=y}");
  }

  @Test
  void foldedRowTellsItsChangesOldestFirst() {
    Plan plan =
        plan(
            planner,
            upsert("t", key(1), 5, "id", 1, "a", "y"),
            upsert("t", key(1), 3, "id", 1, "a", "x"),
            upsert("t", key(1), 4, "id", 1, "a", "z"));
    assertThat(plan.rows().get(0).changes()).containsExactly(1, 2, 0);
  }

  @Test
  void laterDeleteWinsOverEarlierUpsert() {
    Plan plan = plan(planner, delete("t", key(1), 5), upsert("t", key(1), 3, "id", 1, "a", "x"));
    assertThat(texts(plan)).containsExactly("delete 1");
  }

  @Test
  void laterUpsertWinsOverEarlierDelete() {
    Plan plan =
        plan(planner, upsert("t", key(1), 5, "id", 1, "a", "x", "b", "y"), delete("t", key(1), 3));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=x, b=y}");
  }

  @Test
  void rowThatIsMadeAnewTakesNothingFromItsFormerSelf() {
    Plan plan =
        plan(
            planner,
            upsert("t", key(1), 2, "id", 1, "a", "old", "b", "old"),
            delete("t", key(1), 3),
            upsert("t", key(1), 5, "id", 1, "a", "new"));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=new} reset [b]");
  }

  @Test
  void columnThatTheNewestVersionLacksKeepsItsLastValue() {
    Plan plan =
        plan(
            planner,
            upsert("t", key(1), 3, "id", 1, "a", "x", "b", "kept"),
            upsert("t", key(1), 5, "id", 1, "a", "y"));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=y, b=kept}");
  }

  @Test
  void versionsOfOneTimeAreTheUnionOfTheirColumns() {
    Plan plan =
        plan(
            planner,
            upsert("t", key(1), 5, "id", 1, "a", "x"),
            upsert("t", key(1), 5, "id", 1, "b", "y"));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=x, b=y}");
  }

  @Test
  void exactRepetitionIsAReplay() {
    Upsert once = upsert("t", key(1), 5, "id", 1, "a", "x");
    Plan plan = plan(planner, once, once);
    assertThat(plan.replays()).hasSize(1);
    assertThat(plan.rows().get(0).changes()).hasSize(1);
  }

  @Test
  void rowThatMovesToAnotherRegionIsNotDeleted() {
    Plan plan =
        plan(
            planner,
            upsert("t", key("us", 1), 3, "id", 1, "a", "x", "b", "x"),
            upsert("t", key("eu", 1), 5, "id", 1, "a", "y", "b", "y"),
            delete("t", key("us", 1), 5));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=y, b=y}");
  }

  @Test
  void rowThatMovesToAnotherRegionKeepsColumnsOfTheTargetsOwn() {
    Plan plan =
        plan(
            planner,
            upsert("t", key("us", 1), 3, "id", 1, "a", "x"),
            delete("t", key("us", 1), 5),
            upsert("t", key("eu", 1), 5, "id", 1, "a", "y"));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=y}");
  }

  @Test
  void changeOfThePrimaryKeyIsADeleteAndAnInsert() {
    Plan plan =
        plan(planner, upsert("t", key(2), 5, "id", 2, "a", "x", "b", "x"), delete("t", key(1), 5));
    assertThat(texts(plan)).containsExactly("upsert 2 {id=2, a=x, b=x}", "delete 1");
  }

  @Test
  void columnFamiliesOfOneTimeAreOneRow() {
    Plan plan =
        plan(
            planner,
            new Upsert(ofFamily(info("t", key(1), 5), "f1"), row("id", 1, "a", "x")),
            new Upsert(ofFamily(info("t", key(1), 5), "f2"), row("b", "y")));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=x, b=y}");
  }

  @Test
  void changeLeftOutIsInNoRow() {
    List<PlanInput> changes =
        List.of(
            new PlanInput(upsert("t", key(1), 3, "id", 1, "a", "x"), false),
            new PlanInput(upsert("t", key(1), 5, "id", 1, "a", "y"), false));
    Plan plan = planner.plan(changes, new Newest(10), Set.of(1));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=x}");
  }

  @Test
  void deleteIsUnderstoodByARowThatArrivesAfterIt() {
    TableShape pair = table("t", "a int", "b int").key("a", "b").shape();
    Plan plan =
        plan(
            planner(pair),
            delete("t", key(2, 1), 5),
            upsert("t", key(20, 10), 6, "a", 10, "b", 20));
    assertThat(texts(plan)).contains("delete 1,2");
  }

  @Test
  void newestVersionIsThatOfTheNewestRow() {
    Plan plan =
        plan(
            planner,
            upsert("t", key(1), 7, "id", 1, "a", "x"),
            upsert("t", key(2), 5, "id", 2, "a", "x"));
    assertThat(plan.newestVersion()).isEqualTo(at(7));
  }

  private static Upsert part(Object key, long version, Object... columns) {
    Upsert whole = upsert("t", key(key), version, columns);
    return new Upsert(whole.info(), whole.row(), false);
  }

  @Test
  void rowThatLacksValuesChangesWhatIsThere() {
    FoldedRow row = plan(planner, part(1, 3, "id", 1, "a", "x")).rows().get(0);
    assertThat(row.ifAbsent()).isEqualTo(FoldedRow.IfAbsent.WAIT_FOR_ROW);
  }

  @Test
  void rowThatLacksValuesTakesThemFromTheOneBefore() {
    Plan plan =
        plan(
            planner,
            upsert("t", key(1), 3, "id", 1, "a", "x", "b", "large"),
            part(1, 5, "id", 1, "a", "y"));
    assertThat(texts(plan)).containsExactly("upsert 1 {id=1, a=y, b=large}");
    assertThat(plan.rows().get(0).ifAbsent()).isEqualTo(FoldedRow.IfAbsent.INSERT);
  }

  @Test
  void rowThatLacksValuesOfARowThatIsGoneWaits() {
    Plan plan =
        plan(
            planner,
            upsert("t", key(1), 3, "id", 1, "a", "x", "b", "large"),
            delete("t", key(1), 4),
            part(1, 5, "id", 1, "a", "y"));
    assertThat(plan.rows().get(0).ifAbsent()).isEqualTo(FoldedRow.IfAbsent.WAIT_FOR_ROW);
  }
}

package dev.belay.sink.plan;

import static dev.belay.sink.plan.Given.delete;
import static dev.belay.sink.plan.Given.key;
import static dev.belay.sink.plan.Given.plan;
import static dev.belay.sink.plan.Given.planner;
import static dev.belay.sink.plan.Given.table;
import static dev.belay.sink.plan.Given.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.plan.Plan.Rung;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Step;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The ladder of ways to write a window (invariant I5 Referential). */
class StepOrderTest {
  private static final TableShape PARENT = table("parent", "id int", "v text null").shape();
  private static final TableShape CHILD =
      table("child", "id int", "parent int null").references("parent", "parent", "id").shape();
  private static final TableShape GRANDCHILD =
      table("grandchild", "id int", "child int null").references("child", "child", "id").shape();
  private static final TableShape NODE =
      table("node", "id int", "above int null").references("node", "above", "id").shape();
  private static final TableShape CODED =
      table("coded", "id int", "code text null").unique("code").shape();

  /** One line a statement, its steps joined by {@code +}. */
  private static List<String> stages(Plan plan, String rung) {
    Rung found =
        plan.ladder().stream().filter(r -> r.name().equals(rung)).findFirst().orElseThrow();
    return found.stages().stream()
        .map(stage -> stage.stream().map(StepOrderTest::text).collect(Collectors.joining(" + ")))
        .toList();
  }

  private static String text(Step step) {
    String rows =
        step.rows().stream().map(r -> r.values()[0]).collect(Collectors.joining(",", " ", ""));
    String table = step.table().name().name();
    if (step instanceof Step.Park park) {
      String columns =
          park.columns().stream().map(ColumnShape::name).collect(Collectors.joining(","));
      return "park " + table + "." + columns + rows;
    }
    String kind =
        step instanceof Step.Delete
            ? "delete "
            : step instanceof Step.Update ? "update " : "upsert ";
    return kind + table + rows;
  }

  private static List<String> rungs(Plan plan) {
    return plan.ladder().stream().map(Rung::name).toList();
  }

  @Test
  void upsertsGoParentsFirstAndDeletesChildrenFirst() {
    Plan plan =
        plan(
            planner(PARENT, CHILD, GRANDCHILD),
            delete("parent", key(9), 5),
            upsert("grandchild", key(3), 5, "id", 3, "child", 2),
            delete("grandchild", key(7), 5),
            upsert("child", key(2), 5, "id", 2, "parent", 1),
            upsert("parent", key(1), 5, "id", 1, "v", "x"),
            delete("child", key(8), 5));
    assertThat(stages(plan, Rung.ORDERED))
        .containsExactly(
            "upsert parent 1",
            "upsert child 2",
            "upsert grandchild 3",
            "delete grandchild 7",
            "delete child 8",
            "delete parent 9");
  }

  @Test
  void tablesOfACycleShareAStatement() {
    TableShape a = table("a", "id int", "b int").references("b", "b", "id").shape();
    TableShape b = table("b", "id int", "a int").references("a", "a", "id").shape();
    Plan plan =
        plan(
            planner(a, b),
            upsert("a", key(1), 5, "id", 1, "b", 2),
            upsert("b", key(2), 5, "id", 2, "a", 1));
    assertThat(stages(plan, Rung.ORDERED)).containsExactly("upsert a 1 + upsert b 2");
  }

  @Test
  void tableThatReferencesItselfIsNotCut() {
    Plan plan =
        plan(
            planner(1, NODE),
            upsert("node", key(1), 5, "id", 1, "above", 2),
            upsert("node", key(2), 5, "id", 2, "above", null),
            delete("node", key(3), 5),
            delete("node", key(4), 5));
    assertThat(stages(plan, Rung.ORDERED)).containsExactly("upsert node 1,2", "delete node 3,4");
  }

  @Test
  void otherTablesAreCutIntoStatementsOfTheSizeSet() {
    Plan plan =
        plan(
            planner(2, PARENT),
            upsert("parent", key(1), 5, "id", 1, "v", "x"),
            upsert("parent", key(2), 5, "id", 2, "v", "x"),
            upsert("parent", key(3), 5, "id", 3, "v", "x"));
    assertThat(stages(plan, Rung.ORDERED)).containsExactly("upsert parent 1,2", "upsert parent 3");
  }

  @Test
  void rowsOfDifferentColumnsAreStepsOfTheirOwn() {
    Plan plan =
        plan(
            planner(PARENT),
            upsert("parent", key(1), 5, "id", 1, "v", "x"),
            upsert("parent", key(2), 5, "id", 2));
    assertThat(stages(plan, Rung.ORDERED)).containsExactly("upsert parent 1", "upsert parent 2");
  }

  @Test
  void tableWithoutUniqueValuesHasNothingToPark() {
    Plan plan = plan(planner(PARENT), upsert("parent", key(1), 5, "id", 1, "v", "x"));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED);
  }

  @Test
  void rowsWithUniqueValuesMayGiveWayToEachOther() {
    Plan plan =
        plan(
            planner(CODED),
            upsert("coded", key(1), 5, "id", 1, "code", "x"),
            delete("coded", key(2), 5));
    assertThat(stages(plan, Rung.PARKED))
        .containsExactly("park coded.code 1,2", "upsert coded 1", "delete coded 2");
  }

  @Test
  void rowGivesWayOnlyToOneThatClaimsItsValue() {
    Plan plan =
        plan(
            planner(CODED),
            upsert("coded", key(1), 5, "id", 1, "code", "x"),
            delete("coded", key(2), 5));
    Step.Park park = (Step.Park) plan.ladder().get(1).stages().get(0).get(0);
    Step.Claim claim = park.claims().get(0);
    assertThat(claim.columns()).extracting(ColumnShape::name).containsExactly("code");
    assertThat(claim.rows().get(0).values()).containsExactly("1", "x");
  }

  @Test
  void rowThatDoesNotCarryTheUniqueColumnKeepsIt() {
    Plan plan =
        plan(
            planner(CODED),
            upsert("coded", key(1), 5, "id", 1, "code", "x"),
            upsert("coded", key(2), 5, "id", 2));
    assertThat(stages(plan, Rung.PARKED).get(0)).isEqualTo("park coded.code 1");
  }

  @Test
  void nothingIsParkedWhereNoRowClaimsAUniqueValue() {
    Plan plan = plan(planner(CODED), delete("coded", key(1), 5), delete("coded", key(2), 5));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED);
  }

  @Test
  void whatOnlyTheDatabaseCanCompareGivesWayInAnyCase() {
    TableShape lowered =
        table("coded", "id int", "code text null")
            .unique(
                new UniqueShape("lowered", List.of("code"), false, false, UniqueShape.Match.OTHER))
            .shape();
    Plan plan = plan(planner(lowered), upsert("coded", key(1), 5, "id", 1, "code", "x"));
    Step.Park park = (Step.Park) plan.ladder().get(1).stages().get(0).get(0);
    assertThat(park.claims()).isEmpty();
  }

  @Test
  void nullableColumnOfAForeignKeyMayGiveWay() {
    TableShape profile =
        table("profile", "id int", "person int null")
            .unique("person")
            .references("parent", "person", "id")
            .shape();
    Plan plan = plan(planner(profile), upsert("profile", key(1), 5, "id", 1, "person", 3));
    assertThat(stages(plan, Rung.PARKED).get(0)).isEqualTo("park profile.person 1");
  }

  @Test
  void foreignKeyThatCannotBeNullStaysWhereItIs() {
    TableShape profile =
        table("profile", "id int", "person int")
            .unique("person")
            .references("parent", "person", "id")
            .shape();
    Plan plan = plan(planner(profile), upsert("profile", key(1), 5, "id", 1, "person", 3));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED);
  }

  @Test
  void valueThatOthersReferenceStaysWhereItIs() {
    TableShape user =
        table("visit", "id int", "code text null").references("coded", "code", "code").shape();
    Plan plan =
        plan(
            planner(CODED, user),
            upsert("coded", key(1), 5, "id", 1, "code", "x"),
            upsert("visit", key(1), 5, "id", 1, "code", "x"));
    assertThat(rungs(plan)).doesNotContain(Rung.PARKED);
  }

  @Test
  void deferrableUniqueValuesNeedNotGiveWay() {
    TableShape later =
        table("coded", "id int", "code text null")
            .unique(new UniqueShape("later", List.of("code"), true, false))
            .shape();
    Plan plan = plan(planner(later), upsert("coded", key(1), 5, "id", 1, "code", "x"));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED);
  }

  @Test
  void oneStatementForAllDeletesFirst() {
    Plan plan =
        plan(
            planner(PARENT, CHILD),
            upsert("child", key(2), 5, "id", 2, "parent", 1),
            upsert("parent", key(1), 5, "id", 1, "v", "x"),
            delete("parent", key(9), 5));
    assertThat(stages(plan, Rung.TOGETHER))
        .containsExactly("delete parent 9 + upsert child 2 + upsert parent 1");
  }

  @Test
  void targetThatCannotCombineHasNoStatementForAll() {
    Planner simple =
        new Planner(Given.binder(PARENT), new StepOrder(100, false, (table, column) -> true));
    Plan plan =
        plan(simple, upsert("parent", key(1), 5, "id", 1, "v", "x"), delete("parent", key(9), 5));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED);
  }

  private static Planner rowByRow(TableShape... shapes) {
    return new Planner(Given.binder(shapes), new StepOrder(100, false, (table, column) -> true));
  }

  @Test
  void rowsOfATableThatReferencesItselfComeAfterWhatTheyReference() {
    TableShape node = table("node", "id int", "up int null").references("node", "up", "id").shape();
    Plan plan =
        plan(
            rowByRow(node),
            upsert("node", key(3), 1, "id", 3, "up", 2),
            upsert("node", key(2), 1, "id", 2, "up", 1),
            upsert("node", key(9), 1, "id", 9, "up", 9),
            upsert("node", key(1), 1, "id", 1, "up", 7));
    assertThat(stages(plan, Rung.ORDERED)).containsExactly("upsert node 9,1,2,3");
  }

  @Test
  void rowsOfACircleAreWrittenWithoutReferencesFirst() {
    TableShape head =
        table("head", "id int", "main int null").references("arm", "main", "id").shape();
    TableShape arm = table("arm", "id int", "head int").references("head", "head", "id").shape();
    Plan plan =
        plan(
            rowByRow(head, arm),
            delete("head", key(8), 1),
            delete("arm", key(9), 1),
            upsert("arm", key(2), 1, "id", 2, "head", 1),
            upsert("head", key(1), 1, "id", 1, "main", 2));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED, Rung.DETACHED);
    assertThat(stages(plan, Rung.DETACHED))
        .containsExactly(
            "upsert head 1",
            "upsert arm 2",
            "update head 1",
            "park head.main 8",
            "delete arm 9",
            "delete head 8");
    assertThat(plan.oneByOne().name()).isEqualTo(Rung.DETACHED);
  }

  private static Planner closing(TableShape... shapes) {
    return new Planner(
        Given.binder(shapes), new StepOrder(100, false, (table, column) -> true, circle -> true));
  }

  @Test
  void circleOfReferencesThatCannotBeNullIsAStageWhereTheTargetClosesIt() {
    TableShape a = table("a", "id int", "b int").references("b", "b", "id").shape();
    TableShape b = table("b", "id int", "a int").references("a", "a", "id").shape();
    TableShape toy = table("toy", "id int", "b int").references("b", "b", "id").shape();
    Plan plan =
        plan(
            closing(a, b, toy),
            upsert("toy", key(3), 1, "id", 3, "b", 2),
            upsert("a", key(1), 1, "id", 1, "b", 2),
            upsert("b", key(2), 1, "id", 2, "a", 1),
            delete("a", key(8), 1),
            delete("b", key(9), 1));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED, Rung.CLOSED);
    assertThat(stages(plan, Rung.CLOSED))
        .containsExactlyInAnyOrder(
            "upsert a 1 + upsert b 2",
            "upsert toy 3",
            "park a.b 8 + park b.a 9 + delete b 9 + delete a 8");
    Rung closed = plan.closed().orElseThrow();
    assertThat(closed.stages()).filteredOn(closed::isCircle).hasSize(2);
    assertThat(plan.oneByOne().name()).isEqualTo(Rung.ORDERED);
  }

  @Test
  void circleWithAReferenceThatCanBeNullNeedsNoClosing() {
    TableShape head =
        table("head", "id int", "main int null").references("arm", "main", "id").shape();
    TableShape arm = table("arm", "id int", "head int").references("head", "head", "id").shape();
    Plan plan =
        plan(
            closing(head, arm),
            upsert("arm", key(2), 1, "id", 2, "head", 1),
            upsert("head", key(1), 1, "id", 1, "main", 2));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED, Rung.DETACHED);
  }

  @Test
  void circleOfReferencesThatCannotBeNullHasNoSecondWay() {
    TableShape a = table("a", "id int", "b int").references("b", "b", "id").shape();
    TableShape b = table("b", "id int", "a int").references("a", "a", "id").shape();
    Plan plan =
        plan(
            rowByRow(a, b),
            upsert("a", key(1), 1, "id", 1, "b", 1),
            upsert("b", key(1), 1, "id", 1, "a", 1));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED);
  }

  @Test
  void rowByItselfIsWrittenWithItsUniqueValuesParked() {
    Plan parked =
        plan(
            planner(CODED),
            upsert("coded", key(1), 1, "id", 1, "code", "x"),
            upsert("coded", key(2), 1, "id", 2, "code", "y"));
    assertThat(parked.oneByOne().name()).isEqualTo(Rung.PARKED);
    assertThat(parked.isEmpty()).isFalse();
  }

  @Test
  void rowWithoutUniqueValuesIsWrittenByItselfInOrder() {
    Plan ordered = plan(planner(PARENT), upsert("parent", key(1), 1, "id", 1, "v", "x"));
    assertThat(ordered.oneByOne().name()).isEqualTo(Rung.ORDERED);
  }

  @Test
  void planOfNothingHasNoWays() {
    assertThat(plan(planner(PARENT)).isEmpty()).isTrue();
    assertThat(plan(planner(PARENT)).ladder()).isEmpty();
  }

  @Test
  void stepThatJustFitsAStatementIsNotCut() {
    Plan plan =
        plan(
            planner(2, PARENT),
            upsert("parent", key(1), 1, "id", 1, "v", "x"),
            upsert("parent", key(2), 1, "id", 2, "v", "x"));
    assertThat(stages(plan, Rung.ORDERED)).containsExactly("upsert parent 1,2");
  }

  @Test
  void columnThatTheTargetCannotParkStaysWhereItIs() {
    Planner planner =
        new Planner(Given.binder(CODED), new StepOrder(10, true, (table, column) -> false));
    Plan plan = plan(planner, upsert("coded", key(1), 1, "id", 1, "code", "x"));
    assertThat(rungs(plan)).containsExactly(Rung.ORDERED);
  }

  @Test
  void columnOfNoForeignKeyGivesWayAlsoIfItCannotBeNull() {
    TableShape strict =
        table("strict", "id int", "code text", "parent int null")
            .unique("code")
            .references("parent", "parent", "id")
            .shape();
    Plan plan =
        plan(
            planner(PARENT, strict),
            upsert("parent", key(9), 1, "id", 9, "v", "x"),
            upsert("strict", key(1), 1, "id", 1, "code", "x", "parent", 9),
            upsert("strict", key(2), 1, "id", 2, "code", "y", "parent", 9));
    assertThat(stages(plan, Rung.PARKED).get(0)).isEqualTo("park strict.code 1,2");
  }
}

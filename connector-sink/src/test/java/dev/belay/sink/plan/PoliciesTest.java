package dev.belay.sink.plan;

import static dev.belay.sink.plan.Given.delete;
import static dev.belay.sink.plan.Given.key;
import static dev.belay.sink.plan.Given.plan;
import static dev.belay.sink.plan.Given.table;
import static dev.belay.sink.plan.Given.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.plan.FoldedRow.IfAbsent;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rows and columns that are left out, marked, or gathered. */
class PoliciesTest {
  private static final TableShape TABLE =
      table("t", "id int", "a text null", "gone boolean", "more json null").shape();
  private static final TableShape DATED =
      table("t", "id int", "a text null", "gone time3 null").shape();

  private static Planner planner(ColumnPolicy columns, DeletePolicy deletes, TableShape table) {
    return new Planner(
        Given.binder(columns, deletes, table), new StepOrder(10, true, (t, column) -> true));
  }

  private static Planner marking(TableShape table) {
    return planner(ColumnPolicy.STRICT, DeletePolicy.mark("gone"), table);
  }

  private static FoldedRow row(Planner planner, Change... changes) {
    Plan plan = plan(planner, changes);
    assertThat(plan.misfits()).isEmpty();
    assertThat(plan.rows()).hasSize(1);
    return plan.rows().get(0);
  }

  private static Map<String, String> values(FoldedRow row) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> names = row.columns().stream().map(ColumnShape::name).toList();
    for (int i = 0; i < names.size(); i++) {
      values.put(names.get(i), row.values()[i]);
    }
    return values;
  }

  private static String refusal(Planner planner, Change... changes) {
    Plan plan = plan(planner, changes);
    assertThat(plan.rows()).isEmpty();
    return plan.misfits().get(0).reason().getMessage();
  }

  @Test
  void rowThatIsGoneIsMarkedWhereItIsAndNotMade() {
    FoldedRow row = row(marking(TABLE), delete("t", key(1), 5));

    assertThat(row.delete()).isFalse();
    assertThat(row.ifAbsent()).isEqualTo(IfAbsent.NOTHING);
    assertThat(values(row)).isEqualTo(Map.of("id", "1", "gone", "true"));
  }

  @Test
  void rowThatIsThereIsNotMarked() {
    FoldedRow row = row(marking(TABLE), upsert("t", key(1), 5, "id", 1, "a", "x"));

    assertThat(row.ifAbsent()).isEqualTo(IfAbsent.INSERT);
    assertThat(values(row)).containsEntry("gone", "false").containsEntry("a", "x");
  }

  @Test
  void rowThatCameAndWentInOneWindowIsMadeWithTheMark() {
    for (boolean inOrder : new boolean[] {true, false}) {
      Change there = upsert("t", key(1), 5, "id", 1, "a", "x");
      Change gone = delete("t", key(1), 6);
      FoldedRow row = inOrder ? row(marking(TABLE), there, gone) : row(marking(TABLE), gone, there);

      assertThat(row.ifAbsent()).isEqualTo(IfAbsent.INSERT);
      assertThat(values(row)).containsEntry("gone", "true").containsEntry("a", "x");
    }
  }

  @Test
  void rowThatWentAndCameInOneWindowIsNotMarked() {
    FoldedRow row =
        row(marking(TABLE), delete("t", key(1), 5), upsert("t", key(1), 6, "id", 1, "a", "x"));

    assertThat(row.ifAbsent()).isEqualTo(IfAbsent.INSERT);
    assertThat(values(row)).containsEntry("gone", "false").containsEntry("a", "x");
  }

  @Test
  void halvesOfAMoveLeaveTheRowThereInWhateverOrder() {
    Change gone = delete("t", key(1), 5);
    Change there = upsert("t", key(1), 5, "id", 1, "a", "x");

    assertThat(values(row(marking(TABLE), gone, there))).containsEntry("gone", "false");
    assertThat(values(row(marking(TABLE), there, gone))).containsEntry("gone", "false");
  }

  @Test
  void tableOfNothingButItsKeyIsMadeWithTheMarkToo() {
    TableShape bare = table("t", "id int", "gone boolean").shape();

    FoldedRow row = row(marking(bare), upsert("t", key(1), 5, "id", 1), delete("t", key(1), 6));

    assertThat(row.ifAbsent()).isEqualTo(IfAbsent.INSERT);
    assertThat(values(row)).isEqualTo(Map.of("id", "1", "gone", "true"));
  }

  @Test
  void twoDeletesOfARowMakeNoRow() {
    FoldedRow row = row(marking(TABLE), delete("t", key(1), 5), delete("t", key(1), 7));

    assertThat(row.ifAbsent()).isEqualTo(IfAbsent.NOTHING);
  }

  @Test
  void timeOfTheDeleteIsCutToWhatTheColumnHolds() {
    FoldedRow gone = row(marking(DATED), delete("t", key(1), 1_700_000_000_123_456_789L));
    FoldedRow there = row(marking(DATED), upsert("t", key(1), 5, "id", 1, "a", "x"));

    assertThat(values(gone)).containsEntry("gone", "2023-11-14T22:13:20.123Z");
    assertThat(values(there)).containsEntry("gone", null);
  }

  @Test
  void columnsThatCanBeNoMarkAreRefused() {
    for (TableShape table :
        List.of(
            table("t", "id int", "a text null").shape(),
            table("t", "id int", "a text null", "gone int").shape(),
            table("t", "id int", "a text null", "gone day null").shape(),
            table("t", "id int", "a text null", "gone time3").shape(),
            table("t", "id int", "a text null", "gone boolean generated").shape(),
            table("t", "id int", "gone boolean").key("gone").shape())) {
      assertThat(refusal(marking(table), delete("t", key(1), 5)))
          .contains("delete.mode=mark:gone needs a boolean column", "delete.mode=delete");
    }
  }

  @Test
  void columnThatTheFeedHasItselfIsNoMark() {
    assertThat(refusal(marking(TABLE), upsert("t", key(1), 5, "id", 1, "gone", "x")))
        .contains("The feed itself has column gone", "delete.mode", "columns.ignore");
  }

  @Test
  void ignoredColumnsAreLeftOutByNameTableAndSchema() {
    for (String ignored : List.of("a", "t.a")) {
      Planner planner =
          planner(
              new ColumnPolicy(Set.of(ignored), Map.of(), false, Optional.empty()),
              DeletePolicy.DELETE,
              TABLE);
      assertThat(values(row(planner, upsert("t", key(1), 5, "id", 1, "A", "x", "gone", "true"))))
          .isEqualTo(Map.of("id", "1", "gone", "true"));
    }
    Planner other =
        planner(
            new ColumnPolicy(Set.of("u.a"), Map.of(), false, Optional.empty()),
            DeletePolicy.DELETE,
            TABLE);
    assertThat(values(row(other, upsert("t", key(1), 5, "id", 1, "a", "x")))).containsKey("a");
  }

  @Test
  void columnsHaveTheTargetsNamesAndTheMostTellingPairWins() {
    Map<String, String> pairs = Map.of("note", "other", "t.note", "a", "u.number", "gone");
    Planner planner =
        planner(
            new ColumnPolicy(Set.of(), pairs, false, Optional.empty()), DeletePolicy.DELETE, TABLE);

    assertThat(values(row(planner, upsert("t", key(1), 5, "id", 1, "Note", "x"))))
        .isEqualTo(Map.of("id", "1", "a", "x"));
    assertThat(refusal(planner, upsert("t", key(1), 5, "id", 1, "number", "x")))
        .contains("has no such column");
  }

  @Test
  void keyColumnsCanHaveOtherNames() {
    Planner planner =
        planner(
            new ColumnPolicy(Set.of(), Map.of("number", "id"), false, Optional.empty()),
            DeletePolicy.DELETE,
            TABLE);

    assertThat(values(row(planner, upsert("t", key(7), 5, "number", 7, "a", "x"))))
        .isEqualTo(Map.of("id", "7", "a", "x"));
    assertThat(row(planner, delete("t", key(7), 6)).key()).containsExactly("7");
  }

  @Test
  void deleteFindsTheRowOfTheColumnThatIsNamedForTheKey() {
    Planner planner =
        planner(
            new ColumnPolicy(Set.of("id"), Map.of("uid", "id"), false, Optional.empty()),
            DeletePolicy.DELETE,
            TABLE);
    Change delete =
        new Delete(Given.withBefore(Given.info("t", key(42), 6), Given.row("id", 7, "uid", 42)));

    assertThat(row(planner, upsert("t", key(42), 5, "id", 7, "uid", 42)).key())
        .containsExactly("42");
    assertThat(row(planner, delete).key()).containsExactly("42");
  }

  @Test
  void twoColumnsForOneAreRefused() {
    Planner planner =
        planner(
            new ColumnPolicy(Set.of(), Map.of("b", "a"), false, Optional.empty()),
            DeletePolicy.DELETE,
            TABLE);

    assertThat(refusal(planner, upsert("t", key(1), 5, "id", 1, "a", "x", "b", "y")))
        .contains("several columns", "columns.map");
  }

  @Test
  void familyThatIsNullLeavesIgnoredColumnsAlone() {
    TableShape table = table("t", "id int", "a text null", "b text null").shape();
    Planner planner =
        planner(
            new ColumnPolicy(Set.of("a"), Map.of(), false, Optional.empty()),
            DeletePolicy.DELETE,
            table);
    Change whole = new Upsert(family("f1", 5), Given.row("id", 1));
    Change part = new Upsert(family("f2", 5), Given.row("a", "x", "b", "y"));
    row(planner, whole, part);

    assertThat(values(row(planner, new Delete(family("f2", 6)))).keySet())
        .containsExactlyInAnyOrder("id", "b");
  }

  private static ChangeInfo family(String name, long time) {
    return Given.ofFamily(Given.info("t", key(1), time), name);
  }

  @Test
  void ignoredColumnNeedNotBeThere() {
    Planner planner =
        planner(
            new ColumnPolicy(Set.of("rowid"), Map.of(), false, Optional.empty()),
            DeletePolicy.DELETE,
            TABLE);

    assertThat(values(row(planner, upsert("t", key(1), 5, "id", 1, "rowid", 7))))
        .isEqualTo(Map.of("id", "1"));
  }

  @Test
  void unknownColumnsAreGatheredAsTheFeedHasThem() {
    Planner planner =
        planner(
            new ColumnPolicy(Set.of("secret"), Map.of(), false, Optional.of("more")),
            DeletePolicy.DELETE,
            TABLE);
    Object[] columns = {"id", 1, "x\"y", "a\\\n", "n", 5, "none", null, "secret", "s", "a", "z"};

    assertThat(values(row(planner, upsert("t", key(1), 5, columns))))
        .isEqualTo(
            Map.of(
                "id", "1",
                "a", "z",
                "more", "{\"x\\\"y\":\"a\\\\\\u000a\",\"n\":5,\"none\":null}"));
    assertThat(values(row(planner, upsert("t", key(2), 5, "id", 2, "a", "z"))))
        .doesNotContainKey("more");
  }

  @Test
  void tableWithoutTheColumnTakesNoUnknownColumns() {
    Planner planner =
        planner(
            new ColumnPolicy(Set.of(), Map.of(), false, Optional.of("more")),
            DeletePolicy.DELETE,
            table("t", "id int", "more text null").shape());

    assertThat(refusal(planner, upsert("t", key(1), 5, "id", 1, "b", 2)))
        .contains("columns.unknown=more names no column of type JSON");
    assertThat(values(row(planner, upsert("t", key(1), 5, Arrays.asList("id", 1).toArray()))))
        .isEqualTo(Map.of("id", "1"));
  }
}

package dev.belay.sink.plan;

import static dev.belay.sink.plan.Given.binder;
import static dev.belay.sink.plan.Given.delete;
import static dev.belay.sink.plan.Given.info;
import static dev.belay.sink.plan.Given.key;
import static dev.belay.sink.plan.Given.namedKey;
import static dev.belay.sink.plan.Given.ofFamily;
import static dev.belay.sink.plan.Given.row;
import static dev.belay.sink.plan.Given.table;
import static dev.belay.sink.plan.Given.upsert;
import static dev.belay.sink.plan.Given.withBefore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.plan.UnboundException.Reach;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Changes in the words of the target (invariant I6 Exact values, as far as names go). */
class RowBinderTest {
  private static final TableShape TABLE =
      table("t", "id int", "a text null", "sum dec generated", "b text null").shape();
  private static final TableShape PARTITIONED =
      table("t", "id int", "day text", "a text null").key("id", "day").shape();

  private static Map<String, String> bound(RowBinder binder, Change change)
      throws UnboundException {
    BoundChange bound = binder.bind(0, change);
    Map<String, String> values = new LinkedHashMap<>();
    for (int c = 0; c < bound.columns().size(); c++) {
      values.put(bound.columns().get(c).name(), bound.values()[c]);
    }
    return values;
  }

  private static UnboundException refusal(RowBinder binder, Change change) {
    UnboundException[] thrown = new UnboundException[1];
    assertThatThrownBy(() -> binder.bind(0, change))
        .isInstanceOfSatisfying(UnboundException.class, e -> thrown[0] = e);
    return thrown[0];
  }

  private static Delete nullOf(String family) {
    return new Delete(ofFamily(info("t", key(1), 6), family));
  }

  @Test
  void nullOfAFamilyWithoutTheKeyEmptiesItsColumns() throws Exception {
    RowBinder binder = binder(TABLE);
    bound(binder, new Upsert(ofFamily(info("t", key(2), 5), "rest"), row("b", "x")));
    BoundChange change = binder.bind(0, nullOf("rest"));
    assertThat(change.kin().part()).isTrue();
    assertThat(change.columns()).extracting(ColumnShape::name).containsExactly("id", "b");
    assertThat(change.values()).containsExactly("1", null);
  }

  @Test
  void nullOfAFamilyWithAColumnThatCannotBeNullEmptiesNothing() throws Exception {
    RowBinder binder = binder(table("t", "id int", "a text null", "b text").shape());
    bound(binder, new Upsert(ofFamily(info("t", key(2), 5), "rest"), row("a", "x", "b", "x")));
    assertThat(binder.bind(0, nullOf("rest")).columns())
        .extracting(ColumnShape::name)
        .containsExactly("id");
  }

  @Test
  void beforeImageShowsTheColumnsOfAFamily() throws Exception {
    Delete delete =
        new Delete(withBefore(ofFamily(info("t", key(1), 6), "rest"), row("a", "x", "b", "x")));
    assertThat(binder(TABLE).bind(0, delete).columns())
        .extracting(ColumnShape::name)
        .containsExactly("id", "a", "b");
  }

  @Test
  void nullOfAFamilyThatWasNeverSeenIsRefused() {
    UnboundException refusal = refusal(binder(TABLE), nullOf("rest"));
    assertThat(refusal.reach()).isEqualTo(Reach.RECORD);
    assertThat(refusal.getMessage())
        .contains("column family rest")
        .contains("family.columns=t.rest=<column>,...");
  }

  @Test
  void columnsOfAFamilyCanBeGiven() throws Exception {
    RowBinder binder =
        binder(
            Map.of(), Map.of("t.rest", List.of("b"), "t.most", List.of("id", "a")), false, TABLE);
    assertThat(binder.bind(0, nullOf("rest")).columns())
        .extracting(ColumnShape::name)
        .containsExactly("id", "b");
    assertThat(binder.bind(0, nullOf("most")).kin().part()).isFalse();
  }

  @Test
  void columnOfAFamilyThatTheTargetLacksStopsTheTable() {
    RowBinder binder = binder(Map.of(), Map.of("t.rest", List.of("x")), false, TABLE);
    UnboundException refusal = refusal(binder, nullOf("rest"));
    assertThat(refusal.reach()).isEqualTo(Reach.TABLE);
    assertThat(refusal.getMessage()).contains("family.columns names column x");
  }

  @Test
  void familyWithHalfOfTheKeyStopsTheTable() {
    UnboundException refusal =
        refusal(
            binder(PARTITIONED),
            new Upsert(ofFamily(info("t", key(1, "mo"), 5), "rest"), row("day", "mo", "a", "x")));
    assertThat(refusal.reach()).isEqualTo(Reach.TABLE);
    assertThat(refusal.getMessage()).contains("some columns of the primary key");
  }

  @Test
  void nullOfTheFamilyWithTheKeyIsADelete() throws Exception {
    RowBinder binder = binder(TABLE);
    bound(binder, new Upsert(ofFamily(info("t", key(1), 5), "most"), row("id", 1, "a", "x")));
    assertThat(binder.bind(0, new Delete(ofFamily(info("t", key(1), 6), "most"))).delete())
        .isTrue();
  }

  @Test
  void absentColumnIsNotWritten() throws Exception {
    assertThat(bound(binder(TABLE), upsert("t", key(1), 5, "id", 1, "a", "x")))
        .containsOnlyKeys("id", "a");
  }

  @Test
  void nullColumnIsWrittenAsNull() throws Exception {
    assertThat(bound(binder(TABLE), upsert("t", key(1), 5, "id", 1, "a", null)))
        .containsEntry("a", null);
  }

  @Test
  void generatedColumnIsLeftOut() throws Exception {
    assertThat(bound(binder(TABLE), upsert("t", key(1), 5, "id", 1, "sum", 7, "a", "x")))
        .containsOnlyKeys("id", "a");
  }

  @Test
  void columnNameMatchesWithoutRegardToCase() throws Exception {
    assertThat(bound(binder(TABLE), upsert("t", key(1), 5, "ID", 1, "A", "x")))
        .containsEntry("id", "1")
        .containsEntry("a", "x");
  }

  @Test
  void exactNameWinsOverOneThatDiffersByCase() throws Exception {
    TableShape both = table("t", "id int", "A text null", "a text null").shape();
    assertThat(bound(binder(both), upsert("t", key(1), 5, "id", 1, "a", "small", "A", "large")))
        .containsEntry("a", "small")
        .containsEntry("A", "large");
  }

  @Test
  void twoColumnsForOneAreRefused() {
    assertThat(refusal(binder(TABLE), upsert("t", key(1), 5, "id", 1, "a", "x", "A", "y")))
        .hasMessageContaining("differ from a of target table s.t by case only");
  }

  @Test
  void unknownColumnIsRefusedAndMayBeDrift() {
    UnboundException refusal = refusal(binder(TABLE), upsert("t", key(1), 5, "id", 1, "rowid", 7));
    assertThat(refusal)
        .hasMessageContaining("column rowid")
        .hasMessageContaining("columns.unknown=ignore");
    assertThat(refusal.mayBeDrift()).isTrue();
  }

  @Test
  void unknownColumnIsLeftOutIfTheUserSaysSo() throws Exception {
    RowBinder binder = binder(Map.of(), true, TABLE);
    assertThat(bound(binder, upsert("t", key(1), 5, "id", 1, "rowid", 7))).containsOnlyKeys("id");
  }

  @Test
  void valueThatDoesNotFitMayBeDriftAndIsNotQuoted() {
    UnboundException refusal =
        refusal(binder(TABLE), upsert("t", key(1), 5, "id", new BigDecimal("424242.5")));
    assertThat(refusal.getMessage()).contains("s.t.id (int)").doesNotContain("424242");
    assertThat(refusal.mayBeDrift()).isTrue();
  }

  @Test
  void keyIsThatOfTheRow() throws Exception {
    assertThat(binder(TABLE).bind(0, upsert("t", key(9, 1), 5, "id", 1, "a", "x")).key())
        .containsExactly("1");
  }

  @Test
  void keyThatTheRowLacksComesFromTheKafkaKey() throws Exception {
    assertThat(bound(binder(TABLE), upsert("t", key(1), 5, "a", "x"))).containsEntry("id", "1");
  }

  @Test
  void namedKeyIsReadByName() throws Exception {
    TableShape pair = table("t", "a int", "b int").key("a", "b").shape();
    KeyParts key = namedKey("b", 2, "a", 1, "crdb_region", "eu");
    assertThat(binder(pair).bind(0, delete("t", key, 5)).key()).containsExactly("1", "2");
  }

  @Test
  void namedKeyThatLacksAColumnIsRefused() {
    TableShape pair = table("t", "a int", "b int").key("a", "b").shape();
    assertThat(refusal(binder(pair), delete("t", namedKey("a", 1), 5)))
        .hasMessageContaining("column b")
        .hasMessageContaining("option diff");
  }

  @Test
  void beforeImageNamesTheRowOfADelete() throws Exception {
    TableShape pair = table("t", "a int", "b int").key("a", "b").shape();
    Delete change = new Delete(withBefore(info("t", key(2, 1), 5), row("a", 1, "b", 2)));
    assertThat(binder(pair).bind(0, change).key()).containsExactly("1", "2");
  }

  @Test
  void nullInANamedKeyIsRefused() {
    assertThat(refusal(binder(TABLE), delete("t", namedKey("id", Datum.Null.NULL), 5)))
        .hasMessageContaining("Key column s.t.id is NULL");
  }

  @Test
  void nullInARowsKeyIsRefused() {
    assertThat(refusal(binder(TABLE), upsert("t", key(1), 5, "id", null)))
        .hasMessageContaining("Key column s.t.id is NULL");
  }

  @Test
  void keysOfOneValueAreOneRow() throws Exception {
    TableShape decimal = table("t", "id dec", "a text null").shape();
    RowBinder binder = binder(decimal);
    assertThat(binder.bind(0, delete("t", key(new BigDecimal("5.00")), 5)).row())
        .isEqualTo(binder.bind(1, delete("t", key(5), 5)).row());
  }

  @Test
  void rowsOfOneSetOfColumnsShareTheirColumnList() throws Exception {
    RowBinder binder = binder(TABLE);
    List<ColumnShape> first = binder.bind(0, upsert("t", key(1), 5, "id", 1, "a", "x")).columns();
    assertThat(binder.bind(1, upsert("t", key(2), 5, "id", 2, "a", "y")).columns()).isSameAs(first);
  }

  @Test
  void missingTableStopsTheTable() {
    UnboundException refusal = refusal(binder(), upsert("t", key(1), 5, "id", 1));
    assertThat(refusal.reach()).isEqualTo(Reach.TABLE);
    assertThat(refusal).hasMessageContaining("has no table t");
  }

  @Test
  void tableWithoutAPrimaryKeyStopsTheTable() {
    UnboundException refusal =
        refusal(binder(table("t", "id int").key().shape()), upsert("t", key(1), 5, "id", 1));
    assertThat(refusal.reach()).isEqualTo(Reach.TABLE);
    assertThat(refusal).hasMessageContaining("has no primary key");
  }

  @Test
  void targetKeyWithMoreColumnsThanTheFeedsStopsTheTable() {
    UnboundException refusal =
        refusal(binder(PARTITIONED), upsert("t", key(1), 5, "id", 1, "day", "mon"));
    assertThat(refusal.reach()).isEqualTo(Reach.TABLE);
    assertThat(refusal).hasMessageContaining("option diff");
  }

  @Test
  void targetKeyWithMoreColumnsThanTheFeedsIsFineWhileTheBeforeImageHasTheSameKey()
      throws Exception {
    Upsert change =
        new Upsert(
            withBefore(info("t", key(1), 5), row("id", 1, "day", "mon", "a", "old")),
            row("id", 1, "day", "mon", "a", "new"));
    assertThat(binder(PARTITIONED).bind(0, change).key()).containsExactly("1", "mon");
  }

  @Test
  void updateThatWouldLeaveTheOldRowBehindIsRefused() {
    Upsert change =
        new Upsert(
            withBefore(info("t", key(1), 5), row("id", 1, "day", "mon", "a", "x")),
            row("id", 1, "day", "tue", "a", "x"));
    assertThat(refusal(binder(PARTITIONED), change))
        .hasMessageContaining("changes column day")
        .hasMessageContaining("leave the old row behind");
  }

  @Test
  void twoFeedTablesForOneTargetTableAreRefused() throws Exception {
    TableShape shape = table("t", "id int").shape();
    RowBinder binder =
        new RowBinder(
            new TableMap(Map.of(), "s"),
            new KeyColumns(Map.of()),
            FamilyColumns.NONE,
            ColumnPolicy.STRICT,
            DeletePolicy.DELETE,
            name -> Optional.of(shape));
    binder.bind(0, inSchema("east"));
    assertThat(refusal(binder, inSchema("west")))
        .hasMessageContaining("east.t and west.t both go to target table s.t");
  }

  /** Databases are what MySQL has in place of schemas. */
  @Test
  void tablesOfTwoDatabasesForOneTargetTableAreRefused() throws Exception {
    TableShape shape = table("t", "id int").shape();
    RowBinder binder =
        new RowBinder(
            new TableMap(Map.of(), ""),
            new KeyColumns(Map.of()),
            FamilyColumns.NONE,
            ColumnPolicy.STRICT,
            DeletePolicy.DELETE,
            name -> Optional.of(shape));
    binder.bind(0, of(new TableName("shop", "", "t")));
    binder.bind(1, of(new TableName("shop", "", "t")));
    assertThat(refusal(binder, of(new TableName("archive", "", "t"))))
        .hasMessageContaining("shop.t and archive.t both go to target table");
  }

  private static Upsert of(TableName table) {
    var info = info("t", key(1), 5);
    return new Upsert(
        new ChangeInfo(
            info.origin(), table, "", info.key(), info.updated(), info.mvcc(), info.before()),
        row("id", 1));
  }

  private static Upsert inSchema(String schema) {
    return of(TableName.of(schema, "t"));
  }

  @Test
  void beforeImageWithoutTheKeyLeavesItToTheKafkaKey() throws Exception {
    RowBinder binder = Given.binder(Given.table("k", "id int", "v text null").shape());
    Delete delete =
        new Delete(Given.withBefore(Given.info("k", Given.key(7), 1), Given.row("v", "x")));
    assertThat(binder.bind(0, delete).key()).containsExactly("7");
  }

  @Test
  void namedKeyOfFewerColumnsThanTheTargetsStopsTheTable() {
    RowBinder binder =
        Given.binder(
            Given.table("k", "id int", "region text", "v text null").key("region", "id").shape());
    assertThatThrownBy(
            () ->
                binder.bind(
                    0, Given.upsert("k", Given.namedKey("id", 1), 1, "id", 1, "region", "eu")))
        .isInstanceOf(UnboundException.class)
        .hasMessageContaining("has more columns than the key of");
  }

  @Test
  void namedKeyOfAllColumnsIsWhole() throws Exception {
    RowBinder binder =
        Given.binder(
            Given.table("k", "id int", "region text", "v text null").key("region", "id").shape());
    BoundChange bound =
        binder.bind(
            0,
            Given.upsert("k", Given.namedKey("id", 1, "region", "eu"), 1, "id", 1, "region", "eu"));
    assertThat(bound.key()).containsExactly("eu", "1");
  }

  @Test
  void nullOfAFamilyIsNoDriftAndAnUnknownColumnMayBe() {
    RowBinder binder = Given.binder(Given.table("k", "id int", "v text null").shape());
    assertThatThrownBy(
            () -> binder.bind(0, new Delete(Given.ofFamily(Given.info("k", Given.key(1), 1), "f"))))
        .isInstanceOfSatisfying(UnboundException.class, e -> assertThat(e.mayBeDrift()).isFalse());
  }

  @Test
  void shapesAreReadAgainOnceTheyAreForgotten() throws Exception {
    AtomicReference<TableShape> catalog = new AtomicReference<>(Given.table("k", "id int").shape());
    RowBinder binder =
        new RowBinder(
            new TableMap(Map.of(), ""),
            new KeyColumns(Map.of()),
            FamilyColumns.NONE,
            ColumnPolicy.STRICT,
            DeletePolicy.DELETE,
            name -> Optional.of(catalog.get()));
    Planner planner = new Planner(binder, new StepOrder(10, true, (table, column) -> true));
    Change change = Given.upsert("k", Given.key(1), 1, "id", 1, "v", "x");
    catalog.set(Given.table("k", "id int", "v text null").shape());
    assertThat(Given.plan(planner, change).misfits()).isEmpty();
    catalog.set(Given.table("k", "id int").shape());
    assertThat(Given.plan(planner, change).misfits()).isEmpty();
    planner.forgetShapes();
    assertThat(Given.plan(planner, change).misfits()).hasSize(1);
  }
}

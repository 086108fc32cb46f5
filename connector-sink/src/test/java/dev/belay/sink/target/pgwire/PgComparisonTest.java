package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Comparison;
import dev.belay.testkit.docs.CommittedText;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The text of comparisons; {@code ConflictsIT} has the servers take it. */
class PgComparisonTest {
  private static final ColumnShape ID = column("id", new IntegerForm("bigint", 0, 9), "int8");
  private static final ColumnShape TOTAL =
      column("total", new DecimalForm("numeric(10,2)", 10, 2, false), "numeric");
  private static final ColumnShape NOTE =
      column("Note", new TextForm("text", TextForm.Flavor.TEXT, 0), "text");
  private static final ColumnShape DOC = column("doc", new JsonForm("json", false), "json");
  private static final ColumnShape AT =
      column("at", new TimestampForm("timestamptz", 6, true), "timestamptz");
  private static final TableShape ORDERS =
      new TableShape(
          TableName.of("shop", "orders"),
          List.of(ID, TOTAL, NOTE, DOC, AT),
          List.of("id"),
          false,
          List.of(),
          List.of());

  private static ColumnShape column(String name, ValueForm form, String type) {
    return new ColumnShape(
        name,
        type,
        form.kind(),
        true,
        false,
        false,
        new PgColumn(
            form,
            PgColumn.Parameter.of(Identifiers.quote("pg_catalog", type)),
            "=",
            false,
            true,
            PgColumn.NO_PARKING));
  }

  /**
   * @param after the row to be, and with it what tells its age; none of both for a row that goes
   */
  private static void golden(
      String name,
      List<ColumnShape> before,
      List<ColumnShape> after,
      boolean byColumn,
      Optional<ColumnShape> version,
      boolean commitTime)
      throws Exception {
    Comparison comparison =
        new Comparison(
            ORDERS,
            before,
            !before.isEmpty(),
            after,
            !after.isEmpty(),
            byColumn,
            version,
            commitTime,
            List.of());
    CommittedText.assertCommitted(
        Path.of("src", "test", "resources", "sql", "postgres", name + ".sql"),
        new PgComparison(comparison, "t.committed").sql() + "\n");
  }

  @Test
  void rowIsComparedWithWhatItWasAndWithWhatItIsToBe() throws Exception {
    List<ColumnShape> columns = List.of(TOTAL, NOTE, DOC);
    golden("compare", columns, columns, false, Optional.empty(), true);
  }

  @Test
  void columnsOfBothAreComparedOneByOneToBeMerged() throws Exception {
    golden(
        "compare-columns", List.of(TOTAL, NOTE), List.of(NOTE, DOC), true, Optional.empty(), false);
  }

  @Test
  void rowThatIsNewIsComparedByItsVersion() throws Exception {
    golden("compare-version", List.of(), List.of(TOTAL, AT), false, Optional.of(AT), false);
  }

  @Test
  void rowThatIsGoneIsComparedWithWhatItWas() throws Exception {
    golden("compare-delete", List.of(NOTE), List.of(), false, Optional.empty(), false);
  }
}

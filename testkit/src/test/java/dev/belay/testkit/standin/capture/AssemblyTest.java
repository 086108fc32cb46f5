package dev.belay.testkit.standin.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.standin.capture.PgOutput.Tuple;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.Kind;
import dev.belay.testkit.standin.row.TableShape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AssemblyTest {

  private static final TableShape FOO =
      new TableShape(
          1,
          "d",
          "public",
          "foo",
          List.of(
              new Column("a", SqlType.of(Kind.INT), false),
              new Column("b", SqlType.of(Kind.STRING), true)),
          List.of(0));

  private final Assembly transaction = new Assembly(new PgOutput.Begin(5, 7));

  private static Tuple tuple(String a, String b) {
    return new Tuple(new String[] {a, b}, new boolean[2]);
  }

  private static Optional<Row> row(String a, String b) {
    return Optional.of(Row.of(List.of(Optional.of(a), Optional.of(b))));
  }

  private void insert(String a, String b) {
    transaction.insert(FOO, new PgOutput.Insert(1, tuple(a, b)));
  }

  private void update(Tuple before, Tuple after) {
    transaction.update(FOO, new PgOutput.Update(1, Optional.of(before), after));
  }

  private void delete(String a, String b) {
    transaction.delete(FOO, new PgOutput.Delete(1, tuple(a, b)));
  }

  private List<RowChange> changes() {
    return transaction.committedAt(new Hlc(5, 0)).changes();
  }

  @Test
  void keepsTheFirstBeforeAndTheLastAfter() {
    update(tuple("1", "x"), tuple("1", "y"));
    update(tuple("1", "y"), tuple("1", "z"));
    assertThat(changes()).containsExactly(new RowChange(FOO, row("1", "x"), row("1", "z")));
  }

  @Test
  void rowThatCameAndWentLeavesNothing() {
    insert("1", "x");
    delete("1", "x");
    assertThat(changes()).isEmpty();
  }

  @Test
  void deletedAndInsertedAgainIsAnUpdate() {
    delete("1", "x");
    insert("1", "y");
    assertThat(changes()).containsExactly(new RowChange(FOO, row("1", "x"), row("1", "y")));
  }

  @Test
  void keysThatSwapAreTwoUpdates() {
    update(tuple("1", "x"), tuple("3", "x"));
    update(tuple("2", "y"), tuple("1", "y"));
    update(tuple("3", "x"), tuple("2", "x"));
    assertThat(changes())
        .containsExactlyInAnyOrder(
            new RowChange(FOO, row("1", "x"), row("1", "y")),
            new RowChange(FOO, row("2", "y"), row("2", "x")));
  }

  @Test
  void originOfAHiddenSessionHidesTheTransaction() {
    transaction.origin(new PgOutput.Origin(Bootstrap.HIDDEN_ORIGIN + "3"));
    assertThat(transaction.committedAt(new Hlc(5, 0)).hidden()).isTrue();
  }

  @Test
  void valueThatWasNotSentAgainComesFromTheRowBefore() {
    update(tuple("1", "large"), new Tuple(new String[] {"1", null}, new boolean[] {false, true}));
    assertThat(changes()).containsExactly(new RowChange(FOO, row("1", "large"), row("1", "large")));
  }
}

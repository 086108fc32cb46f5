package dev.belay.testkit.standin.capture;

import dev.belay.testkit.standin.capture.PgOutput.Tuple;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.TableShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folds the statements of one transaction into what it did to each row in the end. Only the last
 * write of a row counts; a row that came and went within the transaction leaves nothing; an update
 * of the key is a delete and an insert.
 */
final class Assembly {

  private record RowId(long table, List<String> key) {}

  private final long commitNanos;
  private final int transactionId;
  private final Map<RowId, RowChange> changes = new LinkedHashMap<>();
  private final List<Entry.Loss> losses = new ArrayList<>();
  private final List<Entry.Alteration> alterations = new ArrayList<>();
  private boolean hidden;

  Assembly(PgOutput.Begin begin) {
    this.commitNanos = begin.commitNanos();
    this.transactionId = begin.xid();
  }

  long commitNanos() {
    return commitNanos;
  }

  void origin(PgOutput.Origin origin) {
    hidden = origin.name().startsWith(Bootstrap.HIDDEN_ORIGIN);
  }

  void lose(long tableId, boolean dropped) {
    losses.add(new Entry.Loss(tableId, dropped));
  }

  void alter(long tableId, boolean rewritten) {
    alterations.add(new Entry.Alteration(tableId, rewritten));
  }

  void insert(TableShape shape, PgOutput.Insert insert) {
    write(shape, Optional.empty(), Row.owning(insert.after().texts()));
  }

  void update(TableShape shape, PgOutput.Update update) {
    Optional<Row> before = update.before().map(Tuple::texts).map(Row::owning);
    Row after = Row.owning(update.after().completedFrom(update.before()));
    List<String> key = after.keyOf(shape);
    boolean sameKey = before.map(row -> row.keyOf(shape).equals(key)).orElse(true);
    if (sameKey) {
      write(shape, before, after);
    } else {
      erase(shape, before.orElseThrow());
      write(shape, Optional.empty(), after);
    }
  }

  void delete(TableShape shape, PgOutput.Delete delete) {
    erase(shape, Row.owning(delete.before().texts()));
  }

  private void write(TableShape shape, Optional<Row> before, Row after) {
    RowId id = new RowId(shape.id(), after.keyOf(shape));
    changes.merge(
        id,
        new RowChange(shape, before, Optional.of(after)),
        (first, last) -> new RowChange(shape, first.before(), last.after()));
  }

  private void erase(TableShape shape, Row before) {
    RowId id = new RowId(shape.id(), before.keyOf(shape));
    changes.merge(
        id,
        new RowChange(shape, Optional.of(before), Optional.empty()),
        // Null takes the row out: it was not there before the transaction, and is not after it.
        (first, last) ->
            first.before().isEmpty()
                ? null
                : new RowChange(shape, first.before(), Optional.empty()));
  }

  Entry committedAt(Hlc time) {
    return new Entry(
        time, transactionId, hidden, List.copyOf(changes.values()), losses, alterations);
  }
}

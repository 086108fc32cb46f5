package dev.belay.testkit.standin.encode;

import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Family;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import java.util.Optional;

/**
 * A row change on its way to a topic.
 *
 * @param updated when it was committed; for a row of a scan, the time of the scan
 * @param mvcc when this version of the row was committed
 * @param topic where it goes
 * @param processedNanos when it is sent, nanoseconds since the Unix epoch
 * @param family the only columns that it tells of; empty for all
 */
public record Event(
    RowChange change,
    Hlc updated,
    Hlc mvcc,
    String topic,
    long processedNanos,
    Optional<Family> family) {

  /** Of a whole row. */
  public Event(RowChange change, Hlc updated, Hlc mvcc, String topic, long processedNanos) {
    this(change, updated, mvcc, topic, processedNanos, Optional.empty());
  }

  Optional<Row> before() {
    return part(change.before());
  }

  Optional<Row> after() {
    return part(change.after());
  }

  private Optional<Row> part(Optional<Row> row) {
    return family.isEmpty() ? row : family.get().in(change.shape(), row);
  }

  boolean tells(Column column) {
    return family.isEmpty() || family.get().has(column.name());
  }
}

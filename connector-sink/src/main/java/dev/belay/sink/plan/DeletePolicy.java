package dev.belay.sink.plan;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of rows that the feed deletes: they go, or stay with a mark in a column of theirs.
 *
 * @param column the column of the mark; empty if rows go
 */
public record DeletePolicy(Optional<String> column) {
  /** Rows go. */
  public static final DeletePolicy DELETE = new DeletePolicy(Optional.empty());

  /** Nanoseconds since 1970. */
  private static final long A_TIME_OF_DAY = 1_700_000_001_000_000_000L;

  private static final List<ChronoUnit> PRECISIONS =
      List.of(ChronoUnit.MICROS, ChronoUnit.MILLIS, ChronoUnit.SECONDS);

  /** Rows stay, and a column says so. */
  public static DeletePolicy mark(String column) {
    return new DeletePolicy(Optional.of(column));
  }

  /**
   * The mark of one table.
   *
   * @param column one of the table's
   */
  record Mark(TableShape table, ColumnShape column) {

    /** What is bound where the row is there; null is NULL. */
    String none() throws UnfitValueException {
      return isBoolean() ? column.codec().encode(Datum.Bool.FALSE) : null;
    }

    /**
     * What is bound where the row is gone: true, or when that was, cut to what the column holds.
     */
    String gone(HlcTimestamp when) throws UnfitValueException {
      if (isBoolean()) {
        return column.codec().encode(Datum.Bool.TRUE);
      }
      Instant instant = Instant.EPOCH.plusNanos(when.wallNanos());
      UnfitValueException unfit = null;
      for (ChronoUnit precision : PRECISIONS) {
        try {
          return column.codec().encode(new Datum.Text(instant.truncatedTo(precision).toString()));
        } catch (UnfitValueException e) {
          unfit = e;
        }
      }
      throw unfit;
    }

    private boolean isBoolean() {
      try {
        column.codec().encode(Datum.Bool.TRUE);
        return true;
      } catch (UnfitValueException e) {
        return false;
      }
    }
  }

  /**
   * @throws UnboundException if the table has no such column, or the column can be no mark
   */
  Optional<Mark> in(TableColumns table) throws UnboundException {
    if (column.isEmpty()) {
      return Optional.empty();
    }
    ColumnShape found =
        table
            .own(column.get())
            .filter(c -> !c.generated())
            .orElseThrow(() -> refused(table, "has no such column that can be written"));
    Mark mark = new Mark(table.shape(), found);
    if (table.shape().key().contains(found)) {
      throw refused(table, "has it in its primary key");
    }
    try {
      // neither midnight, which a date would take, nor 1970, which some types do not have
      mark.gone(new HlcTimestamp(A_TIME_OF_DAY, 0));
    } catch (UnfitValueException e) {
      throw refused(table, "has it as " + found.type());
    }
    if (!mark.isBoolean() && !found.nullable()) {
      throw refused(table, "has it as a time that is NOT NULL");
    }
    return Optional.of(mark);
  }

  private UnboundException refused(TableColumns table, String found) {
    return new UnboundException(
        UnboundException.Reach.TABLE,
        true,
        "delete.mode=mark:"
            + column.orElseThrow()
            + " needs a boolean column, or one with a date and a time that can be NULL, and target"
            + " table "
            + table.shape()
            + " "
            + found
            + ". Add it, or set delete.mode=delete.");
  }
}

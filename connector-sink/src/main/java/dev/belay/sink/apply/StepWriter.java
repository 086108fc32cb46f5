package dev.belay.sink.apply;

import dev.belay.sink.change.TableName;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Writes steps, and remembers of the last failure which tables were being written: a database that
 * refuses a statement need not name one. One thread at a time.
 */
final class StepWriter {

  private record Failed(SQLException failure, List<TableName> tables) {}

  /** What databases say themselves where another transaction was faster, and trying again helps. */
  private static final String OVERTAKEN = "40001";

  private final Target target;
  private Optional<Failed> last = Optional.empty();

  StepWriter(Target target) {
    this.target = target;
  }

  /** See {@link Target#write}. */
  long[] write(Connection connection, List<Step> steps) throws SQLException {
    try {
      return allFresh(steps, target.write(connection, steps));
    } catch (SQLException e) {
      last = Optional.of(new Failed(e, tables(steps)));
      throw e;
    }
  }

  /**
   * Rows that the target did not have, and that somebody has made since it was asked, are not ours
   * to overwrite: all is to be compared again.
   */
  private static long[] allFresh(List<Step> steps, long[] written) throws SQLException {
    for (int i = 0; i < written.length; i++) {
      if (steps.get(i) instanceof Step.Upsert upsert
          && upsert.fresh()
          && written[i] < upsert.rows().size()) {
        throw new SQLException("A row came while the target was asked about it", OVERTAKEN);
      }
    }
    return written;
  }

  /** See {@link Target#writeCircle}. */
  long[] writeCircle(Connection connection, List<Step> steps) throws SQLException {
    try {
      return target.writeCircle(connection, steps);
    } catch (SQLException e) {
      last = Optional.of(new Failed(e, tables(steps)));
      throw e;
    }
  }

  private static List<TableName> tables(List<Step> steps) {
    return steps.stream().map(step -> step.table().name()).distinct().toList();
  }

  /** See {@link Target#absent}. */
  List<StepRow> absent(Connection connection, Step.Update update) throws SQLException {
    try {
      return target.absent(connection, update);
    } catch (SQLException e) {
      last = Optional.of(new Failed(e, List.of(update.table().name())));
      throw e;
    }
  }

  /** The tables that a failure met; empty if it came from anything but a step. */
  List<TableName> tables(SQLException failure) {
    return last.filter(failed -> failed.failure() == failure).map(Failed::tables).orElse(List.of());
  }
}

package dev.belay.cli.verify;

import dev.belay.sink.change.HlcTimestamp;
import java.time.Duration;
import java.util.Optional;

/** Is told what a verification finds. Any thread. */
interface Report {

  void schema(SchemaFinding finding);

  void difference(Difference difference);

  /** A table is done. */
  void table(TableResult result);

  /** How far it has come, now and then. */
  void progress(String table, Counts soFar, Duration elapsed);

  /** Something to know that is no difference. */
  void note(String text);

  void end(Summary summary);

  /**
   * A table that was compared.
   *
   * @param firstTime the earliest time as of which rows were compared; empty if it was about now
   * @param lastTime the latest one
   */
  record TableResult(
      String table,
      Counts counts,
      Optional<HlcTimestamp> firstTime,
      Optional<HlcTimestamp> lastTime) {}

  /**
   * All of it.
   *
   * @param exact whether each row was compared as of one time
   * @param openRejections rows that the connector holds for rejected; empty if none was asked
   */
  record Summary(
      int tables,
      Counts counts,
      int schemaDifferences,
      boolean exact,
      Optional<Long> openRejections,
      Duration took) {

    boolean isEqual() {
      return tables > 0 && counts.differences() == 0 && schemaDifferences == 0;
    }
  }
}

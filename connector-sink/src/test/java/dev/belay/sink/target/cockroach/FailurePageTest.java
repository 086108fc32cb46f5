package dev.belay.sink.target.cockroach;

import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.FailurePage;
import dev.belay.sink.target.FailurePage.Codes;
import dev.belay.sink.target.pgwire.VerdictTable;
import org.junit.jupiter.api.Test;

class FailurePageTest {
  private static final String HEAD =
      """
      # Failures: CockroachDB

      What the sink makes of each SQLSTATE. A line is for one code, or for a class (its first two characters) without
      a line of its own; the longer match wins. The message of the server is never shown, since it quotes row values:
      logs, headers and the task's status have code, constraint, table and column.

      This page is generated from `CockroachVerdicts` and compared in the build; `mvn verify -Dbelay.rewrite=true`
      writes it anew.
      """;

  @Test
  void thePageOfFailuresIsThatOfTheVerdicts() throws Exception {
    new FailurePage(HEAD, FailurePageTest::does, "", Codes.SQLSTATES)
        .assertCommitted(
            "failures-cockroachdb.md",
            CockroachVerdicts.TABLE.stream().map(FailurePageTest::row).toList(),
            row(CockroachVerdicts.of("?????")));
  }

  private static FailurePage.Row row(VerdictTable.Line line) {
    return new FailurePage.Row(
        line.code(), line.verdict(), line.lost(), line.summary(), line.reason());
  }

  private static String does(Verdict verdict) {
    return switch (verdict) {
      case TRANSIENT ->
          "Rolls back and does the whole transaction again, its checkpoint included: `40001` is CockroachDB's word for just that,"
              + " and comes at any statement and at COMMIT. After a lost connection or a rolled-back transaction (`08*`, `40*` and"
              + " the like) twice at once; then, and for all others at once, it hands the batch back to Connect, which"
              + " gives it again every `target.retry.backoff.ms`, without end. Nobody is rejected.";
      case DEFERRABLE ->
          "Tries the window in other orders (the ladder: ordered, parked, together), then row by row. A row that still"
              + " fails waits for others where rows are applied ahead of the frontier, and is rejected where they are not:"
              + " to the dead letter queue, or the task stops.";
      case POISON ->
          "Finds the row by halves under savepoints and rejects it: to the dead letter queue, or the task stops. The"
              + " others are applied.";
      case FATAL ->
          "Stops the task, with nothing applied; restart it when the cause is mended. Codes of class `42` make it read the"
              + " catalog again once first.";
    };
  }
}

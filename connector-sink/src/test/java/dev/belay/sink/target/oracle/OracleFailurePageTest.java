package dev.belay.sink.target.oracle;

import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.FailurePage;
import dev.belay.sink.target.FailurePage.Codes;
import org.junit.jupiter.api.Test;

class OracleFailurePageTest {
  private static final String HEAD =
"""
# Failures: Oracle

What the sink makes of each error number of the server and of its driver (`ORA-17...`, `ORA-18...`). Failures without a
number are judged by their SQLSTATE (`08*`: a class), and so are numbers that are not listed, where the driver calls
the failure recoverable: the connection is lost. ORA-00604, ORA-02091 and ORA-12801 are judged by the number that they
name behind themselves. The message of the server is never shown, since it quotes row
values: logs, headers and the task's status have number, constraint, table and column.

This page is generated from `OracleErrors` and compared in the build; `mvn verify -Dbelay.rewrite=true`
writes it anew.
""";

  private static final String COMMITS =
      " A COMMIT that was rolled back (ORA-02091) is judged by the number that made\n"
          + "it so. ORA-00001 on a key of the checkpoint tables is a race of two claims, and is tried again.";

  @Test
  void thePageOfFailuresIsThatOfTheVerdicts() throws Exception {
    new FailurePage(HEAD, OracleFailurePageTest::does, COMMITS, Codes.NUMBERS)
        .assertCommitted(
            "failures-oracle.md",
            OracleVerdicts.TABLE.stream().map(OracleFailurePageTest::row).toList(),
            row(OracleVerdicts.of("ORA-99999")));
  }

  private static FailurePage.Row row(OracleVerdicts.Line line) {
    return new FailurePage.Row(
        line.code(), line.verdict(), line.lost(), line.summary(), line.reason());
  }

  private static String does(Verdict verdict) {
    return switch (verdict) {
      case TRANSIENT ->
          "Rolls back all of it and does the same again: after a deadlock or a lost connection"
              + " twice at once; then, and for all others at once, it hands the batch back to"
              + " Connect, which gives it again every `target.retry.backoff.ms`, without end."
              + " Nobody is rejected.";
      case DEFERRABLE ->
          "Does all of it again, then tries the window in other ways (ordered, unique values parked,"
              + " circles written in two steps), then row by row. A row that still fails waits for"
              + " others where rows are applied ahead of the frontier, and is rejected where they"
              + " are not: to the dead letter queue, or the task stops.";
      case POISON ->
          "Finds the row by halves under savepoints and rejects it: to the dead letter queue, or"
              + " the task stops. The others are applied.";
      case FATAL ->
          "Stops the task, with nothing applied; restart it when the cause is mended. Where a"
              + " table, a column or a right is missing it reads the catalog again once first.";
    };
  }
}

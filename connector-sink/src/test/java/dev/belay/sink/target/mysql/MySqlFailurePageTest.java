package dev.belay.sink.target.mysql;

import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.FailurePage;
import dev.belay.sink.target.FailurePage.Codes;
import org.junit.jupiter.api.Test;

class MySqlFailurePageTest {
  private static final String HEAD =
"""
# Failures: MySQL and MariaDB

What the sink makes of each error number of the server; the SQLSTATEs of both products tell too little. Failures
without a number come from the driver, and are judged by the SQLSTATE that it gives them (`08*`: a class). The message
of the server is never shown, since it quotes row values: logs, headers and the task's status have number,
constraint, table and column.

This page is generated from `MySqlErrors` and compared in the build; `mvn verify -Dbelay.rewrite=true`
writes it anew.
""";

  @Test
  void thePageOfFailuresIsThatOfTheVerdicts() throws Exception {
    new FailurePage(HEAD, MySqlFailurePageTest::does, "", Codes.NUMBERS)
        .assertCommitted(
            "failures-mysql.md",
            MySqlVerdicts.TABLE.stream().map(MySqlFailurePageTest::row).toList(),
            row(MySqlVerdicts.of("?????")));
  }

  private static FailurePage.Row row(MySqlVerdicts.Line line) {
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
          "Tries the window in other ways (ordered, unique values parked, circles written in two"
              + " steps), then row by row. A row that still fails waits for others where rows are"
              + " applied ahead of the frontier, and is rejected where they are not: to the dead"
              + " letter queue, or the task stops.";
      case POISON ->
          "Finds the row by halves under savepoints and rejects it: to the dead letter queue, or"
              + " the task stops. The others are applied.";
      case FATAL ->
          "Stops the task, with nothing applied; restart it when the cause is mended. Where a"
              + " table, a column or a right is missing it reads the catalog again once first.";
    };
  }
}

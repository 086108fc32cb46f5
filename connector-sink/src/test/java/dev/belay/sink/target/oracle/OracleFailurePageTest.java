package dev.belay.sink.target.oracle;

import dev.belay.sink.failure.Verdict;
import dev.belay.testkit.docs.CommittedText;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class OracleFailurePageTest {
  private static final String HEAD =
"""
# Failures: Oracle

What the sink makes of each error number of the server and of its driver (`ORA-17...`, `ORA-18...`). Failures without a
number are judged by their SQLSTATE (`08*`: a class). The message of the server is never shown, since it quotes row
values: logs, headers and the task's status have number, constraint, table and column.

This page is generated from `OracleErrors` and compared in the build; `mvn verify -Dbelay.rewrite=true`
writes it anew.

## Verdicts

| verdict | what the task does |
|---|---|
""";

  @Test
  void thePageOfFailuresIsThatOfTheVerdicts() throws Exception {
    StringBuilder page = new StringBuilder(HEAD);
    for (Verdict verdict : Verdict.values()) {
      page.append("| ").append(verdict).append(" | ").append(does(verdict)).append(" |\n");
    }
    page.append(
"""

*Session lost* says that the connection is thrown away and another one is opened. Was COMMIT under way, the
checkpoint row tells whether it happened. A COMMIT that was rolled back (ORA-02091) is judged by the number that made
it so. ORA-00001 on a key of the checkpoint tables is a race of two claims, and is tried again.

## Numbers

| number | meaning | verdict | session lost | why |
|---|---|---|---|---|
""");
    List<OracleVerdicts.Line> lines =
        OracleVerdicts.TABLE.stream()
            .sorted(
                Comparator.comparing(OracleVerdicts.Line::verdict)
                    .thenComparing(line -> line.code().length())
                    .thenComparing(OracleVerdicts.Line::code))
            .toList();
    for (OracleVerdicts.Line line : lines) {
      row(page, "`" + (line.code().length() == 2 ? line.code() + "*" : line.code()) + "`", line);
    }
    row(page, "any other", OracleVerdicts.of("ORA-99999"));
    CommittedText.assertCommitted(
        Path.of("..", "docs", "reference", "failures-oracle.md"), page.toString());
  }

  private static void row(StringBuilder page, String code, OracleVerdicts.Line line) {
    page.append("| ")
        .append(
            String.join(
                " | ",
                code,
                line.summary(),
                line.verdict().toString(),
                line.lost() ? "yes" : "",
                line.reason()))
        .append(" |\n");
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

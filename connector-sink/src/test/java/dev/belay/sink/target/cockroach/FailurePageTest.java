package dev.belay.sink.target.cockroach;

import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.pgwire.VerdictTable;
import dev.belay.testkit.docs.CommittedText;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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
        checkpoint row tells whether it happened.

        ## Codes

        | SQLSTATE | meaning | verdict | session lost | why |
        |---|---|---|---|---|
        """);
    List<VerdictTable.Line> lines =
        CockroachVerdicts.TABLE.stream()
            .sorted(
                Comparator.comparing(VerdictTable.Line::verdict)
                    .thenComparing(VerdictTable.Line::code))
            .toList();
    for (VerdictTable.Line line : lines) {
      String code = line.code().length() == 2 ? line.code() + "*" : line.code();
      row(page, "`" + code + "`", line);
    }
    row(page, "any other", CockroachVerdicts.of("?????"));
    CommittedText.assertCommitted(
        Path.of("..", "docs", "reference", "failures-cockroachdb.md"), page.toString());
  }

  private static void row(StringBuilder page, String code, VerdictTable.Line line) {
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

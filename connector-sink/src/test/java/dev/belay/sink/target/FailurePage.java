package dev.belay.sink.target;

import dev.belay.sink.failure.Verdict;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * The page of what becomes of a database's failures, made of its verdicts.
 *
 * @param head title and introduction
 * @param does what the task does, by verdict
 * @param more what is particular to lost sessions and COMMIT there; a sentence or empty
 * @param codes heading of the list, what a code is called, and their order
 */
public record FailurePage(String head, Function<Verdict, String> does, String more, Codes codes) {

  /** What a database's failures go by. */
  public enum Codes {
    SQLSTATES("Codes", "SQLSTATE", Comparator.comparing(Row::code)),
    NUMBERS(
        "Numbers",
        "number",
        Comparator.comparing((Row row) -> row.code().length()).thenComparing(Row::code));

    private final String title;
    private final String column;
    private final Comparator<Row> order;

    Codes(String title, String column, Comparator<Row> order) {
      this.title = title;
      this.column = column;
      this.order = order;
    }
  }

  /** A line of the list. */
  public record Row(String code, Verdict verdict, boolean lost, String summary, String reason) {}

  /**
   * Holds the page against the one in {@code docs/reference}, or writes that anew.
   *
   * @param other what is not in the list
   */
  public void assertCommitted(String file, List<Row> rows, Row other) throws IOException {
    StringBuilder page = new StringBuilder(head);
    page.append("\n## Verdicts\n\n| verdict | what the task does |\n|---|---|\n");
    for (Verdict verdict : Verdict.values()) {
      page.append("| ").append(verdict).append(" | ").append(does.apply(verdict)).append(" |\n");
    }
    page.append(
        """

        *Session lost* says that the connection is thrown away and another one is opened. Was COMMIT under way, the
        checkpoint row tells whether it happened.""");
    page.append(more).append("\n\n## ").append(codes.title).append("\n\n| ").append(codes.column);
    page.append(" | meaning | verdict | session lost | why |\n|---|---|---|---|---|\n");
    rows.stream()
        .sorted(Comparator.comparing(Row::verdict).thenComparing(codes.order))
        .forEach(
            row -> {
              boolean isClass = row.code().length() == 2;
              line(page, "`" + row.code() + (isClass ? "*" : "") + "`", row);
            });
    line(page, "any other", other);
    CommittedText.assertCommitted(Repository.docs("reference/" + file), page.toString());
  }

  private static void line(StringBuilder page, String code, Row row) {
    page.append("| ")
        .append(
            String.join(
                " | ",
                code,
                row.summary(),
                row.verdict().toString(),
                row.lost() ? "yes" : "",
                row.reason()))
        .append(" |\n");
  }
}

package dev.belay.sink.docs;

import static dev.belay.testkit.docs.Page.code;

import dev.belay.sink.config.FeedRules;
import dev.belay.sink.config.FeedRules.Fit;
import dev.belay.sink.config.FeedRules.Rule;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.Page;
import dev.belay.testkit.docs.Repository;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FeedMatrixPageTest {

  @Test
  void theMatrixIsThatOfTheRules() throws Exception {
    Page page =
        new Page("Envelopes and modes")
            .paragraph(
                """
                What a changefeed's options allow in each delivery mode of the sink. Validation refuses by the same
                table. The changefeed that suits every mode is in
                [create-changefeed.sql](../../config/sql/cockroachdb/create-changefeed.sql).
                """)
            .generatedFrom("FeedRules")
            .heading("Words")
            .head("word", "meaning");
    for (Fit fit : Fit.values()) {
      page.row(fit.word(), fit.meaning());
    }
    matrix(page.heading("Envelopes"), FeedRules.ENVELOPES);
    matrix(page.heading("Options"), FeedRules.OPTIONS);
    CommittedText.assertCommitted(Repository.docs("reference/envelopes-and-modes.md"), page.text());
  }

  private static void matrix(Page page, List<Rule> rules) {
    page.head("option", "consistent", "immediate", "best-effort", "note");
    for (Rule rule : rules) {
      String keys =
          rule.keys().isEmpty()
              ? ""
              : " (Reported on "
                  + rule.keys().stream().map(Page::code).collect(Collectors.joining(" and "))
                  + ".)";
      page.row(
          code(rule.option()),
          rule.consistent().word(),
          rule.immediate().word(),
          rule.bestEffort().word(),
          rule.text() + keys);
    }
  }
}

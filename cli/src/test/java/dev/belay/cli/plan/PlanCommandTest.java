package dev.belay.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.cli.JsonSchemas;
import dev.belay.cli.init.RollbackOption;
import dev.belay.testkit.docs.Repository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command as a person types it, without databases. */
class PlanCommandTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ORDINARY =
      "--rto 5m --rpo 5s --writers one --application-can-change no --kafka-connect yes"
          + " --watch daytime --old-database postgresql";

  private record Run(int code, String out, String err) {
    JsonNode json() throws IOException {
      return JSON.readTree(out);
    }
  }

  private static Run plan(String arguments) {
    return plan("", arguments);
  }

  private static Run plan(String typed, String arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> words = new ArrayList<>(Arrays.asList(arguments.split(" ")));
    words.removeIf(String::isEmpty);
    int code =
        new CommandLine(
                new PlanCommand(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8))))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(words.toArray(new String[0]));
    return new Run(code, out.toString(), err.toString());
  }

  @Test
  void answersByFlagsGiveARecommendationAndTheLineThatBuildsIt() throws Exception {
    Run run = plan(ORDINARY + " --json");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(JsonSchemas.faults("plan", run.json())).isEmpty();
    assertThat(run.json().path("recommended").asText()).isEqualTo("failback");
    assertThat(run.json().path("init").asText())
        .startsWith("belay init --option failback --source ");
    assertThat(run.json().path("others")).hasSize(3);

    Run text = plan(ORDINARY);
    assertThat(text.code()).isZero();
    assertThat(text.out()).contains("RECOMMENDED: failback on demand", "Build it with");
    assertThat(text.out().lines())
        .allMatch(line -> line.length() <= 80)
        .noneMatch(line -> line.endsWith(" "));
  }

  @Test
  void aContradictionIsToldWithWhatWouldResolveIt() throws Exception {
    Run run = plan(ORDINARY.replace("--rpo 5s", "--rpo 0") + " --json");
    assertThat(run.code()).isEqualTo(1);
    assertThat(JsonSchemas.faults("plan", run.json())).isEmpty();
    assertThat(run.json().path("recommended").isNull()).isTrue();
    assertThat(run.json().path("init").isNull()).isTrue();
    assertThat(run.json().path("to_settle").toString())
        .contains("For failback on demand another answer is needed to --rpo.")
        .contains(
            "For dual write with a standby another answer is needed to --application-can-change.");
    assertThat(plan(ORDINARY.replace("--rpo 5s", "--rpo 0")).out()).contains("CONTRADICTION");
  }

  @Test
  void questionsAreAskedAndAskedAgain() {
    Run run = plan("5m\nsoon\n5s\none\nno\nyes\ndaytime\npostgresql\n", "--ask");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("--rpo is a time: 0, 5s; or all, for all since the cutover; not soon.")
        .doesNotContain("Can two writers touch one row?")
        .contains("RECOMMENDED: failback on demand");

    Run both = plan("both\nno\n", ORDINARY.replace("--writers one ", "") + " --ask");
    assertThat(both.out())
        .contains("Can two writers touch one row?")
        .contains("RECOMMENDED: bidirectional");

    Run cut = plan("5m\n", "--ask");
    assertThat(cut.code()).isEqualTo(2);
    assertThat(cut.err()).contains("The input ended before all was answered: --rpo");
  }

  @Test
  void aWrongArgumentSaysWhatToTypeInstead() {
    assertWrong("--rto 5m", "Not told yet: --rpo (a time: 0, 5s; or all");
    assertWrong(ORDINARY.replace("5m", "soon"), "--rto is a time: 0, 30s, 5m, 4h; not soon.");
    assertWrong(ORDINARY.replace("daytime", "us"), "--watch is nobody, daytime, always; not us.");
    assertWrong(ORDINARY + " --source jdbc:cockroachdb://h/d", "--source and --target go together");
    assertWrong(
        ORDINARY + " --source jdbc:mysql://h/d --target jdbc:mysql://h/d",
        "--source is CockroachDB");
    assertWrong(
        ORDINARY + " --source jdbc:cockroachdb://h/d --target jdbc:oracle:thin:@//h/d",
        "Oracle is not looked at");
  }

  private static void assertWrong(String arguments, String message) {
    Run run = plan(arguments);
    assertThat(run.code()).as(run.out()).isEqualTo(2);
    assertThat(run.err().replaceAll("\\s+", " ")).contains(message);
  }

  @Test
  void helpHasAnExampleThatRuns() {
    Run help = plan("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);
    String example =
        help.out().substring(help.out().indexOf("Example: belay plan ")).replaceAll("\\s+", " ");
    assertThat(plan(example.replace("Example: belay plan ", "").strip()).code()).isZero();
  }

  /** The numbers are the page's: each cell that is shown stands there. */
  @Test
  void tradeOffsAreThoseOfThePage() throws Exception {
    String page = Files.readString(Repository.docs("rollback-plan.md"));
    TradeOffs shown = TradeOffs.read();
    assertThat(shown).isEqualTo(TradeOffs.of(page));
    assertThat(shown.rows().stream().map(TradeOffs.Row::what))
        .contains(
            "RTO, CockroachDB answers", "RPO, CockroachDB is gone at once", "the operator must");
    assertThat(shown.rows().get(0).costs().get(RollbackOption.FAILBACK)).contains(" s ");
    JsonNode rows = plan(ORDINARY + " --json").json().path("trade_offs");
    assertThat(rows).hasSameSizeAs(shown.rows());
    for (int i = 0; i < rows.size(); i++) {
      for (RollbackOption way : Decision.WAYS) {
        String cost = rows.get(i).path(way.word()).asText();
        assertThat(cost).isEqualTo(shown.rows().get(i).costs().get(way));
        assertThat(page.replace("`", ""))
            .contains(cost.isEmpty() ? "|" : cost.substring(0, Math.min(12, cost.length())));
      }
    }
  }

  /** {@code -Dbelay.rewrite} is for pages that are made whole; this part is kept by hand. */
  @Test
  void theGuideHasEveryRule() throws Exception {
    String rules =
        Rule.ALL.stream()
            .map(
                rule ->
                    "| "
                        + rule.way().title()
                        + " | `"
                        + rule.answer()
                        + "` | "
                        + rule.reason()
                        + " |\n")
            .collect(Collectors.joining());
    assertThat(Files.readString(Repository.docs("plan.md")))
        .contains("| way | answer | what excludes it |\n|---|---|---|\n" + rules);
  }
}

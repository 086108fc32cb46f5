package dev.belay.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cli.JsonSchemas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is typed, and what is in the folder already; no database is needed for either. */
class InitCommandTest {
  private static final String NEW = "jdbc:cockroachdb://new.example.org:26257/store";
  private static final String ORACLE = "jdbc:oracle:thin:@//old.example.org:1521/STORE";

  @TempDir Path files;

  /** Oracle is not asked, so that this needs no server. */
  private InitRun oracle(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--option", "failback", "--source", NEW, "--target", ORACLE, "--kafka", "k:9092"));
    arguments.addAll(List.of("--tables", "people,visits", "--target-schema", "STORE"));
    arguments.addAll(Arrays.asList(more));
    if (!arguments.contains("--out")) {
      arguments.addAll(List.of("--out", files.resolve("out").toString()));
    }
    return InitRun.of(arguments);
  }

  private InitRun typed(String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--out", files.resolve("out").toString()));
    return InitRun.of(all);
  }

  @Test
  void aWrongArgumentSaysWhatToTypeInstead() {
    String old = "jdbc:postgresql://old.example.org/store";
    assertWrong(
        typed("--option", "both", "--source", NEW, "--target", old),
        "--option is one of failback, bidirectional, dual-write, manual, forward, not both.");
    assertWrong(
        typed("--option", "manual", "--source", old, "--target", NEW),
        "--source is CockroachDB and --target the database that was migrated from: swap the two.");
    assertWrong(
        typed("--option", "manual", "--source", old, "--target", old),
        "write its URL as jdbc:cockroachdb://HOST:26257/DATABASE");
    assertWrong(
        typed("--option", "manual", "--source", NEW, "--target", "postgres://u:hush@h/store"),
        "--target is no JDBC URL");
    assertWrong(
        typed("--option", "manual", "--source", NEW, "--target", "jdbc:mysql://u:hush@h/store"),
        "without a user or a password in it");
    assertWrong(
        typed("--option", "failback", "--source", NEW, "--target", old),
        "Say where Kafka is: --kafka");
    assertWrong(
        typed("--option", "failback", "--source", NEW, "--target", old, "--kafka", "k:9092"),
        "Say who reads the source: --source-user.");
    assertWrong(oracle("--delivery", "carrier"), "--delivery is kafka or sinkless, not carrier.");
    assertWrong(
        oracle("--delivery", "sinkless", "--overrides", "/etc/o.json"), "--overrides is for");
    assertWrong(oracle("--name", "a shop"), "Choose a name: --name shop.");
    assertThat(files.resolve("out")).doesNotExist();
  }

  private static void assertWrong(InitRun run, String message) {
    assertThat(run.code()).as(run.errors()).isEqualTo(2);
    assertThat(run.errors().replaceAll("\\s+", " ")).contains(message).doesNotContain("hush");
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsToldSo() {
    InitRun run =
        typed(
            "--option", "manual",
            "--source", "jdbc:cockroachdb://127.0.0.1:1/store",
            "--source-user", "reader",
            "--target", "jdbc:postgresql://127.0.0.1:1/store",
            "--target-user", "reader",
            "--source-password", "hush");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.errors()).startsWith("init: ").contains("refused").doesNotContain("hush");
  }

  @Test
  void oracleIsWrittenForWithoutBeingAsked() throws Exception {
    InitRun run = oracle("--json");

    assertThat(run.code()).as(run.text() + run.errors()).isZero();
    assertThat(JsonSchemas.faults("init", run.json())).isEmpty();
    assertThat(run.json().path("target").path("product").asText()).isEqualTo("Oracle");
    assertThat(run.json().path("notes").path(0).asText()).startsWith("Oracle was not asked");
    run.json()
        .path("files")
        .forEach(
            file ->
                assertThat(files.resolve("out").resolve(file.path("file").asText()))
                    .isNotEmptyFile());
    assertThat(Files.readString(files.resolve("out/sql/old-role.sql")))
        .contains("GRANT SELECT, INSERT, UPDATE, DELETE ON \"STORE\".\"PEOPLE\" TO BELAY_SINK;");
    assertThat(Files.readString(files.resolve("out/failback-sink.json")))
        .contains("\"target.schema\": \"STORE\"", "\"BELAY_SINK\"")
        .doesNotContain("sslmode");
  }

  @Test
  void whatCannotBeBuiltForADatabaseIsToldAndNothingIsWritten() throws Exception {
    for (String option : List.of("bidirectional", "dual-write", "manual")) {
      InitRun run = oracle("--option", option, "--json");
      assertThat(run.code()).isEqualTo(2); // given twice
      run =
          InitRun.of(
              List.of(
                  "--option",
                  option,
                  "--source",
                  NEW,
                  "--target",
                  ORACLE,
                  "--kafka",
                  "k:9092",
                  "--tables",
                  "people",
                  "--target-schema",
                  "STORE",
                  "--json",
                  "--out",
                  files.resolve("out").toString()));
      assertThat(run.code()).as(run.text() + run.errors()).isEqualTo(1);
      assertThat(JsonSchemas.faults("init", run.json())).isEmpty();
      assertThat(run.json().path("to_settle")).isNotEmpty();
      assertThat(files.resolve("out")).doesNotExist();
    }
  }

  @Test
  void aFolderThatHasOtherThingsIsLeftAlone() throws Exception {
    Path out = Files.createDirectory(files.resolve("out"));
    Files.writeString(out.resolve("playbook.md"), "mine");

    InitRun run = oracle();
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.text()).contains("is not empty", "NOTHING WRITTEN");

    InitRun forced = oracle("--force");
    assertThat(forced.code()).isEqualTo(1);
    assertThat(forced.text().replaceAll("\\s+", " ")).contains("was not written by this command");
    assertThat(out.resolve("playbook.md")).hasContent("mine");
    assertThat(out.resolve("failback-sink.json")).doesNotExist();
  }

  @Test
  void forceReplacesWhatItWroteAndNobodyChanged() throws Exception {
    Path out = files.resolve("out");
    assertThat(oracle().code()).isZero();
    String first = Files.readString(out.resolve("failback-sink.json"));
    assertThat(oracle("--force", "--name", "other").code()).isZero();
    assertThat(Files.readString(out.resolve("failback-sink.json")))
        .isNotEqualTo(first)
        .contains("other-failback");

    // a file that the second run does not have any more goes, a stranger's stays
    Files.writeString(out.resolve("note.txt"), "mine");
    assertThat(oracle("--force", "--overrides", "/etc/o.json").code()).isZero();
    assertThat(out.resolve("changefeed-overrides.json")).isNotEmptyFile();
    assertThat(oracle("--force").code()).isZero();
    assertThat(out.resolve("changefeed-overrides.json")).doesNotExist();
    assertThat(out.resolve("note.txt")).hasContent("mine");

    Files.writeString(out.resolve("failback-source.json"), "changed");
    InitRun run = oracle("--force");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.text().replaceAll("\\s+", " ")).contains("was changed since");
    assertThat(out.resolve("failback-source.json")).hasContent("changed");
  }

  @Test
  void whatIsPrintedFitsEightyColumns() {
    InitRun run = oracle();
    assertThat(run.text().lines().filter(line -> !line.contains("/")))
        .allMatch(line -> line.length() <= 80);
    assertThat(run.text()).contains("Tables", "DONE");
    InitRun help = InitRun.of(List.of("--help"));
    assertThat(help.code()).isZero();
    assertThat(help.text()).contains("Example: belay init").doesNotContain("\u001b");
    assertThat(help.text().lines()).allMatch(line -> line.length() <= 80);
  }
}

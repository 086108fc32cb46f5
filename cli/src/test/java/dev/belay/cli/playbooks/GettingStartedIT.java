package dev.belay.cli.playbooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.docs.Repository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page for those who begin, pasted as it stands: only addresses are put in. What is left out
 * makes what is here already: the zips, which the worker was given, and the topics.
 */
class GettingStartedIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final Pattern BLOCK =
      Pattern.compile("^ *```(sh runnable|sql)\n(.*?)^ *```$", Pattern.DOTALL | Pattern.MULTILINE);

  @TempDir Path dir;

  @BeforeAll
  static void tools() throws InterruptedException {
    Paste.assumeTools("bash", "curl", "jq");
  }

  @EnabledIfSystemProperty(
      named = "belay.playbooks",
      matches = "true",
      disabledReason =
          "a minute for files that other tests run too: mvn -pl cli -am verify"
              + " -Dit.test=GettingStartedIT -Dbelay.playbooks=true")
  @Test
  void aRowThatIsChangedIsSeenOnTheOtherSide() throws Exception {
    List<String> blocks = blocks();
    // build and unpack, see both, topics, ask, start, state, frontier, change, look
    assertThat(blocks).hasSize(9);
    assertThat(blocks.get(0)).contains("unzip");
    assertThat(blocks.get(2)).contains("kafka-topics.sh");
    try (Parts parts = Parts.start(dir, false)) {
      try (Connection current = parts.shop().current()) {
        Shoppers.fill(current); // as the page asks: the same rows on both sides
      }
      Path folder =
          parts.edited(List.of("config/source/kafka.json", "config/sink/postgresql.json"));
      assertThat(said(parts, folder, blocks.get(1)))
          .contains("dev.belay.sink.BelaySinkConnector")
          .contains("dev.belay.source.CockroachSourceConnector");
      assertThat(said(parts, folder, blocks.get(3))).as("faults").isEmpty();
      assertThat(said(parts, folder, blocks.get(4))).contains("shop-feed", "shop-failback");
      List<String> running =
          List.of(
              "[\"shop-feed\",\"RUNNING\",\"RUNNING\"]",
              "[\"shop-failback\",\"RUNNING\",\"RUNNING\"]");
      until(
          "both are RUNNING",
          // a status that is not there yet is an error of the block
          () -> paste(parts, folder, blocks.get(5)).said().lines().toList().equals(running));
      try (Connection current = parts.shop().current();
          Connection old = parts.shop().old()) {
        String frontiers = "SELECT count(*) FROM (" + sql(blocks.get(6)) + ") f";
        until("there is a frontier", () -> Databases.text(old, frontiers).equals("1"));
        assertThat(Databases.text(old, sql(blocks.get(8)))).isNotEqualTo("Grace");
        Databases.execute(current, List.of(sql(blocks.get(7))));
        until("the row is seen", () -> Databases.text(old, sql(blocks.get(8))).equals("Grace"));
      }
      parts.shop().awaitEqual();
    }
  }

  /** Those for one's own workers, in the order of the page. */
  private static List<String> blocks() throws Exception {
    String page = Files.readString(Repository.docs("getting-started.md"));
    Matcher block = BLOCK.matcher(page.substring(page.indexOf("\n## On your own workers")));
    List<String> blocks = new ArrayList<>();
    while (block.find()) {
      blocks.add(block.group(2).stripIndent());
    }
    return blocks;
  }

  private static void until(String what, Callable<Boolean> sign) {
    Deadline.in(LIMIT)
        .await(
            () -> what,
            () -> {
              try {
                return sign.call();
              } catch (Exception e) {
                throw new IllegalStateException(what + " cannot be told", e);
              }
            });
  }

  private static String sql(String block) {
    return block.strip().replaceFirst(";$", "");
  }

  private static String said(Parts parts, Path folder, String block) throws Exception {
    Answer answer = paste(parts, folder, block);
    assertThat(answer.status()).as("%s\n%s", block, answer).isZero();
    return answer.said();
  }

  private static Answer paste(Parts parts, Path folder, String block) throws Exception {
    Path errors = Files.createTempFile(folder, "block", ".err");
    String here = block.replace("http://localhost:8083", parts.connect());
    Process shell =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", here)
            .directory(folder.toFile())
            .redirectError(errors.toFile())
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(shell.waitFor(), said, Files.readString(errors));
  }

  /** Of a shell. */
  private record Answer(int status, String said, String errors) {}
}

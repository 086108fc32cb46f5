package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.docs.Repository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a reader copies into a shell is at least a command: blocks marked {@code sh runnable}. */
class ShellBlocksTest {
  private static final Pattern BLOCK =
      Pattern.compile("^( *)```sh runnable\n(.*?)^ *```$", Pattern.DOTALL | Pattern.MULTILINE);

  @Test
  void commandsParse() throws Exception {
    List<String> faults = new ArrayList<>();
    int count = 0;
    for (Path page : Repository.files(".md")) {
      Matcher block = BLOCK.matcher(Files.readString(page));
      while (block.find()) {
        count++;
        Process shell = new ProcessBuilder("sh", "-n").redirectErrorStream(true).start();
        try (var in = shell.getOutputStream()) {
          in.write(block.group(2).getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (shell.waitFor() != 0) {
          faults.add(page + ": " + said + block.group(2));
        }
      }
    }
    assertThat(count).isGreaterThan(5);
    assertThat(faults).isEmpty();
  }

  @Test
  void filesInCommandsExist() throws Exception {
    for (Path page : Repository.files(".md")) {
      Matcher data = Pattern.compile("--data @(\\S+)").matcher(Files.readString(page));
      while (data.find()) {
        if (!data.group(1).equals("-")) {
          assertThat(Repository.ROOT.resolve(data.group(1))).exists();
        }
      }
    }
  }
}

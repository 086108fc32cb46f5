package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.docs.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever comes from MOLT finds each flag that they may have set, and finds it once. */
class MoltPageTest {
  private static final Path PAGE = Repository.docs("from-molt.md");
  private static final Path FLAGS = Path.of("src/test/resources/molt-flags.txt");
  private static final Pattern FLAG = Pattern.compile("`--([\\w-]+)`");

  /** A key of ours in the right column: one of these prefixes. */
  private static final Pattern KEY =
      Pattern.compile(
          "`((?:target|feed|source|delivery|window|replay|spill|checkpoint|conflict|columns|tables"
              + "|batch|best|sequences)\\.[a-z.]+[a-z])[`=]");

  static Stream<String> tools() throws Exception {
    return flags().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("tools")
  void eachFlagStandsInThePageOnce(String tool) throws Exception {
    List<String> answered = new ArrayList<>();
    for (String[] cells : rows(section(tool))) {
      Matcher flag = FLAG.matcher(cells[1]);
      while (flag.find()) {
        answered.add(flag.group(1));
      }
    }
    assertThat(answered).containsExactlyInAnyOrderElementsOf(flags().get(tool));
  }

  @ParameterizedTest
  @MethodSource("tools")
  void noAnswerIsEmpty(String tool) throws Exception {
    assertThat(rows(section(tool))).allMatch(cells -> cells.length == 3 && !cells[2].isBlank());
  }

  @Test
  void keysOfTheAnswersExist() throws Exception {
    String known =
        Files.readString(Repository.docs("reference/sink-config.md"))
            + Files.readString(Repository.docs("reference/source-config.md"));
    List<String> named = new ArrayList<>();
    for (String[] cells : rows(Files.readString(PAGE))) {
      Matcher key = KEY.matcher(cells[2]);
      while (key.find()) {
        if (!key.group(1).startsWith("target.jdbc.")) {
          named.add(key.group(1));
        }
      }
    }
    assertThat(named)
        .hasSizeGreaterThan(30)
        .allMatch(key -> known.contains("### `" + key + "`"), "a key of the reference pages");
  }

  /** The text under the tool's heading, up to the next one. */
  private static String section(String tool) throws Exception {
    String page = Files.readString(PAGE);
    String heading = "\n## " + tool + ", flag by flag\n";
    assertThat(page).contains(heading);
    String rest = page.substring(page.indexOf(heading) + heading.length());
    return rest.substring(0, rest.indexOf("\n## "));
  }

  private static List<String[]> rows(String text) {
    return text.lines()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| flag |"))
        .map(line -> line.split("(?<!\\\\)\\|"))
        .toList();
  }

  private static Map<String, List<String>> flags() throws Exception {
    Map<String, List<String>> flags = new LinkedHashMap<>();
    List<String> current = new ArrayList<>();
    for (String line : Files.readAllLines(FLAGS)) {
      if (line.startsWith("## ")) {
        current = new ArrayList<>();
        flags.put(line.substring(3), current);
      } else if (!line.startsWith("#")) {
        current.add(line);
      }
    }
    return flags;
  }
}

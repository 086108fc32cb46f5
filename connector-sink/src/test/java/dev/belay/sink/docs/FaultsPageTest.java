package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.docs.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of faults and the tests of them tell the same. */
class FaultsPageTest {
  private static final Pattern NAMED = Pattern.compile("`(\\w+IT)\\.(\\w+)`");
  private static final Pattern METHOD = Pattern.compile("^  void (\\w+)\\(", Pattern.MULTILINE);

  @Test
  void everyFaultNamesATestThatExists() throws Exception {
    // a name may be in both connectors
    Map<String, List<Path>> classes =
        Repository.files("IT.java").stream()
            .collect(
                Collectors.groupingBy(file -> file.getFileName().toString().replace(".java", "")));
    List<String> missing = new ArrayList<>();
    for (String line : rows()) {
      Matcher test = NAMED.matcher(line);
      boolean named = false;
      while (test.find()) {
        named = true;
        if (!isIn(classes.getOrDefault(test.group(1), List.of()), test.group(2))) {
          missing.add(test.group());
        }
      }
      if (!named) {
        missing.add("a test in: " + line);
      }
    }
    assertThat(missing).isEmpty();
  }

  private static boolean isIn(List<Path> files, String method) throws Exception {
    for (Path file : files) {
      if (Files.readString(file).contains("void " + method + "(")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void everyTestOfTheRoomIsInTheTable() throws Exception {
    TreeSet<String> untold = new TreeSet<>();
    String page = String.join("\n", rows());
    for (Path file : Repository.files("IT.java")) {
      if (!file.getParent().endsWith("faults") || file.endsWith("AuditIT.java")) {
        continue;
      }
      String name = file.getFileName().toString().replace(".java", "");
      Matcher method = METHOD.matcher(Files.readString(file));
      while (method.find()) {
        if (!method.group(1).startsWith("close")
            && !method.group(1).startsWith("make")
            && !page.contains("`" + name + "." + method.group(1) + "`")) {
          untold.add(name + "." + method.group(1));
        }
      }
    }
    assertThat(untold).isEmpty();
  }

  private static List<String> rows() throws Exception {
    List<String> rows =
        Files.readAllLines(Repository.docs("faults.md")).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| fault |"))
            .toList();
    assertThat(rows).hasSizeGreaterThan(10);
    return rows;
  }
}

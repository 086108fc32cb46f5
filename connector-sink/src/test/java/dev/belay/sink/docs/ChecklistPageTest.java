package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.docs.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the checklist says is shown, by a test that there is, and on the database that it names. */
class ChecklistPageTest {
  private static final Pattern NAMED = Pattern.compile("`(\\w+)\\.(\\w+)`");
  private static final List<String> COLUMNS =
      List.of(
          "case",
          "each",
          "PostgreSQL",
          "MySQL, MariaDB",
          "CockroachDB",
          "Oracle",
          "without a database");

  @Test
  void everyTestNamedIsThereAndRunsWhereTheTableSays() throws Exception {
    List<String> wrong = new ArrayList<>();
    List<String[]> rows = rows();
    for (String[] row : rows) {
      boolean shown = false;
      for (int c = 1; c < COLUMNS.size(); c++) {
        Matcher test = NAMED.matcher(row[c]);
        while (test.find()) {
          shown = true;
          if (!isIn(test.group(1), test.group(2), COLUMNS.get(c))) {
            wrong.add(COLUMNS.get(c) + ": " + test.group());
          }
        }
      }
      if (!shown) {
        wrong.add("a test of: " + row[0]);
      }
    }
    assertThat(rows).hasSizeGreaterThan(40);
    assertThat(wrong).isEmpty();
  }

  private static List<String[]> rows() throws Exception {
    List<String[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Repository.docs("checklist.md"))) {
      if (line.startsWith("| ")) {
        String[] cells = line.substring(2, line.length() - 1).split("\\|", -1);
        Arrays.setAll(cells, c -> cells[c].strip());
        if (cells[0].equals(COLUMNS.get(0))) {
          assertThat(List.of(cells).subList(0, COLUMNS.size())).isEqualTo(COLUMNS);
        } else {
          assertThat(cells).as(line).hasSizeGreaterThanOrEqualTo(COLUMNS.size());
          rows.add(cells);
        }
      }
    }
    return rows;
  }

  private static boolean isIn(String name, String method, String column) throws Exception {
    for (Path file : Repository.files("/" + name + ".java")) {
      String text = Files.readString(file);
      boolean isForMySql = text.contains("import dev.belay.testkit.mysql.Product;");
      boolean fits =
          switch (column) {
            case "each" -> text.contains("@Tag(\"any-target\")");
            case "PostgreSQL" ->
                name.endsWith("IT") && !isForMySql && !isIn(file, "target", "cockroach");
            case "CockroachDB" ->
                name.endsWith("IT") && isIn(file, "target", "cockroach")
                    || text.contains("@Tag(\"any-target\")") && runsOnTheStandIn(name);
            case "Oracle" -> name.endsWith("Test") && text.contains("dev.belay.sink.target.oracle");
            case "MySQL, MariaDB" -> name.endsWith("IT") && isForMySql;
            default -> name.endsWith("Test");
          };
      if (fits && text.contains("void " + method + "(")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIn(Path file, String room, String of) {
    return file.getParent().endsWith(Path.of(room, of));
  }

  /** By the execution of Maven, which names its classes. */
  private static boolean runsOnTheStandIn(String name) throws Exception {
    String pom = Files.readString(Repository.ROOT.resolve("connector-sink/pom.xml"));
    String execution = pom.substring(pom.indexOf("<id>cockroachdb</id>"));
    return execution
        .substring(0, execution.indexOf("</execution>"))
        .contains("<include>**/" + name + ".java</include>");
  }
}

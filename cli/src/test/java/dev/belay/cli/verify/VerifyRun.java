package dev.belay.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.cli.JsonSchemas;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;

/**
 * What came of {@code belay verify}.
 *
 * @param lines of the output, if it was JSON
 */
record VerifyRun(int code, List<JsonNode> lines, String text, String errors) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Runs it between a stand-in and a database, without patience unless that is asked for. */
  static VerifyRun of(StandIn source, DatabaseServer target, String database, String... more)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--source",
                source.url().replace("jdbc:postgresql:", "jdbc:cockroachdb:"),
                "--source-user",
                StandIn.USER,
                "--target",
                target.jdbcUrl(database),
                "--parallel",
                "2"));
    arguments.addAll(Arrays.asList(more));
    if (!arguments.contains("--target-user")) {
      arguments.addAll(List.of("--target-user", target.superuser()));
    }
    if (!arguments.contains("--settle")) {
      arguments.addAll(List.of("--settle", "0"));
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new VerifyCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments.toArray(new String[0]));
    List<JsonNode> lines = new ArrayList<>();
    if (arguments.contains("--json")) {
      for (String line : out.toString().lines().toList()) {
        JsonNode read = JSON.readTree(line);
        assertThat(JsonSchemas.faults("verify", read)).as(line).isEmpty();
        lines.add(read);
      }
    }
    return new VerifyRun(code, lines, out.toString(), err.toString());
  }

  static void execute(Connection connection, List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  JsonNode summary() {
    return lines.get(lines.size() - 1);
  }

  /** One text for each row that differs. */
  Set<String> differences() {
    return lines.stream()
        .filter(line -> line.path("type").asText().equals("difference"))
        .map(
            line ->
                line.path("table").asText()
                    + " "
                    + line.path("key")
                    + " "
                    + line.path("difference").asText()
                    + " "
                    + line.path("columns"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

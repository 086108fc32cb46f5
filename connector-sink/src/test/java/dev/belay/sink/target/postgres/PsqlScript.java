package dev.belay.sink.target.postgres;

import dev.belay.sink.target.pgwire.Identifiers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs what {@code config/sql} asks a DBA to run by psql, whose binary the test servers lack. Knows
 * the three spellings of variables, {@code \gexec}, and dollar quotes that stand alone on their
 * line.
 */
public final class PsqlScript {
  private PsqlScript() {}

  public static Path file(String name) {
    return Path.of("..", "config", "sql", "postgresql", name);
  }

  public static void run(Connection connection, Path script, Map<String, String> variables)
      throws IOException, SQLException {
    StringBuilder buffer = new StringBuilder();
    boolean quoted = false;
    for (String line : Files.readAllLines(script)) {
      if (line.startsWith("--") && buffer.isEmpty()) {
        continue;
      }
      if (line.contains("$belay$")) {
        quoted = !quoted;
      }
      if (line.equals("\\gexec")) {
        for (String generated : column(connection, substitute(buffer, variables))) {
          execute(connection, generated);
        }
        buffer.setLength(0);
        continue;
      }
      buffer.append(line).append('\n');
      if (!quoted && line.stripTrailing().endsWith(";")) {
        execute(connection, substitute(buffer, variables));
        buffer.setLength(0);
      }
    }
    if (!buffer.toString().isBlank()) {
      throw new IOException(script + " ends in the middle of a statement");
    }
  }

  private static String substitute(CharSequence text, Map<String, String> variables) {
    String sql = text.toString();
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      sql =
          sql.replace(":\"" + variable.getKey() + "\"", Identifiers.quote(variable.getValue()))
              .replace(":'" + variable.getKey() + "'", "'" + variable.getValue() + "'")
              .replace(":" + variable.getKey(), variable.getValue());
    }
    return sql;
  }

  private static List<String> column(Connection connection, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

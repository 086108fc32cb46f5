package dev.belay.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;

/** SQL statements in a resource. */
final class Script {

  /** The shop's tables, as the new database and PostgreSQL take them. */
  static final Script TABLES = of("/dev/belay/cli/demo/tables.sql", "\n\n");

  private final String resource;
  private final Pattern separator;

  private Script(String resource, Pattern separator) {
    this.resource = resource;
    this.separator = separator;
  }

  /**
   * @param between statements
   */
  static Script of(String resource, String between) {
    return new Script(resource, Pattern.compile(Pattern.quote(between)));
  }

  void run(Connection connection) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements()) {
        statement.execute(sql);
      }
    }
  }

  private List<String> statements() throws IOException {
    try (InputStream in = Script.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("The command was built without its resource " + resource);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return separator.splitAsStream(text.strip()).toList();
    }
  }
}

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

  /** The shop's tables; empty lines separate statements. */
  static final Script TABLES =
      new Script("/dev/belay/cli/demo/tables.sql", Pattern.compile("\n\n"));

  /** The role of the sink. */
  static final Script ROLE = new Script("/dev/belay/cli/demo/role.sql", Pattern.compile("\n\n"));

  /** The checkpoint tables: the very file that a DBA runs. */
  static final Script CHECKPOINT_TABLES =
      new Script(
          "/dev/belay/sink/target/postgres/belay-schema.sql", Pattern.compile("\n-- next\n"));

  private final String resource;
  private final Pattern separator;

  private Script(String resource, Pattern separator) {
    this.resource = resource;
    this.separator = separator;
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

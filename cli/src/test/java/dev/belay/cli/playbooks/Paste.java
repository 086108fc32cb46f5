package dev.belay.cli.playbooks;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.testkit.Deadline;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A person with a playbook: one shell that stays open for its blocks of {@code sh}, and sessions of
 * both databases for its {@code sql}. What a statement shows in one row is known from then on by
 * its column's name, in SQL as {@code :'name'} and in the shell as {@code NAME}; a column that says
 * false is asked again until it says true. One thread.
 */
final class Paste implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Paste.class);
  private static final Duration LIMIT = Duration.ofSeconds(180);

  private final Playbook playbook;
  private final Map<String, Session> databases;
  private final Map<String, String> shown = new LinkedHashMap<>();
  private final Set<Integer> left;
  private final Path said;
  private final Path done;
  private final Process shell;
  private final OutputStream typed;
  private int blocks;

  /** Opens a session of a database. */
  @FunctionalInterface
  interface Session {
    Connection open() throws SQLException;
  }

  /**
   * Opens the shell.
   *
   * @param dir for what it says
   * @param environment its variables beside those of this process
   */
  Paste(String name, Path dir, Map<String, String> environment, Session old, Session current)
      throws IOException {
    this.playbook = Playbook.read(name);
    this.databases = Map.of("sql old", old, "sql new", current);
    this.left = new TreeSet<>(playbook.steps().keySet());
    this.said = dir.resolve(name + ".said");
    this.done = Files.createFile(dir.resolve(name + ".done"));
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-s")
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("PASTE_DONE", done.toString());
    this.shell = builder.start();
    this.typed = shell.getOutputStream();
  }

  /** Skips the test, with the reason, where the machine lacks what every reader has. */
  static void assumeTools(String... tools) throws InterruptedException {
    for (String tool : tools) {
      boolean found;
      try {
        found =
            new ProcessBuilder(tool, "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor()
                >= 0;
      } catch (IOException notThere) {
        found = false;
      }
      assumeTrue(found, "playbooks are pasted into a shell, and here is no " + tool);
    }
  }

  /**
   * Pastes all blocks of a step.
   *
   * @return how long it took
   * @throws IllegalStateException with what the shell said if a command fails
   */
  Duration step(int number) throws SQLException, IOException {
    long start = System.nanoTime();
    if (!left.remove(number)) {
      throw new IllegalStateException(playbook.name() + " has no step " + number + " left");
    }
    for (Playbook.Block block : playbook.steps().get(number)) {
      Session database = databases.get(block.kind());
      if (database == null) {
        type(number, block.text());
      } else {
        ask(number, database, block.text());
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    LOG.info("{}, step {}: {} ms", playbook.name(), number, took.toMillis());
    return took;
  }

  /** Types what a person has noted on another day. */
  void note(String name, String value) throws IOException {
    shown.put(name, value);
    type(-1, name.toUpperCase(Locale.ROOT) + "='" + value + "'");
  }

  /** A step that is for others; it counts as seen. */
  void leaveOut(int number) {
    left.remove(number);
  }

  /** Numbers of the steps that were not come to. */
  Set<Integer> left() {
    return Set.copyOf(left);
  }

  /** What a statement has shown last, or a variable of the shell that a later block names. */
  String shown(String name) {
    return shown.get(name);
  }

  private void type(int step, String block) throws IOException {
    blocks++;
    // each line as it stands; a failing one ends the shell
    String text = block + "\nprintf '%s\\n' " + blocks + " >>\"$PASTE_DONE\"\n";
    typed.write(text.getBytes(StandardCharsets.UTF_8));
    typed.flush();
    String sign = Integer.toString(blocks);
    Deadline.in(LIMIT)
        .await(
            () -> "step " + step + " of " + playbook.name() + ":\n" + said(),
            () -> {
              if (lines(done).contains(sign)) {
                return true;
              }
              if (!shell.isAlive()) {
                throw new IllegalStateException(
                    "Step " + step + " of " + playbook.name() + " failed:\n" + said());
              }
              return false;
            });
  }

  private void ask(int step, Session database, String block) throws SQLException, IOException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(true);
      for (String sql : block.split(";\\s*\n")) {
        if (!sql.isBlank()) {
          repeat(step, statement, known(sql));
        }
      }
    }
  }

  private void repeat(int step, Statement statement, String sql) throws SQLException, IOException {
    Map<String, String> row = new LinkedHashMap<>();
    Deadline.in(LIMIT)
        .await(
            () -> "step " + step + " of " + playbook.name() + " says true: " + row + "\n" + sql,
            () -> {
              row.clear();
              row.putAll(row(statement, sql));
              return !row.containsValue("f") && !row.containsKey("");
            });
    for (Map.Entry<String, String> column : row.entrySet()) {
      shown.put(column.getKey(), column.getValue());
      type(step, column.getKey().toUpperCase(Locale.ROOT) + "='" + column.getValue() + "'");
    }
  }

  /** The one row, by column; an empty name stands for a row that is not there yet. */
  private static Map<String, String> row(Statement statement, String sql) {
    try {
      if (!statement.execute(sql)) {
        return Map.of();
      }
      try (ResultSet row = statement.getResultSet()) {
        if (!row.next()) {
          return Map.of("", "no row");
        }
        Map<String, String> columns = new LinkedHashMap<>();
        ResultSetMetaData names = row.getMetaData();
        for (int i = 1; i <= names.getColumnCount(); i++) {
          String value = row.getString(i);
          columns.put(names.getColumnLabel(i), value == null ? "f" : value);
        }
        return columns;
      }
    } catch (SQLException e) {
      throw new IllegalStateException("A statement of a playbook failed: " + sql, e);
    }
  }

  /** With what is known put in; what the shell has worked out is asked of it. */
  private String known(String sql) throws IOException {
    String text = sql;
    for (String name :
        java.util.regex.Pattern.compile(":'(\\w+)'")
            .matcher(sql)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new))) {
      text = text.replace(":'" + name + "'", "'" + ofTheShell(name) + "'");
    }
    return text;
  }

  private String ofTheShell(String name) throws IOException {
    Path value = said.resolveSibling(playbook.name() + "." + name);
    type(-1, "printf '%s' \"${" + name.toUpperCase(Locale.ROOT) + ":?}\" >'" + value + "'");
    return Files.readString(value);
  }

  private String said() {
    List<String> lines = lines(said);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      typed.close();
    } catch (IOException ended) {
      LOG.debug("The shell ended before its input", ended);
    }
    try {
      if (!shell.waitFor(10, TimeUnit.SECONDS)) {
        shell.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      shell.destroyForcibly();
    }
  }
}

package dev.belay.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A database server that this JVM started and that ends with it, even when this JVM is killed. It
 * listens on the loopback interface only and lets its superuser in without a password.
 *
 * <p>What was committed survives every stop and every crash of the server, durable or not; durable
 * means that it would survive a crash of the machine too, and that commits cost what they do in
 * production.
 *
 * <p>Works for an ordinary user, and for root; PostgreSQL for root only where user namespaces are
 * allowed. One thread at a time.
 */
public abstract class DatabaseServer implements AutoCloseable {

  /**
   * Where and how a server runs.
   *
   * @param dataDir absolute; made by the server if missing
   * @param temporary whether {@link DatabaseServer#close} deletes the folder around the data
   * @param settings as in the server's configuration file; win over those that its class chooses
   */
  protected record Stand(
      Path dataDir, boolean temporary, int port, boolean durable, Map<String, String> settings) {

    private Stand at(int freePort) {
      return new Stand(dataDir, temporary, freePort, durable, settings);
    }
  }

  /** Makes the object of a server that one of the starters launches. */
  @FunctionalInterface
  protected interface Maker<S extends DatabaseServer> {
    S make(Stand stand) throws IOException;
  }

  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final Duration STOP_WAIT = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 3;
  private static final int TAIL_LINES = 40;

  private final String product;
  private final Stand stand;
  private Process process;
  private Process guard;
  private boolean frozen;

  /**
   * Starts nothing yet.
   *
   * @param product as its users write it, for messages
   */
  protected DatabaseServer(String product, Stand stand) {
    this.product = product;
    this.stand = stand;
  }

  /** Starts a server that is not durable on a folder of its own, and a free port. */
  protected static <S extends DatabaseServer> S startTemporary(
      String name, Map<String, String> settings, Maker<S> maker) throws IOException {
    Path own = Files.createTempDirectory("belay-" + name + "-");
    try {
      return startOnCopy(own.resolve("data"), settings, maker);
    } catch (IOException | RuntimeException e) {
      Trees.delete(own);
      throw e;
    }
  }

  /**
   * As {@link #startTemporary}, on data that are there already.
   *
   * @param dataDir in a folder that {@link #close} deletes
   */
  protected static <S extends DatabaseServer> S startOnCopy(
      Path dataDir, Map<String, String> settings, Maker<S> maker) throws IOException {
    return start(new Stand(dataDir, true, 0, false, settings), maker);
  }

  /** Starts a server on a folder that stays. */
  protected static <S extends DatabaseServer> S startOn(
      Path dataDir, int port, boolean durable, Map<String, String> settings, Maker<S> maker)
      throws IOException {
    return start(new Stand(dataDir.toAbsolutePath(), false, port, durable, settings), maker);
  }

  private static <S extends DatabaseServer> S start(Stand wanted, Maker<S> maker)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = wanted.port() == 0 ? LoopbackPort.free() : wanted.port();
      try {
        S server = maker.make(wanted.at(port));
        DatabaseServer started = server;
        started.initialiseAndLaunch();
        return server;
      } catch (IOException e) {
        // Somebody may have taken the free port just before us.
        if (wanted.port() != 0 || attempt == ATTEMPTS || LoopbackPort.isFree(port)) {
          throw e;
        }
      }
    }
  }

  /** Whether the folder holds data of a server already. */
  protected abstract boolean isInitialised(Path dataDir);

  /** Makes the data of an empty server; the folder around them exists. */
  protected abstract void initialise() throws IOException;

  /** The program and its arguments, with what they need to be run by root. */
  protected abstract List<String> command() throws IOException;

  /** The file in the data's folder whose first line is the number of the running process. */
  protected abstract String pidFile();

  /** What ends the server in good order, within seconds, whatever its sessions do. */
  protected abstract Signal stopSignal();

  /** What ends it at once, as a crash would, with all its processes. */
  protected abstract Signal crashSignal();

  /** The folder of the data, as the server itself names it over this connection. */
  protected abstract Path askDataDir(Connection connection) throws SQLException;

  /** The name in the quotes of the database's SQL. */
  protected abstract String quoted(String name);

  /** Without user and password; {@link #superuser()} with no password does. */
  public abstract String jdbcUrl(String database);

  /** Who may do everything, without a password. */
  public abstract String superuser();

  /** A new connection of the superuser to a database that is always there. */
  public abstract Connection connect() throws SQLException;

  /** A new connection of the superuser. */
  public final Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), superuser(), "");
  }

  /**
   * Makes an empty database.
   *
   * @param name taken as it is, upper case and all
   * @return its {@link #jdbcUrl}
   */
  public final String createDatabase(String name) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + quoted(name));
    }
    return jdbcUrl(name);
  }

  /** The same after a restart. */
  public final int port() {
    return stand.port();
  }

  /** The process that all others of the server, if it has any, descend from. */
  public final long pid() {
    return process.pid();
  }

  public final boolean isAlive() {
    return process.isAlive();
  }

  public final Path dataDir() {
    return stand.dataDir();
  }

  /** What the server wrote, over all restarts. */
  public final Path logFile() {
    return dataDir().resolveSibling(dataDir().getFileName() + ".log");
  }

  protected final Stand stand() {
    return stand;
  }

  /** Ends all sessions, writes what it has and stops. Does nothing if the server has stopped. */
  public final void stop() {
    end(stopSignal());
  }

  /**
   * Stops as if the server had crashed: sessions break off, nothing more is written, the next start
   * recovers from the log.
   */
  public final void stopImmediately() {
    end(crashSignal());
  }

  /**
   * Ends the server with {@code kill -9} and returns when all its processes are gone. The next
   * start recovers from the log. Does nothing if the server has stopped.
   */
  public final void kill9() {
    List<ProcessHandle> children = process.descendants().toList();
    guard.destroyForcibly();
    process.destroyForcibly();
    // They notice that the first one has died, and would be in the way of the next until then.
    Deadline.in(STOP_WAIT)
        .await(
            "the processes of " + product + " end",
            () -> !process.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
  }

  /**
   * Freezes all its processes with {@code kill -STOP}: connections stay open, and nobody answers.
   */
  public final void freeze() {
    frozen = true;
    // The first one before its children: it makes no more of them then.
    Signal.STOP.send(pid());
    process.descendants().forEach(child -> Signal.STOP.send(child.pid()));
  }

  /** Wakes it up; does nothing if it is awake or has stopped. */
  public final void thaw() {
    frozen = false;
    Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .filter(ProcessHandle::isAlive)
        .forEach(each -> Signal.CONT.send(each.pid()));
  }

  /**
   * Copies the data, as they are when the server has stopped, and starts it again.
   *
   * @param backup a folder that does not exist yet
   */
  public final void backUp(Path backup) throws IOException {
    stop();
    Trees.copy(dataDir(), backup);
    launch();
  }

  /** Puts the data of a backup in the place of those there are. */
  public final void restore(Path backup) throws IOException {
    stop();
    Trees.delete(dataDir());
    Trees.copy(backup, dataDir());
    launch();
  }

  /** Starts it again on the same port and data, stopping it first if it runs. */
  public final void restart() throws IOException {
    stop();
    launch();
  }

  /** Stops, and deletes the data if the server was started without a folder for it. */
  @Override
  public final void close() {
    stop();
    try {
      if (stand.temporary()) {
        Trees.delete(dataDir().getParent());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void initialiseAndLaunch() throws IOException {
    if (!isInitialised(dataDir())) {
      Files.createDirectories(dataDir().getParent());
      initialise();
    }
    launch();
  }

  /** Starts the program on the data there are, and returns when it takes connections. */
  protected final void launch() throws IOException {
    process = launchLogged(command());
    guard = launchGuard();
    try {
      Deadline.in(START_WAIT)
          .await(() -> product + " takes connections; it said:\n" + logTail(), this::isReady);
    } catch (IllegalStateException e) {
      stopImmediately();
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Runs a program that belongs to the server and ends, its words going to the log. */
  protected final boolean runLogged(List<String> command) throws IOException {
    Process program = launchLogged(command);
    boolean ended = waitFor(program, START_WAIT);
    program.destroyForcibly();
    return ended && program.exitValue() == 0;
  }

  private Process launchLogged(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
        .start();
  }

  /**
   * A small process that waits for the end of its input, which comes when this JVM is gone, and
   * crashes the server then. A shutdown hook would not see this JVM being killed.
   */
  private Process launchGuard() throws IOException {
    String script =
        "trap '' INT; read -r line; "
            + "[ \"$(head -n 1 \"$1\" 2>/dev/null)\" = \"$2\" ] && kill -\"$3\" \"$2\"";
    return new ProcessBuilder(
            "sh",
            "-c",
            script,
            "sh",
            dataDir().resolve(pidFile()).toString(),
            Long.toString(process.pid()),
            crashSignal().name())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private boolean isReady() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          product + " ended with status " + process.exitValue() + ":\n" + logTail());
    }
    try (Connection connection = connect()) {
      // Another server may sit on this port, and ours be about to find that out.
      return askDataDir(connection).equals(dataDir());
    } catch (SQLException notYet) {
      return false;
    }
  }

  private void end(Signal signal) {
    // First the guard, so that it never meets another process under the old number.
    guard.destroyForcibly();
    if (!process.isAlive()) {
      return;
    }
    signal.send(process.pid());
    if (frozen) {
      thaw(); // else it would not even notice that it is to end
    }
    if (!waitFor(process, STOP_WAIT)) {
      process.destroyForcibly();
      throw new IllegalStateException(product + " does not stop; it said:\n" + logTail());
    }
  }

  private static boolean waitFor(Process process, Duration atMost) {
    try {
      return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  /** The last lines of the log, for a message. */
  protected final String logTail() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(logFile()), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }
}

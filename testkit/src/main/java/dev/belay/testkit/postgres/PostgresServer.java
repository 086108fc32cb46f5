package dev.belay.testkit.postgres;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.Signal;
import dev.belay.testkit.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL server that this JVM started and that ends with it, even when this JVM is killed. It
 * listens on the loopback interface only and lets everybody in without a password.
 *
 * <p>What was committed survives every stop and every crash of the server, durable or not; durable
 * means that it would survive a crash of the machine too, and that commits cost what they do in
 * production.
 *
 * <p>Works for an ordinary user, and for root where user namespaces are allowed. One thread at a
 * time.
 */
public final class PostgresServer implements AutoCloseable {

  /** The versions at the two ends of what Belay supports. */
  public enum Version {
    NEW("18.6.0"),
    OLD("12.22.0");

    private final String number;

    Version(String number) {
      this.number = number;
    }

    /** As the package has it, {@code 18.6.0} for PostgreSQL 18.6. */
    public String number() {
      return number;
    }

    /** The first number of the version. */
    public int major() {
      return Integer.parseInt(number.substring(0, number.indexOf('.')));
    }
  }

  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final Duration STOP_WAIT = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 3;
  private static final int TAIL_LINES = 40;
  private static final String SUPERUSER = "postgres";

  private final Version version;
  private final Path home;
  private final Path dataDir;
  private final boolean temporary;
  private final int port;
  private final Map<String, String> settings;
  private Process postmaster;
  private Process guard;

  private PostgresServer(
      Version version,
      Path dataDir,
      boolean temporary,
      int port,
      boolean durable,
      Map<String, String> settings)
      throws IOException {
    this.version = version;
    this.home = Binaries.of(version);
    this.dataDir = dataDir;
    this.temporary = temporary;
    this.port = port;
    this.settings = new TreeMap<>();
    this.settings.put("timezone", "UTC");
    if (!durable) {
      // Not synchronous_commit=off: that one loses commits when only the server crashes.
      this.settings.put("fsync", "off");
      this.settings.put("full_page_writes", "off");
    }
    this.settings.putAll(settings);
    if (!Files.exists(dataDir.resolve("PG_VERSION"))) {
      initialise();
    }
    launch();
  }

  /**
   * Starts a server that is not durable, on a free port and a folder that {@link #close} deletes.
   */
  public static PostgresServer start(Version version) throws IOException {
    return start(version, Map.of());
  }

  /**
   * As {@link #start(Version)}, with server settings.
   *
   * @param settings as in {@code postgresql.conf}, for instance {@code wal_level=logical}
   */
  public static PostgresServer start(Version version, Map<String, String> settings)
      throws IOException {
    Path own = Files.createTempDirectory("belay-postgres-");
    try {
      return start(version, own.resolve("data"), true, 0, false, settings);
    } catch (IOException | RuntimeException e) {
      Trees.delete(own);
      throw e;
    }
  }

  /** As {@link #start(Version, Path, int, boolean, Map)} with no settings. */
  public static PostgresServer start(Version version, Path dataDir, int port, boolean durable)
      throws IOException {
    return start(version, dataDir, port, durable, Map.of());
  }

  /**
   * Starts a server and returns when it takes connections: after 1 s on a new folder, 0.3 s on an
   * old one, 2 s more where the version was never unpacked.
   *
   * @param dataDir its data; made if missing or empty. {@link #close} leaves it there, and the log
   *     beside it
   * @param port 0 for a free one
   * @param settings as in {@code postgresql.conf}; win over those chosen here
   * @throws IOException with the end of the server's log if it does not start
   */
  public static PostgresServer start(
      Version version, Path dataDir, int port, boolean durable, Map<String, String> settings)
      throws IOException {
    return start(version, dataDir.toAbsolutePath(), false, port, durable, settings);
  }

  private static PostgresServer start(
      Version version,
      Path dataDir,
      boolean temporary,
      int port,
      boolean durable,
      Map<String, String> settings)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      int candidate = port == 0 ? LoopbackPort.free() : port;
      try {
        return new PostgresServer(version, dataDir, temporary, candidate, durable, settings);
      } catch (IOException e) {
        // Somebody may have taken the free port just before us.
        if (port != 0 || attempt == ATTEMPTS || LoopbackPort.isFree(candidate)) {
          throw e;
        }
      }
    }
  }

  public Version version() {
    return version;
  }

  /** The same after a restart. */
  public int port() {
    return port;
  }

  /** The process that all others of the server descend from. */
  public long pid() {
    return postmaster.pid();
  }

  public boolean isAlive() {
    return postmaster.isAlive();
  }

  public Path dataDir() {
    return dataDir;
  }

  /** What the server wrote, over all restarts. */
  public Path logFile() {
    return dataDir.resolveSibling(dataDir.getFileName() + ".log");
  }

  /** Without user and password; {@link #superuser()} and any password do. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + LoopbackPort.HOST + ":" + port + "/" + database;
  }

  public String superuser() {
    return SUPERUSER;
  }

  /** A new connection of the superuser to the database {@code postgres}. */
  public Connection connect() throws SQLException {
    return connect("postgres");
  }

  /** A new connection of the superuser. */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), SUPERUSER, "");
  }

  /**
   * Makes an empty database.
   *
   * @param name taken as it is, upper case and all
   * @return its {@link #jdbcUrl}
   */
  public String createDatabase(String name) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE \"" + name.replace("\"", "\"\"") + "\"");
    }
    return jdbcUrl(name);
  }

  /** Ends all sessions, writes a checkpoint and stops. Does nothing if the server has stopped. */
  public void stop() {
    end(Signal.INT);
  }

  /**
   * Stops as if the server had crashed: sessions break off, nothing more is written, the next start
   * recovers from the log.
   */
  public void stopImmediately() {
    end(Signal.QUIT);
  }

  /**
   * Ends the postmaster with {@code kill -9} and returns when all its processes are gone. The next
   * start recovers from the log. Does nothing if the server has stopped.
   */
  public void kill9() {
    List<ProcessHandle> children = postmaster.descendants().toList();
    guard.destroyForcibly();
    postmaster.destroyForcibly();
    // They notice that the postmaster has died, and would be in the way of the next one until then.
    Deadline.in(STOP_WAIT)
        .await(
            "the processes of PostgreSQL end",
            () -> !postmaster.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
  }

  /**
   * Starts it again as a standby that follows nobody: it is in recovery and read-only until it is
   * promoted. Needs version 12 or newer.
   */
  public void restartInRecovery() throws IOException {
    stop();
    Files.createFile(dataDir.resolve("standby.signal"));
    launch();
  }

  /** Ends the recovery of a standby, and returns when it takes writes. */
  public void promote() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_promote()");
    }
  }

  /**
   * Starts a streaming, asynchronous standby of this server, with its data as they are now, on a
   * folder that its {@link #close} deletes. For {@link Version#NEW}.
   *
   * @param primaryPort where the standby finds this server: its port, or that of a proxy before it
   */
  public PostgresServer startStandby(int primaryPort) throws IOException, SQLException {
    Path own = Files.createTempDirectory("belay-postgres-");
    Path copy = own.resolve("data");
    // By hand what pg_basebackup does, which Central's binaries lack.
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_backup_start('standby', true)");
      Trees.copy(dataDir, copy);
      Files.deleteIfExists(copy.resolve("postmaster.pid"));
      try (ResultSet label =
          statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
        label.next();
        Files.writeString(copy.resolve("backup_label"), label.getString(1));
      }
    }
    Files.createFile(copy.resolve("standby.signal"));
    Map<String, String> followed = new TreeMap<>(settings);
    followed.put(
        "primary_conninfo",
        "host=" + LoopbackPort.HOST + " port=" + primaryPort + " user=" + SUPERUSER);
    return start(version, copy, true, 0, false, followed);
  }

  /**
   * Copies the data, as they are when the server has stopped, and starts it again.
   *
   * @param backup a folder that does not exist yet
   */
  public void backUp(Path backup) throws IOException {
    stop();
    Trees.copy(dataDir, backup);
    launch();
  }

  /** Puts the data of a backup in the place of those there are. */
  public void restore(Path backup) throws IOException {
    stop();
    Trees.delete(dataDir);
    Trees.copy(backup, dataDir);
    launch();
  }

  /** Starts it again on the same port and data, stopping it first if it runs. */
  public void restart() throws IOException {
    stop();
    launch();
  }

  /** Stops, and deletes the data if the server was started without a folder for it. */
  @Override
  public void close() {
    stop();
    try {
      if (temporary) {
        Trees.delete(dataDir.getParent());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void initialise() throws IOException {
    Files.createDirectories(dataDir.getParent());
    List<String> command = new ArrayList<>(OperatingSystem.asOrdinaryUser());
    command.add(home.resolve("bin/initdb").toString());
    command.addAll(List.of("-D", dataDir.toString(), "-U", SUPERUSER, "-A", "trust"));
    command.addAll(List.of("-E", "UTF8", "--locale=C", "--no-sync"));
    Process initdb = launchLogged(command);
    if (!waitFor(initdb, START_WAIT) || initdb.exitValue() != 0) {
      initdb.destroyForcibly();
      throw new IOException(
          "initdb failed. PostgreSQL refuses root; where user namespaces are forbidden, run as"
              + " somebody else. It said:\n"
              + logTail());
    }
  }

  private void launch() throws IOException {
    List<String> command = new ArrayList<>(OperatingSystem.asOrdinaryUser());
    command.add(home.resolve("bin/postgres").toString());
    command.addAll(List.of("-D", dataDir.toString(), "-p", Integer.toString(port)));
    command.addAll(List.of("-h", LoopbackPort.HOST, "-k", ""));
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    postmaster = launchLogged(command);
    guard = launchGuard();
    try {
      Deadline.in(START_WAIT)
          .await(() -> "PostgreSQL takes connections; it said:\n" + logTail(), this::isReady);
    } catch (IllegalStateException e) {
      stopImmediately();
      throw new IOException(e.getMessage(), e);
    }
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
   * stops the server then. A shutdown hook would not see this JVM being killed.
   */
  private Process launchGuard() throws IOException {
    String script =
        "trap '' INT; read -r line; "
            + "[ \"$(head -n 1 \"$1/postmaster.pid\" 2>/dev/null)\" = \"$2\" ] && kill -QUIT \"$2\"";
    return new ProcessBuilder(
            "sh", "-c", script, "sh", dataDir.toString(), Long.toString(postmaster.pid()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private boolean isReady() {
    if (!postmaster.isAlive()) {
      throw new IllegalStateException(
          "PostgreSQL ended with status " + postmaster.exitValue() + ":\n" + logTail());
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet shown = statement.executeQuery("SHOW data_directory")) {
      // Another server may sit on this port, and ours be about to find that out.
      return shown.next() && shown.getString(1).equals(dataDir.toString());
    } catch (SQLException notYet) {
      return false;
    }
  }

  private void end(Signal signal) {
    // First the guard, so that it never meets another process under the old number.
    guard.destroyForcibly();
    if (!postmaster.isAlive()) {
      return;
    }
    signal.send(postmaster.pid());
    if (!waitFor(postmaster, STOP_WAIT)) {
      postmaster.destroyForcibly();
      throw new IllegalStateException("PostgreSQL does not stop; it said:\n" + logTail());
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

  private String logTail() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(logFile()), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }
}

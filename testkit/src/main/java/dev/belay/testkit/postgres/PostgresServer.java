package dev.belay.testkit.postgres;

import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.OperatingSystem;
import dev.belay.testkit.Signal;
import dev.belay.testkit.Trees;
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
import java.util.TreeMap;

/** A PostgreSQL server. */
public final class PostgresServer extends DatabaseServer {

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

  private static final String SUPERUSER = "postgres";

  private final Version version;
  private final Path home;
  private final Map<String, String> settings = new TreeMap<>();

  private PostgresServer(Version version, Stand stand) throws IOException {
    super("PostgreSQL", stand);
    this.version = version;
    this.home = Binaries.of(version);
    settings.put("timezone", "UTC");
    if (!stand.durable()) {
      // Not synchronous_commit=off: that one loses commits when only the server crashes.
      settings.put("fsync", "off");
      settings.put("full_page_writes", "off");
    }
    settings.putAll(stand.settings());
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
    return startTemporary("postgres", settings, stand -> new PostgresServer(version, stand));
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
    return startOn(dataDir, port, durable, settings, stand -> new PostgresServer(version, stand));
  }

  public Version version() {
    return version;
  }

  @Override
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + LoopbackPort.HOST + ":" + port() + "/" + database;
  }

  @Override
  public String superuser() {
    return SUPERUSER;
  }

  /** A new connection of the superuser to the database {@code postgres}. */
  @Override
  public Connection connect() throws SQLException {
    return connect("postgres");
  }

  /**
   * Starts it again as a standby that follows nobody: it is in recovery and read-only until it is
   * promoted. Needs version 12 or newer.
   */
  public void restartInRecovery() throws IOException {
    stop();
    Files.createFile(dataDir().resolve("standby.signal"));
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
      Trees.copy(dataDir(), copy);
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
    return startOnCopy(copy, followed, stand -> new PostgresServer(version, stand));
  }

  @Override
  protected boolean isInitialised(Path dataDir) {
    return Files.exists(dataDir.resolve("PG_VERSION"));
  }

  @Override
  protected void initialise() throws IOException {
    List<String> initdb = new ArrayList<>(OperatingSystem.asOrdinaryUser());
    initdb.add(home.resolve("bin/initdb").toString());
    initdb.addAll(List.of("-D", dataDir().toString(), "-U", SUPERUSER, "-A", "trust"));
    initdb.addAll(List.of("-E", "UTF8", "--locale=C", "--no-sync"));
    if (!runLogged(initdb)) {
      throw new IOException(
          "initdb failed. PostgreSQL refuses root; where user namespaces are forbidden, run as"
              + " somebody else. It said:\n"
              + logTail());
    }
  }

  @Override
  protected List<String> command() throws IOException {
    List<String> command = new ArrayList<>(OperatingSystem.asOrdinaryUser());
    command.add(home.resolve("bin/postgres").toString());
    command.addAll(List.of("-D", dataDir().toString(), "-p", Integer.toString(port())));
    command.addAll(List.of("-h", LoopbackPort.HOST, "-k", ""));
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return command;
  }

  @Override
  protected String pidFile() {
    return "postmaster.pid";
  }

  @Override
  protected Signal stopSignal() {
    return Signal.INT;
  }

  @Override
  protected Signal crashSignal() {
    return Signal.QUIT;
  }

  @Override
  protected Path askDataDir(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet shown = statement.executeQuery("SHOW data_directory")) {
      shown.next();
      return Path.of(shown.getString(1));
    }
  }

  @Override
  protected String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}

package dev.belay.testkit.mysql;

import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.Signal;
import dev.belay.testkit.Trees;
import dev.belay.testkit.tls.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A MySQL or MariaDB server: its defaults as they come, but utf8mb4, UTC and no binary log. MySQL
 * takes TLS with a certificate it signed itself, as it does in production; MariaDB takes none. Both
 * take {@link #tls TLS as a test wants it}.
 */
public final class MySqlServer extends DatabaseServer {

  private static final String SUPERUSER = "root";
  private static final String CERTIFICATE = "ssl-cert";
  private static final String PID_FILE = "server.pid";
  private static final Map<Product, Optional<String>> OBSTACLES = new EnumMap<>(Product.class);

  private final Product product;
  private final Installation installation;
  private final Map<String, String> settings = new TreeMap<>();

  private MySqlServer(Product product, Stand stand) throws IOException {
    super(product.title(), stand);
    this.product = product;
    this.installation = Installation.of(product);
    settings.put("character-set-server", "utf8mb4");
    settings.put("default-time-zone", "+00:00");
    settings.put("performance-schema", "OFF"); // 250 MB of memory
    if (product.isMariaDb()) {
      if (!stand.settings().containsKey(CERTIFICATE)) {
        settings.put("ssl", "OFF"); // 11.8 would make a key at each start, for 2 s
      }
    } else {
      settings.put("mysqlx", "OFF");
      settings.put("log-bin", "OFF");
      settings.put("log-error-verbosity", "2");
    }
    if (!stand.durable()) {
      // The log goes to the operating system at each commit: only a crash of the machine loses it.
      settings.put("innodb-flush-log-at-trx-commit", "2");
      settings.put("sync-binlog", "0");
    }
    settings.putAll(stand.settings());
  }

  /**
   * Why no such server can run on this machine: it was never fetched, and Debian's archive cannot
   * be reached now. Empty if one can; the first question fetches it, which may take half a minute.
   *
   * @throws UncheckedIOException if it was fetched and is of no use
   */
  public static synchronized Optional<String> obstacle(Product product) {
    return OBSTACLES.computeIfAbsent(
        product,
        asked -> {
          try {
            Installation.of(asked);
            return Optional.empty();
          } catch (Installation.FetchException e) {
            return Optional.of(
                "there is no " + asked.title() + " on this machine. " + e.getMessage());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * Starts a server that is not durable, on a free port and a folder that {@link #close} deletes.
   */
  public static MySqlServer start(Product product) throws IOException {
    return start(product, Map.of());
  }

  /**
   * As {@link #start(Product)}, with server settings.
   *
   * @param settings as in {@code my.cnf}, for instance {@code max-allowed-packet=1M}
   */
  public static MySqlServer start(Product product, Map<String, String> settings)
      throws IOException {
    return startTemporary("mysql", settings, stand -> new MySqlServer(product, stand));
  }

  /** As {@link #start(Product, Path, int, boolean, Map)} with no settings. */
  public static MySqlServer start(Product product, Path dataDir, int port, boolean durable)
      throws IOException {
    return start(product, dataDir, port, durable, Map.of());
  }

  /**
   * Starts a server and returns when it takes connections: after 1 s, or after half a minute when
   * this product was never fetched on this machine.
   *
   * @param dataDir its data; made if missing or empty. {@link #close} leaves it there, and the log
   *     beside it
   * @param port 0 for a free one
   * @param settings as in {@code my.cnf}, with hyphens in the names; win over those chosen here
   * @throws IOException with the end of the server's log if it does not start, and with the reason
   *     if it cannot be fetched
   */
  public static MySqlServer start(
      Product product, Path dataDir, int port, boolean durable, Map<String, String> settings)
      throws IOException {
    return startOn(dataDir, port, durable, settings, stand -> new MySqlServer(product, stand));
  }

  /**
   * Settings with which a server shows a certificate of the authority, for {@code localhost} and
   * the address it listens on.
   *
   * @param dir where the certificate and its key are kept; exists
   */
  public static Map<String, String> tls(Authority authority, Path dir)
      throws IOException, GeneralSecurityException {
    Authority.Identity identity =
        authority.issue("mysql_server", "dns:localhost", "ip:" + LoopbackPort.HOST);
    Path certificate = Files.writeString(dir.resolve("server-cert.pem"), identity.certificate());
    Path key = Files.writeString(dir.resolve("server-key.pem"), identity.key());
    return Map.of(
        "ssl-ca",
        authority.certificate().toAbsolutePath().toString(),
        CERTIFICATE,
        certificate.toAbsolutePath().toString(),
        "ssl-key",
        key.toAbsolutePath().toString());
  }

  public Product product() {
    return product;
  }

  @Override
  public String jdbcUrl(String database) {
    return product.scheme() + "://" + LoopbackPort.HOST + ":" + port() + "/" + database;
  }

  @Override
  public String superuser() {
    return SUPERUSER;
  }

  /** A new connection of the superuser, in no database. */
  @Override
  public Connection connect() throws SQLException {
    return connect("");
  }

  @Override
  protected boolean isInitialised(Path dataDir) {
    return Files.isDirectory(dataDir.resolve("mysql"));
  }

  @Override
  protected void initialise() throws IOException {
    Trees.delete(dataDir());
    Trees.copy(installation.template(), dataDir());
  }

  @Override
  protected List<String> command() throws IOException {
    List<String> command = new ArrayList<>(installation.command(dataDir()));
    command.add("--port=" + port());
    command.add("--bind-address=" + LoopbackPort.HOST);
    command.add("--socket="); // a path to one may be longer than a socket's name can be
    command.add("--pid-file=" + dataDir().resolve(PID_FILE));
    settings.forEach((name, value) -> command.add("--" + name + "=" + value));
    return command;
  }

  @Override
  protected String pidFile() {
    return PID_FILE;
  }

  @Override
  protected Signal stopSignal() {
    return Signal.TERM;
  }

  @Override
  protected Signal crashSignal() {
    return Signal.KILL;
  }

  @Override
  protected Path askDataDir(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet shown = statement.executeQuery("SELECT @@datadir")) {
      shown.next();
      return Path.of(shown.getString(1));
    }
  }

  @Override
  protected String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }
}

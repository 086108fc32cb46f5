package dev.belay.testkit.cockroach;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.Trees;
import dev.belay.testkit.standin.StandIn;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The database that one migrated to, for tests that run the same on each kind: a CockroachDB that
 * is given ({@code -Dbelay.cockroach.url=jdbc:postgresql://...}, user {@code
 * -Dbelay.cockroach.user}, default root), else a {@code cockroach} binary on the PATH, else the
 * stand-in.
 */
public final class NewDatabase implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final String name;
  private final String url;
  private final String user;
  private final Optional<StandIn> standIn;
  private final AutoCloseable end;

  private NewDatabase(
      String name, String url, String user, Optional<StandIn> standIn, AutoCloseable end) {
    this.name = name;
    this.url = url;
    this.user = user;
    this.standIn = standIn;
    this.end = end;
  }

  /** Opens what there is. */
  public static NewDatabase open() throws IOException, SQLException {
    String given = System.getProperty("belay.cockroach.url", "");
    if (!given.isEmpty()) {
      return at(
          "CockroachDB at the URL given",
          given,
          System.getProperty("belay.cockroach.user", "root"));
    }
    Optional<Path> binary = onPath();
    if (binary.isPresent()) {
      return ready(singleNode(binary.get()));
    }
    StandIn standIn = StandIn.start();
    return new NewDatabase(
        "the stand-in", standIn.url(), StandIn.USER, Optional.of(standIn), standIn);
  }

  /** One that runs already and that somebody else ends. */
  public static NewDatabase at(String name, String url, String user) throws SQLException {
    return ready(new NewDatabase(name, url, user, Optional.empty(), () -> {}));
  }

  private static Optional<Path> onPath() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "cockroach"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static NewDatabase singleNode(Path binary) throws IOException {
    Path dir = Files.createTempDirectory("belay-cockroach-");
    int port = LoopbackPort.free();
    Process process =
        new ProcessBuilder(
                List.of(
                    binary.toString(),
                    "start-single-node",
                    "--insecure",
                    "--store=type=mem,size=1GiB",
                    "--listen-addr=" + LoopbackPort.HOST + ":" + port,
                    "--http-addr=" + LoopbackPort.HOST + ":" + LoopbackPort.free()))
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("cockroach.log").toFile())
            .start();
    String url = "jdbc:postgresql://" + LoopbackPort.HOST + ":" + port + "/defaultdb";
    return new NewDatabase(
        "a CockroachDB of one node",
        url,
        "root",
        Optional.empty(),
        () -> {
          process.destroy();
          if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
          }
          Trees.delete(dir);
        });
  }

  private static NewDatabase ready(NewDatabase database) throws SQLException {
    Deadline.in(START_LIMIT)
        .await(
            database.name,
            () -> {
              try (Connection connection = database.connect()) {
                return connection.isValid(1);
              } catch (SQLException notYet) {
                return false;
              }
            });
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET CLUSTER SETTING kv.rangefeed.enabled = true");
    }
    return database;
  }

  /** For messages. */
  public String name() {
    return name;
  }

  /** JDBC URL, for users other than the one of {@link #connect}. */
  public String url() {
    return url;
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, "");
  }

  /** The stand-in, if that is what it is: only it can be told to misbehave. */
  public Optional<StandIn> standIn() {
    return standIn;
  }

  @Override
  public void close() throws IOException {
    try {
      end.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IOException("closing " + name, e);
    }
  }
}

package dev.belay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The check that decides whether a contestant's figures count, on a real server. */
class FingerprintIT {

  private static final Workload WORKLOAD = new Workload("bench", 5_000, 800, 0.1, 300, 4, 3);

  private static final Map<String, DatabaseServer> SERVERS = new HashMap<>();
  @TempDir static Path servers;

  @TempDir Path dir;

  static Stream<Arguments> ways() {
    return engines().stream()
        .flatMap(engine -> engine.plainWays().stream().map(way -> Arguments.of(engine, way)));
  }

  /** Those whose servers can be had here. */
  private static List<Engine> engines() {
    List<Engine> engines = new ArrayList<>(List.of(new PostgresEngine()));
    Optional<String> obstacle = MySqlServer.obstacle(Product.MYSQL);
    if (obstacle.isEmpty()) {
      engines.add(new MySqlEngine());
    } else {
      System.err.println("Not on MySQL: " + obstacle.get());
    }
    return engines;
  }

  @BeforeAll
  static void start() throws IOException {
    for (Engine engine : engines()) {
      SERVERS.put(engine.title(), engine.start(servers.resolve(engine.title())));
    }
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(DatabaseServer::close);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void ofWhatPlainJdbcWroteIsThatOfTheChanges(Engine engine, PlainWay way) throws Exception {
    String database = way.name().toLowerCase(Locale.ROOT);
    try (TargetTables tables = written(engine, way, database)) {
      assertThat(tables.fingerprint()).isEqualTo(Fingerprint.expected(engine, List.of(WORKLOAD)));
      assertThat(tables.isFinished()).isTrue();
      assertThat(tables.written().rows()).isGreaterThanOrEqualTo(tables.fingerprint().rows());
    }
    try (Connection connection = SERVERS.get(engine.title()).connect();
        Statement statement = connection.createStatement()) {
      engine.drop(statement, database);
      engine.settle(statement);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void changesWithOneDigitOfOneValue(Engine engine, PlainWay way) throws Exception {
    int number = 0;
    for (String change :
        List.of("price = price + 0.0001", "score = score + 0.001", "note = 'another'")) {
      String database = "one_digit_" + way.name().toLowerCase(Locale.ROOT) + ++number;
      try (TargetTables tables = written(engine, way, database);
          Connection connection = SERVERS.get(engine.title()).connect(database);
          Statement statement = connection.createStatement()) {
        statement.execute("UPDATE bench SET " + change + " WHERE id = " + WORKLOAD.finish().get(0));

        assertThat(tables.fingerprint())
            .as(change)
            .isNotEqualTo(Fingerprint.expected(engine, List.of(WORKLOAD)));
      }
    }
  }

  private TargetTables written(Engine engine, PlainWay way, String database)
      throws SQLException, IOException {
    DatabaseServer server = SERVERS.get(engine.title());
    server.createDatabase(database);
    TargetTables tables = TargetTables.create(engine, server, database, List.of(WORKLOAD));
    tables.begin();
    assertThat(tables.isFinished()).isFalse();
    Path file = dir.resolve("changes");
    BatchFile.write(file, WORKLOAD);
    try (Connection connection =
        DriverManager.getConnection(
            server.jdbcUrl(database) + way.urlSettings(), server.superuser(), "")) {
      way.prepare(connection, "bench");
      connection.setAutoCommit(false);
      BatchFile.<Exception>read(file, batch -> way.write(connection, "bench", batch));
    } catch (SQLException | IOException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return tables;
  }
}

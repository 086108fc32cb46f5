package dev.belay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The check that decides whether a contestant's figures count, on a real server. */
class FingerprintIT {

  private static final Workload WORKLOAD = new Workload("bench", 5_000, 800, 0.1, 300, 4, 3);

  private static PostgresServer server;

  @TempDir Path dir;

  @BeforeAll
  static void start() throws IOException {
    server = PostgresServer.start(PostgresServer.Version.NEW);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void ofWhatPlainJdbcWroteIsThatOfTheChanges(PlainWay way) throws Exception {
    try (TargetTables tables = written(way, way.name().toLowerCase(java.util.Locale.ROOT))) {
      assertThat(tables.fingerprint()).isEqualTo(Fingerprint.expected(WORKLOAD));
      assertThat(tables.isFinished()).isTrue();
    }
  }

  @Test
  void changesWithOneDigitOfOneValue() throws Exception {
    try (TargetTables tables = written(PlainWay.UNNEST, "one_digit");
        Connection connection = server.connect("one_digit");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE bench SET price = price + 0.0001 WHERE id = (SELECT max(id) FROM bench)");

      assertThat(tables.fingerprint()).isNotEqualTo(Fingerprint.expected(WORKLOAD));
    }
  }

  private TargetTables written(PlainWay way, String database) throws SQLException, IOException {
    server.createDatabase(database);
    TargetTables tables = TargetTables.create(server, database, List.of(WORKLOAD));
    assertThat(tables.isFinished()).isFalse();
    Path file = dir.resolve("changes");
    BatchFile.write(file, WORKLOAD);
    try (Connection connection = server.connect(database)) {
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

package dev.belay.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testkit.postgres.PostgresServer.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresServerIT {

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource(Version.class)
  void dataSurvivesStopAndCrash(Version version) throws Exception {
    Path data = dir.resolve("data");
    try (PostgresServer server =
        PostgresServer.start(version, data, 0, false, Map.of("wal_level", "logical"))) {
      int port = server.port();
      server.createDatabase("Shop \"one\"");
      execute(server, "CREATE TABLE t (id INT)");
      assertThat(query(server, "SHOW server_version_num"))
          .startsWith(Integer.toString(version.major()));
      assertThat(query(server, "SHOW wal_level")).isEqualTo("logical");

      server.stop();
      assertThat(server.isAlive()).isFalse();
      server.restart();
      execute(server, "INSERT INTO t VALUES (1)");

      server.stopImmediately();
      assertThatThrownBy(server::connect).isInstanceOf(SQLException.class);
      server.restart();

      assertThat(server.port()).isEqualTo(port);
      assertThat(query(server, "SELECT count(*) FROM t")).isEqualTo("1");
      assertThat(server.logFile()).content().contains("was not properly shut down");
    }
    try (PostgresServer durable = PostgresServer.start(version, data, 0, true)) {
      assertThat(query(durable, "SHOW fsync")).isEqualTo("on");
      assertThat(query(durable, "SHOW synchronous_commit")).isEqualTo("on");
    }
  }

  @Test
  void temporaryServerLeavesNothingBehind() throws Exception {
    Path data;
    try (PostgresServer server = PostgresServer.start(Version.NEW)) {
      data = server.dataDir();
      assertThat(data).isDirectory();
    }
    assertThat(data.getParent()).doesNotExist();
  }

  @Test
  void portOfAnotherServerIsRefusedWithTheServersOwnWords() throws Exception {
    try (PostgresServer first = PostgresServer.start(Version.NEW)) {
      assertThatThrownBy(
              () -> PostgresServer.start(Version.NEW, dir.resolve("data"), first.port(), false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Address already in use");
    }
  }

  private static void execute(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }
}

package dev.belay.testkit.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Skipped where there is no Docker. */
@Tag("docker")
class MySqlContainerIT {
  private static final Logger LOG = LoggerFactory.getLogger(MySqlContainerIT.class);

  @BeforeAll
  static void needsDocker() {
    MySqlContainer.obstacle()
        .ifPresent(
            obstacle -> {
              // Maven's summary leaves out why a whole class is skipped
              LOG.warn("MySqlContainerIT is skipped: {}", obstacle);
              assumeTrue(false, obstacle);
            });
  }

  @ParameterizedTest
  @EnumSource(MySqlContainer.Version.class)
  void oldVersionsTakeConnections(MySqlContainer.Version version) throws Exception {
    try (MySqlContainer server = MySqlContainer.start(version);
        Connection connection = server.connect()) {
      String wanted = version.name().substring(1).replace('_', '.');
      assertThat(connection.getMetaData().getDatabaseProductVersion()).startsWith(wanted);
    }
  }
}

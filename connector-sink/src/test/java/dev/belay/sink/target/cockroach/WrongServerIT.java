package dev.belay.sink.target.cockroach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.harness.Servers;
import dev.belay.sink.target.Target;
import dev.belay.sink.target.postgres.PostgresTarget;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.StandIn;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Both databases answer to the same driver; each target takes its own only. */
class WrongServerIT {
  @RegisterExtension static final Servers SERVERS = new Servers();

  private static TargetFault refusal(Target target, Connection connection) {
    TargetFault[] fault = new TargetFault[1];
    assertThatThrownBy(() -> target.prepare(connection, CockroachDatabase.LIMITS))
        .isInstanceOfSatisfying(SQLException.class, e -> fault[0] = target.judge(e));
    assertThat(fault[0].verdict()).isEqualTo(Verdict.FATAL);
    assertThat(fault[0].connectionLost()).isFalse();
    return fault[0];
  }

  @Test
  void cockroachIsNotTakenForPostgres() throws Exception {
    try (StandIn old = StandIn.builder().version("v23.1.9").start();
        Connection connection = old.connect()) {
      assertThat(refusal(new PostgresTarget(), connection).describe())
          .contains("the server is CockroachDB", "jdbc:cockroachdb:");
      assertThat(refusal(new CockroachTarget(false), connection).describe())
          .contains("CockroachDB 23.1", "23.2 and newer");
    }
  }

  @Test
  void postgresIsNotTakenForCockroach() throws Exception {
    try (Connection connection = SERVERS.postgres(PostgresServer.Version.NEW).connect()) {
      assertThat(refusal(new CockroachTarget(false), connection).describe())
          .contains("says that it is PostgreSQL 18", "jdbc:postgresql:");
    }
  }
}

package dev.belay.sink.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.testkit.postgres.PostgresServer;
import org.junit.jupiter.api.Test;

/** PostgreSQL only: the others take no connection while they recover. */
class RecoveryIT extends FaultCase {

  @Test
  void aDatabaseThatIsRestartedInRecoveryIsWaitedFor() throws Exception {
    assumeTrue(
        LINE.database() instanceof PostgresServer,
        "only PostgreSQL takes connections while it is in recovery");
    PostgresServer server = (PostgresServer) LINE.database();
    start("consistent");
    bank.transactions(4);
    server.restartInRecovery();
    bank.transactions(8);
    awaitLog("25006");
    server.promote();
    assertEveryRecordTookEffectOnce();
  }
}

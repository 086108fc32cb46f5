package dev.belay.sink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.Wire;
import dev.belay.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another copy of the database takes the place of the one that the sink has written to. PostgreSQL
 * only: the test kit has no replicas of the others.
 */
class FailoverIT extends FaultCase {
  private static final String LOSS = "it was restored from a backup, or failed over and lost";

  private PostgresServer primary;
  private PostgresServer standby;
  private Wire replication;

  @Override
  PostgresServer target() throws Exception {
    primary = PostgresServer.start(PostgresServer.Version.NEW);
    replication = new Wire(primary.port());
    standby = primary.startStandby(replication.port());
    return primary;
  }

  /** As the handbook has it. */
  @Override
  String url() {
    return super.url().replace("/" + db.name(), ",127.0.0.1:" + standby.port() + "/" + db.name())
        + "?targetServerType=primary";
  }

  @AfterEach
  void closeServers() throws Exception {
    replication.close();
    standby.close();
    primary.close();
  }

  @Test
  void aPromotedCopyThatHasEverythingIsGoneOnWith() throws Exception {
    start("consistent");
    bank.transactions(8);
    awaitFrontier();
    TargetDatabase copy = db.copiedTo(standby);
    await("the copy has it too", () -> frontier(copy).equals(frontier(db)));
    primary.kill9();
    standby.promote();
    moveTo(copy);
    bank.transactions(8);
    assertEveryRecordTookEffectOnce();
  }

  @Test
  void whatAFailoverHasLostIsWrittenAgainAndSaid() throws Exception {
    start("consistent");
    bank.transactions(8);
    awaitFrontier();
    TargetDatabase copy = db.copiedTo(standby);
    await("the copy has it too", () -> frontier(copy).equals(frontier(db)));
    replication.goDead();
    bank.transactions(8);
    awaitFrontier();
    assertThat(frontier(copy)).isNotEqualTo(frontier(db));
    primary.kill9();
    standby.promote();
    moveTo(copy);
    bank.transactions(8);
    assertEveryRecordTookEffectOnce();
    awaitLog(LOSS);
  }

  @Test
  void whatABackupDoesNotHaveIsWrittenAgainAndSaid(@TempDir Path dir) throws Exception {
    start("consistent");
    bank.transactions(8);
    awaitFrontier();
    primary.backUp(dir.resolve("backup"));
    bank.transactions(8);
    awaitFrontier();
    primary.restore(dir.resolve("backup"));
    assertThat(frontier(db)).isNotEqualTo(List.of(Feed.hlc(bank.now())));
    bank.transactions(8);
    assertEveryRecordTookEffectOnce();
    awaitLog(LOSS);
  }

  private static List<String> frontier(TargetDatabase database) {
    return database.rows("SELECT frontier FROM belay.belay_frontier");
  }
}

package dev.belay.sink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectorStatus.State;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics change under a sink that runs. */
@Tag("any-target")
@Tag("when-asked")
class TopicChangesIT extends FaultCase {

  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void everyRecordTakesEffectOnceWhenTopicsGainPartitions(String mode) {
    start(mode);
    bank.transactions(8);
    Bank.tables().forEach(table -> feed.grow(table, 5));
    bank.transactions(12);
    assertEveryRecordTookEffectOnce();
  }

  /** The position is moved by hand then, and rows go back on the way: as the handbook says. */
  @Test
  void aTopicThatIsMadeAnewStopsTheTaskAndIsReadAfterAPersonHasSaidSo() {
    start("consistent");
    bank.transactions(8);
    awaitFrontier();
    ConnectRest rest = LINE.worker().rest();
    feed.recreate("entry");
    // the changefeed goes on, by which the task learns of it
    bank.transactions(2);
    assertThat(rest.awaitTaskFailure(connector, PATIENCE)).contains("was deleted and made anew");
    rest.stop(connector);
    rest.awaitState(connector, State.STOPPED, PATIENCE);
    rest.resetOffsets(connector);
    closeObserver();
    AuditTables.empty(db);
    bank.scanEntries();
    rest.resume(connector);
    bank.transactions(4);
    assertEveryRecordTookEffectOnce();
  }
}

package dev.belay.sink.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database lives, and does not take what the sink brings. */
@Tag("any-target")
class TargetAwayIT extends FaultCase {

  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void aConnectionThatIsCutAfterCommitWasSentIsNoLoss(String mode) throws Exception {
    start(mode);
    bank.transactions(10);
    strikeAt(Moment.COMMITTED, wire::cut);
    awaitLog("The transaction whose answer was lost is committed; going on");
    bank.transactions(10);
    assertEveryRecordTookEffectOnce();
  }

  @Test
  void aConnectionThatIsCutInTheMiddleOfACommitIsNoLoss() throws Exception {
    start("consistent");
    bank.transactions(10);
    strikeAt(Moment.COMMITTING, wire::cut);
    bank.transactions(10);
    assertEveryRecordTookEffectOnce();
  }

  @Test
  void aDatabaseOutOfConnectionsIsWaitedFor() throws Exception {
    start("consistent");
    awaitFrontier();
    List<Connection> taken = new ArrayList<>();
    try {
      await(
          "others have all connections",
          () -> {
            db.endSessions();
            takeAll(taken);
            return db.sessions().isEmpty();
          });
      bank.transactions(8);
      awaitLog(db.outOfConnectionsCode());
    } finally {
      for (Connection connection : taken) {
        connection.close();
      }
    }
    assertEveryRecordTookEffectOnce();
  }

  private void takeAll(List<Connection> taken) {
    try {
      while (taken.size() < Line.CONNECTIONS) {
        taken.add(db.connectAsSomebody());
      }
    } catch (SQLException noneLeft) {
      // but the superuser's reserve
    }
  }

  @Test
  void aDatabaseThatIsReadOnlyIsWaitedFor() {
    start("consistent");
    bank.transactions(4);
    db.setReadOnly(true);
    try {
      bank.transactions(8);
      awaitLog(db.readOnlyCode());
    } finally {
      db.setReadOnly(false);
    }
    assertEveryRecordTookEffectOnce();
  }
}

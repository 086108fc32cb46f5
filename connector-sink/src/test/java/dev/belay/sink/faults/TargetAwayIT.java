package dev.belay.sink.faults;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database lives, and does not take what the sink brings. */
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
            db.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
                    + db.role()
                    + "' AND application_name <> 'others'");
            takeAll(taken);
            return db.value(
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = '"
                        + db.role()
                        + "' AND application_name <> 'others'")
                .equals("0");
          });
      bank.transactions(8);
      awaitLog("53300");
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
        taken.add(DriverManager.getConnection(db.url() + "?ApplicationName=others", db.role(), ""));
      }
    } catch (SQLException noneLeft) {
      // but the superuser's reserve
    }
  }

  @Test
  void aDatabaseThatIsReadOnlyIsWaitedFor() {
    start("consistent");
    bank.transactions(4);
    readOnly("on");
    try {
      bank.transactions(8);
      awaitLog("25006");
    } finally {
      readOnly("off");
    }
    assertEveryRecordTookEffectOnce();
  }

  private void readOnly(String value) {
    db.sql("ALTER SYSTEM SET default_transaction_read_only = " + value, "SELECT pg_reload_conf()");
  }

  @Test
  void aDatabaseThatIsRestartedInRecoveryIsWaitedFor() throws Exception {
    start("consistent");
    bank.transactions(4);
    LINE.postgres().restartInRecovery();
    bank.transactions(8);
    awaitLog("25006");
    LINE.postgres().promote();
    assertEveryRecordTookEffectOnce();
  }
}

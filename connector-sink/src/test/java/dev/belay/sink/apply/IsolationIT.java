package dev.belay.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.failure.StopException;
import dev.belay.sink.harness.Servers;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Savepoint;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is to blame when the target refuses a window, and who is not. */
class IsolationIT {
  private static final int ROWS = 5_000;

  @RegisterExtension static final Servers SERVERS = new Servers();

  private TargetDatabase db;

  @BeforeEach
  void makeDatabase() throws Exception {
    db = TargetDatabase.on(SERVERS.postgres(Version.NEW));
  }

  private static String row(int id, int v) {
    return "{\"id\": " + id + ", \"v\": " + v + "}";
  }

  private static void rows(ApplyBench bench, int from, int to) {
    for (int id = from; id < to; id++) {
      bench.upsert("t", "[" + id + "]", row(id, id), 5);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "check | v int CHECK (v <> 666)",
        "overflow | v int CHECK (100000 / (v - 666) > -1000000)",
        "domain | v small"
      })
  void onlyTheRowThatCannotBeIsRejected(String kind, String column) throws Exception {
    db.sql("CREATE DOMAIN small AS int CHECK (VALUE < 100000)");
    db.sql("CREATE TABLE t (id int PRIMARY KEY, " + column + ")");
    int bad = kind.equals("domain") ? 100_001 : 666;
    try (ApplyBench bench = ApplyBench.on(db)) {
      rows(bench, 10_000, 10_000 + ROWS / 2);
      bench.upsert("t", "[1]", row(1, bad), 5);
      rows(bench, 20_000, 20_000 + ROWS / 2);
      bench.apply();
      assertThat(bench.reasons()).containsOnlyKeys(ROWS / 2);
    }
    assertThat(db.value("SELECT count(*) FROM t")).isEqualTo(Integer.toString(ROWS));
  }

  @Test
  void rowThatATriggerRefusesIsRejectedAlone() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, v int)",
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN IF NEW.v = 666 THEN RAISE EXCEPTION 'not %', NEW.v; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION refuse()");
    try (ApplyBench bench = ApplyBench.on(db)) {
      rows(bench, 1, 100);
      bench.upsert("t", "[200]", row(200, 666), 5).apply();
      assertThat(bench.reasons()).containsOnlyKeys(99);
      assertThat(bench.reasons().get(99)).contains("P0001").doesNotContain("not 666");
    }
    assertThat(db.value("SELECT count(*) FROM t")).isEqualTo("99");
  }

  @Test
  void missingValueOfARequiredColumnIsRejectedAlone() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int NOT NULL)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("t", "[1]", row(1, 1), 5)
          .upsert("t", "[2]", "{\"id\": 2, \"v\": null}", 5)
          .upsert("t", "[3]", "{\"id\": 3}", 5)
          .apply();
      assertThat(bench.reasons()).containsOnlyKeys(1, 2);
    }
    assertThat(db.rows("SELECT id FROM t")).containsExactly("1");
  }

  @Test
  void olderVersionOfARejectedRowIsApplied() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 666))");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 5), 5).upsert("t", "[1]", row(1, 666), 6).apply();
      assertThat(bench.reasons()).containsOnlyKeys(1);
    }
    assertThat(db.rows("SELECT v FROM t")).containsExactly("5");
  }

  @Test
  void newerVersionOfARejectedRowIsAppliedInALaterWindow() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 666))");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 666), 5).apply();
      bench.upsert("t", "[1]", row(1, 7), 6).applyAll();
    }
    assertThat(db.rows("SELECT v FROM t")).containsExactly("7");
  }

  @Test
  void childrenOfARejectedParentAreRejectedWithIt() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 666))",
        "CREATE TABLE child (id int PRIMARY KEY, t_id int REFERENCES t)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("child", "[1]", "{\"id\": 1, \"t_id\": 1}", 5)
          .upsert("child", "[2]", "{\"id\": 2, \"t_id\": 2}", 5)
          .upsert("t", "[1]", row(1, 666), 5)
          .upsert("t", "[2]", row(2, 2), 5)
          .apply();
      assertThat(bench.reasons()).containsOnlyKeys(0, 2);
    }
    assertThat(db.rows("SELECT id FROM child")).containsExactly("2");
  }

  @Test
  void rowsThatOnlyMoveTogetherAreNotBlamedForARowThatNeverFits() throws Exception {
    db.sql(
        "CREATE TABLE country (id int PRIMARY KEY, code text NOT NULL UNIQUE)",
        "CREATE TABLE city (id int PRIMARY KEY, country text NOT NULL REFERENCES country (code))",
        "CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 666))",
        "INSERT INTO country VALUES (1, 'A')",
        "INSERT INTO city VALUES (10, 'A')");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("country", "[1]", "{\"id\": 1, \"code\": \"C\"}", 5)
          .upsert("city", "[10]", "{\"id\": 10, \"country\": \"C\"}", 5)
          .upsert("t", "[1]", row(1, 666), 5)
          .apply();
      assertThat(bench.reasons()).containsOnlyKeys(2);
    }
    assertThat(db.rows("SELECT country FROM city")).containsExactly("C");
  }

  @Test
  void checkThatRefusesTheParkedValueBlamesNobody() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, code text NOT NULL UNIQUE CHECK (length(code) < 3),"
            + " v int CHECK (v <> 666))",
        "INSERT INTO t VALUES (1, 'a', 0), (2, 'b', 0)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench
          .upsert("t", "[3]", "{\"id\": 3, \"code\": \"b\", \"v\": 1}", 5)
          .delete("t", "[2]", 5)
          .upsert("t", "[1]", "{\"id\": 1, \"code\": \"c\", \"v\": 1}", 5)
          .upsert("t", "[4]", "{\"id\": 4, \"code\": \"d\", \"v\": 666}", 5)
          .apply();
      assertThat(bench.reasons()).containsOnlyKeys(3);
    }
    assertThat(db.rows("SELECT id, code FROM t ORDER BY id")).containsExactly("1|c", "3|b");
  }

  @Test
  void rejectedRowTakesItsTransactionAlongIfTheUserSaysSo() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 666))");
    try (ApplyBench bench = new ApplyBench.Settings().rejectWholeTransactions().on(db)) {
      bench
          .upsert("t", "[1]", row(1, 1), 5)
          .upsert("t", "[2]", row(2, 2), 6)
          .upsert("t", "[3]", row(3, 666), 6)
          .upsert("t", "[4]", row(4, 4), 7)
          .apply();
      assertThat(bench.reasons()).containsOnlyKeys(1, 2);
      assertThat(bench.reasons().get(1)).contains("reject.scope=transaction");
    }
    assertThat(db.rows("SELECT id FROM t ORDER BY id")).containsExactly("1", "4");
  }

  @Test
  void rowThatWaitsIsHeldAndNotRejected() throws Exception {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE t (id int PRIMARY KEY, v int REFERENCES parent)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      Outcome outcome =
          bench
              .upsert("t", "[1]", row(1, 9), 5)
              .upsert("parent", "[1]", "{\"id\": 1}", 5)
              .apply(true);
      assertThat(outcome.held()).containsExactly(0);
      assertThat(bench.reasons()).isEmpty();
    }
    assertThat(db.rows("SELECT id FROM parent")).containsExactly("1");
  }

  @Test
  void changeIsNotBothHeldAndRejected() throws Exception {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY, v int CHECK (v <> 666))",
        "CREATE TABLE t (id int PRIMARY KEY, v int REFERENCES parent)");
    try (ApplyBench bench = new ApplyBench.Settings().rejectWholeTransactions().on(db)) {
      Outcome outcome =
          bench
              .upsert("t", "[1]", row(1, 9), 5)
              .upsert("parent", "[2]", row(2, 666), 5)
              .apply(true);
      assertThat(outcome.held()).doesNotContainAnyElementsOf(outcome.rejected().keySet());
    }
  }

  @Test
  void outageInTheMidstOfTheSearchBlamesNobody() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 666))");
    AtomicInteger savepoints = new AtomicInteger();
    ApplyBench.Settings settings =
        new ApplyBench.Settings()
            .network(source -> () -> cutAtSavepoint(source.open(), 6, savepoints));
    try (ApplyBench bench = settings.on(db)) {
      rows(bench, 1, 200);
      bench.upsert("t", "[500]", row(500, 666), 5);
      bench.apply();
      // the session was cut in the search, which began again on another
      assertThat(savepoints.get()).isGreaterThan(6);
      assertThat(bench.reasons()).containsOnlyKeys(199);
    }
    assertThat(db.value("SELECT count(*) FROM t")).isEqualTo("199");
  }

  /** Ends the session on the server when a savepoint is set for the n-th time. */
  private Connection cutAtSavepoint(Connection real, int n, AtomicInteger savepoints) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) -> {
              if (method.getName().equals("setSavepoint") && savepoints.incrementAndGet() == n) {
                Savepoint last = real.setSavepoint();
                db.sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND application_name = 'bench'");
                return last;
              }
              try {
                return method.invoke(real, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void columnAddedWhileRunningIsFoundByReadingTheCatalogOnce() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 1), 5).applyAll();
      db.sql("ALTER TABLE t ADD COLUMN w int");
      bench.upsert("t", "[1]", "{\"id\": 1, \"v\": 2, \"w\": 3}", 6).applyAll();
      assertThat(bench.rereads()).isEqualTo(1);
    }
    assertThat(db.rows("SELECT v, w FROM t")).containsExactly("2|3");
  }

  @Test
  void columnDroppedWhileRunningRejectsRecordsThatCarryIt() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int, w int)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", "{\"id\": 1, \"v\": 1, \"w\": 1}", 5).applyAll();
      db.sql("ALTER TABLE t DROP COLUMN w");
      bench
          .upsert("t", "[1]", "{\"id\": 1, \"v\": 2, \"w\": 2}", 6)
          .upsert("t", "[2]", row(2, 2), 6)
          .apply();
      assertThat(bench.reasons()).containsOnlyKeys(0);
      assertThat(bench.reasons().get(0)).contains("column w", "has no such column");
      assertThat(bench.rereads()).isEqualTo(1);
    }
    assertThat(db.rows("SELECT id, v FROM t ORDER BY id")).containsExactly("1|1", "2|2");
  }

  @Test
  void columnRenamedWhileRunningIsFoundUnderItsNewName() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 1), 5).applyAll();
      db.sql("ALTER TABLE t RENAME COLUMN v TO w");
      bench.upsert("t", "[1]", "{\"id\": 1, \"w\": 2}", 6).applyAll();
    }
    assertThat(db.rows("SELECT w FROM t")).containsExactly("2");
  }

  @Test
  void columnOfAnotherTypeIsFoundByReadingTheCatalogOnce() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 1), 5).applyAll();
      db.sql("ALTER TABLE t ALTER COLUMN v TYPE boolean USING v = 1");
      bench.upsert("t", "[1]", "{\"id\": 1, \"v\": false}", 6).applyAll();
      assertThat(bench.rereads()).isEqualTo(1);
    }
    assertThat(db.rows("SELECT v FROM t")).containsExactly("f");
  }

  @Test
  void columnWidenedWhileRunningTakesTheWiderValue() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v smallint)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 1), 5).applyAll();
      db.sql("ALTER TABLE t ALTER COLUMN v TYPE bigint");
      bench.upsert("t", "[1]", row(1, 2_000_000), 6).applyAll();
    }
    assertThat(db.rows("SELECT v FROM t")).containsExactly("2000000");
  }

  @Test
  void unknownColumnIsIgnoredIfTheUserSaysSo() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int)");
    try (ApplyBench bench = new ApplyBench.Settings().ignoreUnknownColumns().on(db)) {
      bench.upsert("t", "[1]", "{\"id\": 1, \"v\": 2, \"crdb_region\": \"eu\"}", 6).applyAll();
      assertThat(bench.rereads()).isZero();
    }
    assertThat(db.rows("SELECT v FROM t")).containsExactly("2");
  }

  @Test
  void missingTableStopsWithTheReason() throws Exception {
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 1), 5);
      assertThatThrownBy(bench::apply)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("offset 0 of topic feed")
          .hasMessageContaining("has no table t")
          .hasMessageContaining("tables.map");
    }
  }

  @Test
  void tableDroppedWhileRunningStopsWithTheReason() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 1), 5).applyAll();
      db.sql("DROP TABLE t");
      bench.upsert("t", "[1]", row(1, 2), 6);
      assertThatThrownBy(bench::apply)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("has no table t");
    }
  }

  @Test
  void privilegeThatIsTakenAwayStopsAndRejectsNothing() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 666))");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 1), 5).applyAll();
      db.sql("REVOKE DELETE ON t FROM " + db.role());
      // a row to blame comes first, and the search for it meets what is nobody's fault
      bench.upsert("t", "[2]", row(2, 666), 6).delete("t", "[1]", 6);
      assertThatThrownBy(bench::apply)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("42501")
          .hasMessageContaining("writing public.t");
      assertThat(bench.reasons()).isEmpty();
    }
  }

  @Test
  void serialColumnsDefaultIsUsedWhereTheRecordLacksIt() throws Exception {
    db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, n serial, v int)",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + db.role());
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", row(1, 1), 5).applyAll();
    }
    assertThat(Set.copyOf(db.rows("SELECT n FROM t"))).containsExactly("1");
  }
}

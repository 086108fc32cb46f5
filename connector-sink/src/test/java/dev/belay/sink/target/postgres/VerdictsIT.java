package dev.belay.sink.target.postgres;

import static dev.belay.sink.target.postgres.TargetDatabase.row;
import static dev.belay.sink.target.postgres.TargetDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.pgwire.Identifiers;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** The verdicts that a real server can be brought to. */
@ParameterizedClass
@EnumSource(Version.class)
class VerdictsIT {
  @Parameter Version version;
  private TargetDatabase database;

  @BeforeEach
  void open() throws Exception {
    database = TargetDatabase.on(version);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private TargetFault judge(ThrowingCallable act) throws SQLException {
    SQLException failure = catchThrowableOfType(SQLException.class, act);
    assertThat((Throwable) failure).as("a failure of the database").isNotNull();
    if (!database.apply().isClosed()) {
      database.apply().rollback();
    }
    return database.target().judge(failure);
  }

  private TargetFault onInsert(String table, Object... values) throws SQLException {
    TableShape shape = database.table(table);
    return judge(
        () ->
            database.write(
                upsert(shape, shape.columns().stream().map(c -> c.name()).toList(), values)));
  }

  private static void assertFault(TargetFault fault, String code, Verdict verdict) {
    assertThat(fault.code()).isEqualTo(code);
    assertThat(fault.verdict()).isEqualTo(verdict);
    assertThat(fault.toString()).doesNotContain("secret");
  }

  @Test
  void constraintsNameThemselvesAndNoValue() throws Exception {
    database.owner(
        "CREATE TABLE parent (id text PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, p text CONSTRAINT child_p REFERENCES parent)",
        "CREATE TABLE u (id int PRIMARY KEY, a text CONSTRAINT u_a UNIQUE)",
        "INSERT INTO u VALUES (1, 'secret')",
        "CREATE TABLE c (id int PRIMARY KEY, a text CONSTRAINT c_a CHECK (a <> 'secret'))",
        "CREATE TABLE n (id int PRIMARY KEY, a text NOT NULL)",
        "CREATE TABLE e (id int PRIMARY KEY, a int4range,"
            + " CONSTRAINT e_a EXCLUDE USING gist (a WITH &&))",
        "INSERT INTO e VALUES (1, '[1,5)')");

    TargetFault foreign = onInsert("child", 1, "secret");
    assertFault(foreign, "23503", Verdict.DEFERRABLE);
    assertThat(foreign.constraint()).isEqualTo("child_p");
    TargetFault unique = onInsert("u", 2, "secret");
    assertFault(unique, "23505", Verdict.DEFERRABLE);
    assertThat(unique.constraint()).isEqualTo("u_a");
    assertThat(unique.table()).isEqualTo("app.u");
    TargetFault check = onInsert("c", 1, "secret");
    assertFault(check, "23514", Verdict.POISON);
    assertThat(check.constraint()).isEqualTo("c_a");
    TargetFault notNull = onInsert("n", 1, null);
    assertFault(notNull, "23502", Verdict.POISON);
    assertThat(notNull.column()).isEqualTo("a");
    TargetFault exclusion = onInsert("e", 2, "[2,3)");
    assertFault(exclusion, "23P01", Verdict.DEFERRABLE);
    assertThat(exclusion.constraint()).isEqualTo("e_a");
  }

  @Test
  void restrictHasACodeOfItsOwnFromEighteenOn() throws Exception {
    database.owner(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, p int REFERENCES parent ON DELETE RESTRICT)",
        "INSERT INTO parent VALUES (1)",
        "INSERT INTO child VALUES (1, 1)");
    TableShape parent = database.table("parent");

    TargetFault fault = judge(() -> database.write(TargetDatabase.delete(parent, row(1))));

    assertFault(fault, database.major() >= 18 ? "23001" : "23503", Verdict.DEFERRABLE);
  }

  @Test
  void whatTheDefinitionForbidsStopsEverything() throws Exception {
    database.owner(
        "CREATE TABLE t (id int PRIMARY KEY, a text)", "CREATE TABLE u (id int PRIMARY KEY)");
    TableShape t = database.table("t");
    TableShape u = database.table("u");
    database.owner(
        "ALTER TABLE t DROP COLUMN a",
        "DROP TABLE u",
        "CREATE TABLE secret (id int)",
        "REVOKE ALL ON secret FROM " + Identifiers.quote(TargetDatabase.ROLE));

    assertFault(
        judge(() -> database.write(upsert(t, List.of("id", "a"), row(1, "secret")))),
        "42703",
        Verdict.FATAL);
    assertFault(
        judge(() -> database.write(upsert(u, List.of("id"), row(1)))), "42P01", Verdict.FATAL);
    assertFault(judge(() -> database.apply("SELECT 1 FROM nowhere.t")), "42P01", Verdict.FATAL);
    assertFault(judge(() -> database.apply("DELETE FROM app.secret")), "42501", Verdict.FATAL);
    assertFault(
        judge(() -> database.apply("CREATE TABLE nowhere.t (id int)")), "3F000", Verdict.FATAL);
  }

  @Test
  void aKeyThatChangedUnderTheShapeStopsEverything() throws Exception {
    database.owner("CREATE TABLE t (id int PRIMARY KEY, a int)");
    TableShape t = database.table("t");
    database.owner("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (a)");

    assertFault(
        judge(() -> database.write(upsert(t, List.of("id", "a"), row(1, 1)))),
        "42P10",
        Verdict.FATAL);
  }

  @Test
  void triggersOfTheUserPoisonTheirRow() throws Exception {
    database.owner(
        "CREATE TABLE t (id int PRIMARY KEY)",
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN RAISE EXCEPTION 'secret %', NEW.id; END $$",
        "CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no()");

    assertFault(onInsert("t", 1), "P0001", Verdict.POISON);
  }

  @Test
  void aKeyTooLongForItsIndexPoisonsItsRow() throws Exception {
    database.owner("CREATE TABLE t (id text PRIMARY KEY)");
    StringBuilder incompressible = new StringBuilder();
    Random random = new Random(1);
    for (int i = 0; i < 9000; i++) {
      incompressible.append((char) ('!' + random.nextInt(90)));
    }

    assertFault(onInsert("t", incompressible.toString()), "54000", Verdict.POISON);
  }

  @Test
  void jsonNestedTooDeeplyPoisonsItsRow() throws Exception {
    database.owner("CREATE TABLE t (id int PRIMARY KEY, a jsonb)");
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    assertFault(onInsert("t", 1, new Datum.Json(deep)), "54001", Verdict.POISON);
  }

  @Test
  void aLockThatDoesNotComeIsTransient() throws Exception {
    database.owner("CREATE TABLE t (id int PRIMARY KEY, a int)", "INSERT INTO t VALUES (1, 1)");
    TableShape t = database.table("t");
    try (Connection other = database.connect();
        Statement holds = other.createStatement();
        Connection impatient = database.connect()) {
      holds.execute("SELECT 1 FROM app.t FOR UPDATE");
      database
          .target()
          .prepare(
              impatient, new SessionLimits(Duration.ofSeconds(20), Duration.ofMillis(50), "x"));

      TargetFault fault =
          judge(
              () ->
                  database
                      .target()
                      .write(impatient, List.of(upsert(t, List.of("id", "a"), row(1, 2)))));

      assertFault(fault, "55P03", Verdict.TRANSIENT);
      assertThat(fault.connectionLost()).isFalse();
    }
  }

  @Test
  void theVictimOfADeadlockTriesAgain() throws Exception {
    database.owner("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
    try (Connection other = database.connect();
        Statement otherStatement = other.createStatement()) {
      database.apply("SELECT 1 FROM app.t WHERE id = 1 FOR UPDATE");
      otherStatement.execute("SELECT 1 FROM app.t WHERE id = 2 FOR UPDATE");
      CompletableFuture<SQLException> crossing =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  otherStatement.execute("SELECT 1 FROM app.t WHERE id = 1 FOR UPDATE");
                  return null;
                } catch (SQLException victim) {
                  return victim;
                }
              });
      SQLException mine =
          catchThrowableOfType(
              SQLException.class,
              () -> database.apply("SELECT 1 FROM app.t WHERE id = 2 FOR UPDATE"));
      database.apply().rollback();
      SQLException theirs = crossing.get(30, TimeUnit.SECONDS);

      assertFault(
          database.target().judge(mine == null ? theirs : mine), "40P01", Verdict.TRANSIENT);
    }
  }

  @Test
  void serializableTransactionsThatCrossTryAgain() throws Exception {
    database.owner("CREATE TABLE t (id int PRIMARY KEY, a int)", "INSERT INTO t VALUES (1, 1)");
    database.apply("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT * FROM app.t");
    database.owner("UPDATE t SET a = 2");

    assertFault(judge(() -> database.apply("UPDATE app.t SET a = 3")), "40001", Verdict.TRANSIENT);
  }

  @Test
  void aReadOnlyServerIsOneToConnectAnewTo() throws Exception {
    database.owner("CREATE TABLE t (id int PRIMARY KEY)");
    TableShape t = database.table("t");
    database.apply("SET TRANSACTION READ ONLY");

    TargetFault fault = judge(() -> database.write(upsert(t, List.of("id"), row(1))));

    assertFault(fault, "25006", Verdict.TRANSIENT);
    assertThat(fault.connectionLost()).isTrue();
  }

  @Test
  void cancelledStatementsAndFailedTransactionsAreTransient() throws Exception {
    assertFault(
        judge(() -> database.apply("SET LOCAL statement_timeout = 10", "SELECT pg_sleep(30)")),
        "57014",
        Verdict.TRANSIENT);
    catchThrowableOfType(SQLException.class, () -> database.apply("SELECT 1/0"));
    assertFault(judge(() -> database.apply("SELECT 1")), "25P02", Verdict.TRANSIENT);
  }

  @Test
  void aSessionThatAnAdministratorEndsIsLost() throws Exception {
    try (Connection victim = database.connect();
        Statement statement = victim.createStatement()) {
      int pid = victim.unwrap(PGConnection.class).getBackendPID();
      database.owner("SELECT pg_terminate_backend(" + pid + ")");
      awaitGone(pid);

      TargetFault fault = judge(() -> statement.execute("SELECT 1"));

      assertFault(fault, "57P01", Verdict.TRANSIENT);
      assertThat(fault.connectionLost()).isTrue();
      TargetFault after = judge(() -> statement.execute("SELECT 1"));
      assertThat(after.code()).startsWith("08");
      assertThat(after.connectionLost()).isTrue();
    }
  }

  @Test
  void aFrozenWorkerLosesItsSessionAndItsLocks() throws Exception {
    database.owner("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    try (Connection frozen = database.connect();
        Statement statement = frozen.createStatement()) {
      database
          .target()
          .prepare(frozen, new SessionLimits(Duration.ofMillis(50), Duration.ofSeconds(5), "x"));
      int pid = frozen.unwrap(PGConnection.class).getBackendPID();
      statement.execute("SELECT 1 FROM app.t FOR UPDATE");
      awaitGone(pid);

      TargetFault fault = judge(() -> statement.execute("SELECT 1"));

      assertFault(fault, "25P03", Verdict.TRANSIENT);
      assertThat(fault.connectionLost()).isTrue();
      database.apply("UPDATE app.t SET id = 2");
    }
  }

  @Test
  void loginsThatAreRefusedStop() {
    SQLException noDatabase =
        catchThrowableOfType(
            SQLException.class,
            () -> DriverManager.getConnection(url() + "-none", TargetDatabase.ROLE, ""));
    SQLException noRole =
        catchThrowableOfType(
            SQLException.class, () -> DriverManager.getConnection(url(), "nobody", ""));

    assertFault(database.target().judge(noDatabase), "3D000", Verdict.FATAL);
    assertFault(database.target().judge(noRole), "28000", Verdict.FATAL);
  }

  @Test
  void aServerThatIsNotThereIsTransient() {
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:1/x", "x", ""));

    assertThat(database.target().judge(failure).verdict()).isEqualTo(Verdict.TRANSIENT);
    assertThat(database.target().judge(failure).connectionLost()).isTrue();
  }

  private String url() throws SQLException {
    return database.owner().getMetaData().getURL();
  }

  private void awaitGone(int pid) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(database.rows("SELECT 1 FROM pg_stat_activity WHERE pid = " + pid))
                    .isEmpty());
  }
}

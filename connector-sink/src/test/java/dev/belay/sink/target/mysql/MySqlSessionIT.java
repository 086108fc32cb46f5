package dev.belay.sink.target.mysql;

import static dev.belay.sink.target.mysql.MySqlDatabase.row;
import static dev.belay.sink.target.mysql.MySqlDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.ForeignKeyShape.OnDelete;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.target.SessionLimits;
import dev.belay.testkit.mysql.Product;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions, locks and the catalog of real servers, as a user with the rights of role.sql. */
@ParameterizedClass
@EnumSource(Product.class)
class MySqlSessionIT {
  @Parameter Product product;
  private MySqlDatabase database;

  @BeforeEach
  void open() throws Exception {
    database = MySqlDatabase.on(product);
  }

  @AfterEach
  void close() throws SQLException {
    if (database != null) { // null: skipped for want of a server
      database.close();
    }
  }

  private TargetFault fault(SQLException failure) {
    return database.target().judge(failure);
  }

  @Test
  void nobodyLogsInAsTheUserOfTheScriptBeforeItsPasswordIsSet() {
    assertThat(database.loginBeforeThePasswordIsSet())
        .hasValueSatisfying(fault -> assertThat(fault.code()).isIn("3118", "4151"));
  }

  @Test
  void triggersThatTheUserHasNoRightToSeeAreSaidToBeHidden() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY");
    assertThat(database.target().hiddenTriggers(database.apply(), t.name())).isEmpty();

    database.revoke("TRIGGER");

    assertThat(database.target().hiddenTriggers(database.apply(), t.name()))
        .hasValueSatisfying(
            text -> assertThat(text).contains(t.name().toString(), "GRANT TRIGGER ON `shop "));
  }

  @Test
  void aLockThatIsHeldTooLongIsTransient() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, a INT");
    database.write(upsert(t, List.of("id", "a"), row(1, 1)));
    try (Connection other = database.connect(Duration.ofSeconds(1))) {
      database.target().write(database.apply(), List.of(upsert(t, List.of("id", "a"), row(1, 2))));

      SQLException failure =
          catchThrowableOfType(
              SQLException.class,
              () ->
                  database
                      .target()
                      .write(other, List.of(upsert(t, List.of("id", "a"), row(1, 3)))));

      assertThat(fault(failure).code()).isEqualTo("1205");
      assertThat(fault(failure).verdict()).isEqualTo(Verdict.TRANSIENT);
      other.rollback();
      database.apply().rollback();
    }
  }

  @Test
  void theVictimOfADeadlockMayTryAgainAtOnce() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, a INT");
    database.write(upsert(t, List.of("id", "a"), row(1, 1), row(2, 2)));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Connection other = database.connect(Duration.ofSeconds(120))) {
      MySqlTarget target = database.target();
      target.write(database.apply(), List.of(upsert(t, List.of("id", "a"), row(1, 5))));
      target.write(other, List.of(upsert(t, List.of("id", "a"), row(2, 6))));
      // one of the two waits for the other, and the second to come closes the circle
      Future<List<SQLException>> waiting =
          thread.submit(() -> failures(target, other, upsert(t, List.of("id", "a"), row(1, 7))));
      List<SQLException> victims =
          new ArrayList<>(
              failures(target, database.apply(), upsert(t, List.of("id", "a"), row(2, 8))));
      // whoever won still holds its locks, until here
      database.apply().rollback();
      victims.addAll(waiting.get(120, TimeUnit.SECONDS));

      assertThat(victims).hasSize(1);
      assertThat(fault(victims.get(0)).code()).isEqualTo("1213");
      assertThat(fault(victims.get(0)).matter()).isEqualTo(Matter.CONTENTION);
      other.rollback();
    } finally {
      thread.shutdownNow();
    }
  }

  private static List<SQLException> failures(MySqlTarget target, Connection connection, Step step) {
    try {
      target.write(connection, List.of(step));
      return List.of();
    } catch (SQLException e) {
      return List.of(e);
    }
  }

  @Test
  void theSessionIsStrictWhateverTheServerIs() throws Exception {
    try (Connection connection = database.plain();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION sql_mode = ''");
      database
          .target()
          .prepare(
              connection, new SessionLimits(Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));
      try (var mode = statement.executeQuery("SELECT @@sql_mode")) {
        mode.next();
        assertThat(mode.getString(1)).contains("STRICT_ALL_TABLES");
      }
    }
    assertThat(database.apply().getAutoCommit()).isFalse();
    try (Statement statement = database.apply().createStatement();
        var settings =
            statement.executeQuery(
                "SELECT @@sql_mode, @@time_zone, @@foreign_key_checks, @belay_apply")) {
      settings.next();
      assertThat(settings.getString(1))
          .contains("STRICT_ALL_TABLES", "NO_AUTO_VALUE_ON_ZERO")
          .doesNotContain("ANSI");
      assertThat(settings.getString(2)).isEqualTo("+00:00");
      assertThat(settings.getInt(3)).isEqualTo(1);
      assertThat(settings.getInt(4)).isEqualTo(1);
    }
    database.apply().rollback();
  }

  @Test
  void aTriggerTellsBelayFromOthers() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, a INT");
    database.owner(
        "CREATE TRIGGER mark BEFORE INSERT ON t FOR EACH ROW SET NEW.a = IF("
            + database.target().guard()
            + ", NEW.a, -1)",
        "INSERT INTO t VALUES (1, 1)");

    database.write(upsert(t, List.of("id", "a"), row(2, 2)));

    assertThat(database.rows("SELECT a FROM t ORDER BY id")).containsExactly("-1", "2");
    assertThat(database.target().triggers(database.apply(), t.name())).containsExactly("mark");
  }

  @Test
  void rowsThatAreTogetherLongerThanAPacketAreWrittenInParts() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, a LONGTEXT");
    long packet = ServerFacts.of(database.apply()).maxPacket();
    String text = "x".repeat((int) (packet / 5));

    database.write(
        upsert(
            t,
            List.of("id", "a"),
            row(1, text),
            row(2, text),
            row(3, text),
            row(4, text),
            row(5, text),
            row(6, text)));

    assertThat(database.rows("SELECT COUNT(*), MIN(LENGTH(a)) FROM t"))
        .containsExactly("6|" + text.length());
    TargetFault fault =
        database.fault(upsert(t, List.of("id", "a"), row(7, "x".repeat((int) packet))));
    assertThat(fault.verdict()).isEqualTo(Verdict.POISON);
    assertThat(fault.code()).isEqualTo("1153");
  }

  @Test
  void theCatalogKnowsKeysAndReferences() throws Exception {
    database.create("p", "a INT, b VARCHAR(5), PRIMARY KEY (b, a), UNIQUE KEY only_a (a)");
    TableShape child =
        database.create(
            "Child",
            "id BIGINT AUTO_INCREMENT PRIMARY KEY, pa INT, pb VARCHAR(5),"
                + " CONSTRAINT fk FOREIGN KEY (pb, pa) REFERENCES p (b, a) ON DELETE CASCADE");
    TableName parent = TableName.of(database.name(), "p");

    assertThat(database.table("p").key()).extracting("name").containsExactly("b", "a");
    assertThat(database.table("p").uniques()).extracting("name").containsExactly("only_a");
    assertThat(child.foreignKeys())
        .containsExactly(
            new ForeignKeyShape(
                "fk", List.of("pb", "pa"), parent, List.of("b", "a"), false, OnDelete.CASCADE));
    assertThat(database.target().takingChildrenAlong(database.apply())).contains(parent);
    assertThat(database.target().tables(database.apply())).contains(parent, child.name());
    // nothing may change what a foreign key refers to
    assertThat(database.target().canPark(database.table("p"), database.table("p").columns().get(0)))
        .isFalse();
    for (TableName asked :
        List.of(
            TableName.of("child"),
            TableName.of("public", "Child"),
            TableName.of(database.name(), "CHILD"))) {
      assertThat(database.target().describe(database.apply(), List.of(asked)).get(asked))
          .as(asked.toString())
          .extracting(TableShape::name)
          .isEqualTo(child.name());
    }
  }

  @Test
  void whatCannotBeWrittenIsRefusedWithTheReason() throws Exception {
    database.owner(
        "CREATE TABLE kept (id INT PRIMARY KEY) ENGINE=MyISAM",
        "CREATE VIEW seen AS SELECT * FROM kept");

    for (String[] expected :
        new String[][] {
          {"kept", "ENGINE=InnoDB"}, {"seen", "view"}, {"missing", "does not exist in database"}
        }) {
      TableName name = TableName.of(database.name(), expected[0]);
      assertThat(database.target().describe(database.apply(), List.of(name))).isEmpty();
      assertThat(database.target().whyAbsent(database.apply(), name)).contains(expected[1]);
    }
    assertThat(database.target().whyAbsent(database.apply(), TableName.of("no_such_database", "t")))
        .contains("does not exist");
  }

  @Test
  void rightsThatAreMissingAreToldFromTables() throws Exception {
    TableShape t = database.create("t", "id INT PRIMARY KEY, a INT");
    database.owner("RENAME TABLE t TO u");

    TargetFault gone = database.fault(upsert(t, List.of("id", "a"), row(1, 1)));

    assertThat(gone.matter()).isEqualTo(Matter.DEFINITION);
    try (Statement statement = database.apply().createStatement()) {
      SQLException refused =
          catchThrowableOfType(
              SQLException.class,
              () -> statement.execute("DELETE FROM belay.belay_checkpoint WHERE connector = 'x'"));
      assertThat(fault(refused).matter()).isEqualTo(Matter.RIGHTS);
    }
  }
}

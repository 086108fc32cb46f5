package dev.belay.sink.target.postgres;

import static dev.belay.sink.target.postgres.TargetDatabase.delete;
import static dev.belay.sink.target.postgres.TargetDatabase.row;
import static dev.belay.sink.target.postgres.TargetDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.TableShape;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Several steps as one statement: invariant I5 Referential. */
@ParameterizedClass
@EnumSource(Version.class)
class TogetherIT {
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

  private static final String[] ACTIONS = {"NO ACTION", "RESTRICT", "CASCADE"};

  private TableShape[] family(String action) throws SQLException {
    database.owner(
        "CREATE TABLE parent (id int PRIMARY KEY, a text)",
        "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent ON DELETE "
            + action
            + ")");
    return new TableShape[] {database.table("parent"), database.table("child")};
  }

  @Test
  void aChildBeforeItsParentInOneStatement() throws Exception {
    TableShape[] t = family("NO ACTION");

    long[] counts =
        database.write(
            upsert(t[1], List.of("id", "parent"), row(10, 1), row(11, 1)),
            upsert(t[0], List.of("id", "a"), row(1, "x")));
    database.apply().commit();

    assertThat(counts).containsExactly(2, 1);
  }

  @Test
  void aParentBeforeItsChildrenGoneInOneStatementWhateverTheAction() throws Exception {
    for (String action : ACTIONS) {
      TableShape[] t = family(action);
      database.owner(
          "INSERT INTO parent VALUES (1, 'x'), (2, 'y')",
          "INSERT INTO child VALUES (10, 1), (11, 1), (12, 2)");

      long[] counts = database.write(delete(t[0], row(1)), delete(t[1], row(10), row(11)));
      database.apply().commit();

      assertThat(counts).as(action).containsExactly(1, 2);
      assertThat(database.rows("SELECT id FROM app.child")).as(action).containsExactly("12");
      database.apply().commit();
      database.owner("DROP TABLE child, parent");
    }
  }

  @Test
  void childrenMovedToANewParentSurviveTheEndOfTheOldOneWhateverTheAction() throws Exception {
    for (String action : ACTIONS) {
      TableShape[] t = family(action);
      database.owner("INSERT INTO parent VALUES (1, 'x')", "INSERT INTO child VALUES (10, 1)");

      database.write(
          delete(t[0], row(1)),
          upsert(t[1], List.of("id", "parent"), row(10, 2)),
          upsert(t[0], List.of("id", "a"), row(2, "y")));
      database.apply().commit();

      assertThat(database.rows("SELECT * FROM app.child")).as(action).containsExactly("10|2");
      database.apply().commit();
      database.owner("DROP TABLE child, parent");
    }
  }

  @Test
  void aParentWhoseChildStaysIsDeferrable() throws Exception {
    for (String action : List.of("NO ACTION", "RESTRICT")) {
      TableShape[] t = family(action);
      database.owner("INSERT INTO parent VALUES (1, 'x')", "INSERT INTO child VALUES (10, 1)");

      TargetFault fault = database.fault(delete(t[0], row(1)));

      assertThat(fault.verdict()).as(action).isEqualTo(Verdict.DEFERRABLE);
      assertThat(fault.constraint()).isEqualTo("child_parent_fkey");
      assertThat(fault.table()).isEqualTo("app.child");
      database.owner("DROP TABLE child, parent");
    }
  }

  @Test
  void aCycleOfNotNullReferences() throws Exception {
    database.owner(
        "CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL)",
        "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a)",
        "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b ON DELETE RESTRICT");
    TableShape a = database.table("a");
    TableShape b = database.table("b");

    database.write(
        upsert(a, List.of("id", "b"), row(1, 2)), upsert(b, List.of("id", "a"), row(2, 1)));
    database.apply().commit();
    database.write(delete(a, row(1)), delete(b, row(2)));
    database.apply().commit();

    assertThat(database.rows("SELECT id FROM app.a UNION ALL SELECT id FROM app.b")).isEmpty();
  }

  @Test
  void rowsThatReferenceEachOtherInOneTable() throws Exception {
    TableShape t =
        database.create(
            "t", "id int PRIMARY KEY, boss int NOT NULL REFERENCES t ON DELETE RESTRICT");

    database.write(upsert(t, List.of("id", "boss"), row(3, 2), row(2, 1), row(1, 1)));
    database.apply().commit();
    database.write(
        delete(t, row(1), row(2)), upsert(t, List.of("id", "boss"), row(3, 4), row(4, 3)));
    database.apply().commit();

    assertThat(database.rows("SELECT * FROM app.t ORDER BY id")).containsExactly("3|4", "4|3");
  }

  @Test
  void partitionedFamiliesAreCheckedAtTheEndToo() throws Exception {
    database.owner(
        "CREATE TABLE parent (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE parent_1 PARTITION OF parent DEFAULT",
        "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES parent)"
            + " PARTITION BY RANGE (id)",
        "CREATE TABLE child_1 PARTITION OF child DEFAULT");
    TableShape parent = database.table("parent");
    TableShape child = database.table("child");

    database.write(
        upsert(child, List.of("id", "parent"), row(10, 1)), upsert(parent, List.of("id"), row(1)));
    database.apply().commit();
    database.write(delete(parent, row(1)), delete(child, row(10)));
    database.apply().commit();

    assertThat(database.rows("SELECT id FROM app.child")).isEmpty();
  }

  @Test
  void deferrableKeysTakePartInOneStatement() throws Exception {
    database.owner(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY DEFERRABLE, parent int NOT NULL REFERENCES parent)",
        "INSERT INTO parent VALUES (1)",
        "INSERT INTO child VALUES (10, 1)");
    TableShape parent = database.table("parent");
    TableShape child = database.table("child");

    long[] counts =
        database.write(
            upsert(child, List.of("id", "parent"), row(10, 2), row(11, 2)),
            delete(parent, row(1)),
            upsert(parent, List.of("id"), row(2)));
    database.apply().commit();

    assertThat(counts).containsExactly(2, 1, 1);
  }

  @Test
  void anUpsertMayTakeUpTheUniqueValueOfARowThatTheSameStatementDeletes() throws Exception {
    for (String key : List.of("", " DEFERRABLE")) {
      TableShape t =
          database.create("t", "id int PRIMARY KEY" + key + ", email text NOT NULL UNIQUE");
      database.owner("INSERT INTO t VALUES (1, 'x'), (2, 'y')");

      long[] counts =
          database.write(
              upsert(t, List.of("id", "email"), row(2, "x"), row(3, "y")), delete(t, row(1)));
      database.apply().commit();

      assertThat(counts).as(key).containsExactly(2, 1);
      assertThat(database.rows("SELECT * FROM app.t ORDER BY id")).containsExactly("2|x", "3|y");
      database.apply().commit();
      database.owner("DROP TABLE t");
    }
  }

  @Test
  void deferredConstraintsWaitUntilTheyAreAskedFor() throws Exception {
    database.owner(
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent DEFERRABLE)");
    TableShape child = database.table("child");
    assertThat(child.foreignKeys().get(0).deferrable()).isTrue();

    database.target().defer(database.apply());
    database.write(upsert(child, List.of("id", "parent"), row(10, 1)));
    SQLException failure =
        catchThrowableOfType(
            SQLException.class, () -> database.target().checkConstraints(database.apply()));

    assertThat(database.target().judge(failure).constraint()).isEqualTo("child_parent_fkey");
    database.apply().rollback();
  }
}

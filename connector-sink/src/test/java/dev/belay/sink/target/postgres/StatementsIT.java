package dev.belay.sink.target.postgres;

import static dev.belay.sink.target.postgres.TargetDatabase.delete;
import static dev.belay.sink.target.postgres.TargetDatabase.row;
import static dev.belay.sink.target.postgres.TargetDatabase.update;
import static dev.belay.sink.target.postgres.TargetDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the statements do, as the ordinary role. */
@ParameterizedClass
@EnumSource(Version.class)
class StatementsIT {
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

  @Test
  void upsertInsertsWhatIsMissingAndUpdatesTheRest() throws Exception {
    TableShape t = database.create("t", "id int PRIMARY KEY, a text, b text DEFAULT 'b'");
    database.owner("INSERT INTO t VALUES (1, 'old', 'kept')");

    long[] counts = database.write(upsert(t, List.of("a", "id"), row("new", 1), row(null, 2)));

    assertThat(counts).containsExactly(2);
    assertThat(database.rows("SELECT * FROM app.t ORDER BY id"))
        .containsExactly("1|new|kept", "2|-|b");
  }

  @Test
  void updateChangesRowsThatAreThereAndTellsWhichAreNot() throws Exception {
    TableShape t =
        database.create("t", "id int, day text, a text NOT NULL, b int, PRIMARY KEY (id, day)");
    database.owner(
        "INSERT INTO t VALUES (1, 'mo', 'kept', 1), (2, 'tu', 'kept', 2), (3, 'we', '', 3)");
    Step.Update update =
        update(t, List.of("b", "day", "id"), row(7, "mo", 1), row(7, "mo", 2), row(null, "tu", 2));

    assertThat(database.absent(update)).containsExactly(1);
    assertThat(database.write(update)).containsExactly(2);
    assertThat(database.write(update, delete(t, row(3, "we")))).containsExactly(2, 1);
    assertThat(database.rows("SELECT * FROM app.t ORDER BY id"))
        .containsExactly("1|mo|kept|7", "2|tu|kept|-");
  }

  @Test
  void resetColumnsGoBackToTheirDefault() throws Exception {
    TableShape t = database.create("t", "id int PRIMARY KEY, a text, b text DEFAULT 'b', c text");
    database.owner("INSERT INTO t VALUES (1, 'old', 'old', 'old')");

    database.write(upsert(t, List.of("id", "a"), List.of("b", "c"), row(1, "new")));

    assertThat(database.rows("SELECT * FROM app.t")).containsExactly("1|new|b|-");
  }

  @Test
  void keysAloneAreInsertedOnceAndLeftAlone() throws Exception {
    TableShape t = database.create("t", "a int, b text, PRIMARY KEY (b, a)");

    assertThat(database.write(upsert(t, List.of("a", "b"), row(1, "x"), row(2, "x"))))
        .containsExactly(2);
    assertThat(database.write(upsert(t, List.of("a", "b"), row(2, "x"), row(3, "x"))))
        .containsExactly(1);
    assertThat(database.rows("SELECT a FROM app.t ORDER BY a")).containsExactly("1", "2", "3");
  }

  @Test
  void anUpsertCanResetColumnsOfATableWhoseRowCarriesNothingElse() throws Exception {
    TableShape t = database.create("t", "id int PRIMARY KEY, a text DEFAULT 'fresh'");
    database.owner("INSERT INTO t VALUES (1, 'stale')");

    assertThat(database.write(upsert(t, List.of("id"), List.of("a"), row(1), row(2))))
        .containsExactly(2);
    assertThat(database.rows("SELECT * FROM app.t ORDER BY id"))
        .containsExactly("1|fresh", "2|fresh");
  }

  @Test
  void deleteOfARowThatIsNotThereIsNoFault() throws Exception {
    TableShape t = database.create("t", "a int, b numeric, c text, PRIMARY KEY (c, b, a)");
    database.owner("INSERT INTO t VALUES (1, 5.00, 'x'), (2, 5, 'x')");

    assertThat(database.write(delete(t, row("x", 5, 1), row("x", 5, 9)))).containsExactly(1);
    assertThat(database.rows("SELECT * FROM app.t")).containsExactly("2|5|x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ALWAYS", "BY DEFAULT"})
  void identityColumnsTakeReplicatedKeys(String generated) throws Exception {
    TableShape t =
        database.create(
            "t", "id bigint GENERATED " + generated + " AS IDENTITY PRIMARY KEY, a text");

    database.write(upsert(t, List.of("id", "a"), row(900, "x")));
    database.write(upsert(t, List.of("id", "a"), row(900, "y"), row(901, "z")));

    assertThat(database.rows("SELECT * FROM app.t ORDER BY id")).containsExactly("900|y", "901|z");
  }

  @Test
  void anIdentityAlwaysOutsideOfTheKeyIsNamedAsWhatStopsIt() throws Exception {
    TableShape t = database.create("t", "id int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY");

    TargetFault fault = database.fault(upsert(t, List.of("id", "n"), row(1, 5)));

    assertThat(fault.verdict()).isEqualTo(Verdict.FATAL);
    assertThat(fault.describe()).contains("428C9").contains("GENERATED BY DEFAULT");
  }

  @Test
  void generatedColumnsFollowTheRest() throws Exception {
    TableShape t =
        database.create("t", "id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a * 2) STORED");

    assertThat(t.column("g").orElseThrow().generated()).isTrue();
    database.write(upsert(t, List.of("id", "a"), row(1, 1)));
    database.write(upsert(t, List.of("id", "a"), row(1, 4)));

    assertThat(database.rows("SELECT g FROM app.t")).containsExactly("8");
  }

  @Test
  void partitionedTablesSendRowsWhereTheyBelongAndMoveThem() throws Exception {
    database.owner(
        "CREATE TABLE t (id int, region text, a text, PRIMARY KEY (region, id))"
            + " PARTITION BY LIST (region)",
        "CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu')",
        "CREATE TABLE t_rest PARTITION OF t DEFAULT");
    TableShape t = database.table("t");

    database.write(upsert(t, List.of("id", "region", "a"), row(1, "eu", "x"), row(1, "us", "y")));
    database.write(upsert(t, List.of("id", "region", "a"), row(1, "eu", "z")));
    database.write(delete(t, row("us", 1)));

    assertThat(database.rows("SELECT tableoid::regclass::text, a FROM app.t"))
        .containsExactly("app.t_eu|z");
  }

  @Test
  void aRowThatNoPartitionTakesIsPoison() throws Exception {
    database.owner(
        "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (1) TO (10)");

    TargetFault fault = database.fault(upsert(database.table("t"), List.of("id"), row(10)));

    assertThat(fault.verdict()).isEqualTo(Verdict.POISON);
  }

  @Test
  void aDeferrableKeyIsUpdatedOrInserted() throws Exception {
    TableShape t =
        database.create(
            "t", "id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, a text, b text DEFAULT 'b'");
    database.owner("INSERT INTO t VALUES (1, 'old', 'old')");

    long[] counts =
        database.write(upsert(t, List.of("id", "a"), List.of("b"), row(1, "x"), row(2, "y")));

    assertThat(t.isKeyDeferrable()).isTrue();
    assertThat(counts).containsExactly(2);
    assertThat(database.rows("SELECT * FROM app.t ORDER BY id")).containsExactly("1|x|b", "2|y|b");
  }

  @Test
  void moreColumnsThanAFunctionTakesArguments() throws Exception {
    List<String> names = IntStream.range(0, 300).mapToObj(i -> "c" + i).toList();
    TableShape t =
        database.create(
            "t",
            names.stream().map(n -> n + " int").collect(Collectors.joining(", "))
                + ", PRIMARY KEY (c0)");
    Object[] ones = Collections.nCopies(300, 1).toArray();

    assertThat(database.write(upsert(t, names, ones))).containsExactly(1);
    assertThat(database.write(upsert(t, names, ones))).containsExactly(1);
  }

  @Test
  void thousandsOfRowsGoInOneStatement() throws Exception {
    TableShape t = database.create("t", "id int PRIMARY KEY, a text, b int[]");
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      rows.add(row(i, "row \"" + i + "\" \\ {}", null));
    }

    Step.Upsert all = upsert(t, List.of("id", "a", "b"), rows.toArray(Object[][]::new));
    assertThat(database.write(all)).containsExactly(20_000);
    assertThat(database.rows("SELECT count(*) FROM app.t WHERE a = 'row \"' || id || '\" \\ {}'"))
        .containsExactly("20000");
  }

  @Test
  void triggersOfTheUserSeeTheGuardAndRunOncePerRow() throws Exception {
    database.owner(
        "CREATE TABLE t (id int PRIMARY KEY, a text)",
        "CREATE TABLE audit (line text)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " INSERT INTO app.audit VALUES (TG_OP || coalesce(current_setting('belay.applying', true), ''));"
            + " RETURN NEW; END $$",
        "CREATE TRIGGER note AFTER INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()",
        "INSERT INTO t VALUES (1, 'x')");

    database.write(upsert(database.table("t"), List.of("id", "a"), row(1, "y"), row(2, "z")));

    assertThat(database.rows("SELECT line FROM app.audit ORDER BY line"))
        .containsExactly("INSERT", "INSERTon", "UPDATEon");
  }

  @Test
  void twoRowsThatTheDatabaseTakesForOneAreNamedAsSuch() throws Exception {
    TableShape t = database.create("t", "id int PRIMARY KEY, a text");

    TargetFault fault = database.fault(upsert(t, List.of("id", "a"), row(1, "x"), row(1, "y")));

    assertThat(fault.code()).isEqualTo("21000");
    assertThat(fault.verdict()).isEqualTo(Verdict.FATAL);
  }

  @Test
  void aTableWithoutAKeyIsRefused() throws Exception {
    TableShape t = database.create("t", "id int");

    assertThat(t.key()).isEmpty();
    assertThatThrownBy(() -> database.write(upsert(t, List.of("id"), row(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("app.t")
        .hasMessageContaining("no primary key");
  }

  @Test
  void theServerKeepsOnePlanPerText() throws Exception {
    TableShape t = database.create("t", "id int PRIMARY KEY, a text");
    for (int i = 1; i <= 5; i++) {
      Object[][] rows = IntStream.range(0, i).mapToObj(n -> row(n, "x")).toArray(Object[][]::new);
      database.write(upsert(t, List.of("id", "a"), rows));
    }

    assertThat(
            database.rows(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO %'"))
        .containsExactly("1");
  }
}

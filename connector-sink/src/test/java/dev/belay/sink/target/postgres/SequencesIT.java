package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.belay.sink.apply.SequenceSync;
import dev.belay.sink.apply.SequenceSync.Found;
import dev.belay.sink.apply.SequenceSync.State;
import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.SequencePosition;
import dev.belay.sink.shape.SequenceShape;
import dev.belay.sink.target.Sequences;
import dev.belay.sink.target.pgwire.LookSql;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Sequences of real servers, by a role that has the rights of the scripts and no other. */
@ParameterizedClass
@EnumSource(Version.class)
class SequencesIT {
  private static final long MARGIN = 100;

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

  private void grant() throws Exception {
    PsqlScript.run(
        database.owner(),
        PsqlScript.file("sequences.sql"),
        Map.of("role", TargetDatabase.ROLE, "schema", "app"));
  }

  private Sequences sequences() {
    return database.target().sequences().orElseThrow();
  }

  private List<Found> sync(boolean dryRun, String... tables) throws SQLException {
    return sync(new SequenceSync(sequences(), MARGIN, dryRun), tables);
  }

  private List<Found> sync(SequenceSync sync, String... tables) throws SQLException {
    List<TableName> names = new ArrayList<>();
    for (String table : tables) {
      names.add(TableName.of("app", table));
    }
    List<Found> found = sync.run(database.apply(), names);
    database.apply().commit();
    return found;
  }

  private SequenceShape shape(String table) throws SQLException {
    return sequences().of(database.apply(), List.of(TableName.of("app", table))).get(0);
  }

  private String insert(String table) throws SQLException {
    return database
        .rows("INSERT INTO app.\"" + table + "\" (note) VALUES ('by the application') RETURNING id")
        .get(0);
  }

  @Test
  void firstInsertAfterReplicatedRowsGetsAFreeNumberOfEachKindOfColumn() throws Exception {
    database.owner(
        "CREATE TABLE \"Serial's\" (id bigserial PRIMARY KEY, note text)",
        "CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)",
        "CREATE SEQUENCE numbers",
        "CREATE TABLE by_default (id bigint PRIMARY KEY DEFAULT nextval('numbers'), note text)",
        "CREATE TABLE decimals (id numeric(20) PRIMARY KEY DEFAULT nextval('numbers'), note text)",
        "CREATE TABLE without (id bigint PRIMARY KEY, note text)",
        "CREATE TABLE parts (id bigserial, place int, note text, PRIMARY KEY (id, place))"
            + " PARTITION BY LIST (place)",
        "CREATE TABLE part1 PARTITION OF parts FOR VALUES IN (1)",
        "CREATE TABLE part2 PARTITION OF parts FOR VALUES IN (2)");
    grant();
    database.apply(
        "INSERT INTO app.\"Serial's\" SELECT n, 'replicated' FROM generate_series(1, 4711) n",
        "INSERT INTO app.ident OVERRIDING SYSTEM VALUE VALUES (4711, 'replicated')",
        "INSERT INTO app.by_default VALUES (5, 'replicated')",
        "INSERT INTO app.decimals VALUES (4711, 'replicated')",
        "INSERT INTO app.without VALUES (4711, 'replicated')",
        "INSERT INTO app.parts VALUES (3, 1, 'replicated'), (4711, 2, 'replicated')");

    SequenceSync sync = new SequenceSync(sequences(), MARGIN, false);
    String[] tables = {"Serial's", "ident", "by_default", "decimals", "without", "parts"};
    assertThat(sync(sync, tables))
        .extracting(f -> f.sequence().toString(), Found::state, f -> f.next().getAsLong())
        .containsExactly(
            tuple("app.Serial's_id_seq of app.Serial's.id", State.MOVED, 4812L),
            tuple("app.ident_id_seq of app.ident.id", State.MOVED, 4812L),
            tuple("app.numbers of app.by_default.id, app.decimals.id", State.MOVED, 4812L),
            tuple("app.parts_id_seq of app.parts.id", State.MOVED, 4812L));

    for (String table : List.of("Serial's", "ident", "by_default")) {
      assertThat(insert(table)).as(table).isEqualTo("4812");
    }
    assertThat(insert("decimals")).isEqualTo("4813");
    database.apply().commit();
    assertThat(sync(sync, tables))
        .as("what the application draws uses up no margin")
        .extracting(Found::state)
        .containsOnly(State.AHEAD);
    database.apply("INSERT INTO app.ident OVERRIDING SYSTEM VALUE VALUES (4813, 'replicated')");
    assertThat(sync(sync, "ident"))
        .extracting(Found::state, f -> f.next().getAsLong())
        .containsExactly(tuple(State.MOVED, 4914L));
  }

  @Test
  void firstInsertCollidesWithoutIt() throws Exception {
    database.owner("CREATE TABLE t (id bigserial PRIMARY KEY, note text)");
    grant();
    database.apply("INSERT INTO app.t VALUES (1, 'replicated')");
    database.apply().commit();

    assertThat(sync(true, "t"))
        .extracting(Found::state, f -> f.next().getAsLong())
        .containsExactly(tuple(State.BEHIND, 102L));
    assertThat(database.rows("SELECT last_value, is_called FROM app.t_id_seq"))
        .as("a dry run moves nothing")
        .containsExactly("1|f");
    SQLException clash =
        org.assertj.core.api.Assertions.catchThrowableOfType(SQLException.class, () -> insert("t"));
    assertThat(clash.getSQLState()).isEqualTo("23505");
    database.apply().rollback();
  }

  @Test
  void oneThatIsAheadStaysWhereItIs() throws Exception {
    database.owner(
        "CREATE TABLE t (id bigserial PRIMARY KEY, note text)",
        "ALTER SEQUENCE t_id_seq RESTART 9000");
    grant();
    database.apply("INSERT INTO app.t VALUES (4711, 'replicated')");

    assertThat(sync(false, "t")).extracting(Found::state).containsExactly(State.AHEAD);
    assertThat(insert("t")).isEqualTo("9000");
    database.apply().commit();
  }

  @Test
  void whoDrewFromItMeanwhileIsNotPutBack() throws Exception {
    database.owner("CREATE TABLE t (id bigserial PRIMARY KEY, note text)");
    grant();
    SequenceShape shape = shape("t");
    SequencePosition position = sequences().look(database.apply(), shape);
    database.apply().commit();
    database.owner("SELECT nextval('t_id_seq') FROM generate_series(1, 5000)");

    assertThat(sequences().move(database.apply(), shape, position, 4811)).isFalse();
    database.apply().commit();
    assertThat(database.rows("SELECT last_value FROM app.t_id_seq")).containsExactly("5000");
  }

  @Test
  void rowsOutsideOfItsRangeDoNotCount() throws Exception {
    // a block of its own for each database, as for writes on both sides
    database.owner(
        "CREATE TABLE t (id bigserial PRIMARY KEY, note text)",
        "ALTER SEQUENCE t_id_seq MAXVALUE 1000000");
    grant();
    database.apply(
        "INSERT INTO app.t VALUES (10, 'here'), (1000001, 'there'), (900000000000000000, 'rowid')");

    assertThat(sync(false, "t"))
        .extracting(Found::state, f -> f.next().getAsLong())
        .containsExactly(tuple(State.MOVED, 111L));
  }

  @Test
  void oneWhoseEndTheRowsHaveReachedIsToldAndLeft() throws Exception {
    database.owner(
        "CREATE TABLE t (id serial PRIMARY KEY, note text)",
        "CREATE SEQUENCE wide",
        "CREATE TABLE narrow (id int PRIMARY KEY DEFAULT nextval('wide'), note text)");
    grant();
    database.apply(
        "INSERT INTO app.t VALUES (2147483647, 'replicated')",
        "INSERT INTO app.narrow VALUES (2147483600, 'replicated')");

    assertThat(sync(false, "t", "narrow"))
        .extracting(f -> f.sequence().name().name(), Found::state)
        .containsExactly(tuple("t_id_seq", State.EXHAUSTED), tuple("wide", State.MOVED_TO_ITS_END));
    assertThat(insert("t")).isEqualTo("1");
    assertThat(insert("narrow")).isEqualTo("2147483601");
    database.apply().rollback();
  }

  @Test
  void thoseThatCycleAndColumnsWithoutAnIndexAreLeft() throws Exception {
    database.owner(
        "CREATE TABLE round (id bigserial PRIMARY KEY, note text)",
        "ALTER SEQUENCE round_id_seq CYCLE",
        "CREATE TABLE unindexed (k uuid PRIMARY KEY, id bigserial, note text)",
        "CREATE TABLE second (k uuid, id bigserial, note text, PRIMARY KEY (k, id))",
        "CREATE TABLE partly (k uuid PRIMARY KEY, id bigserial, note text)",
        "CREATE INDEX ON partly (id) WHERE note IS NOT NULL");
    grant();

    assertThat(sync(false, "round", "unindexed", "second", "partly"))
        .extracting(f -> f.sequence().name().name(), Found::state)
        .containsExactly(
            tuple("partly_id_seq", State.NOT_INDEXED),
            tuple("round_id_seq", State.CYCLIC),
            tuple("second_id_seq", State.NOT_INDEXED),
            tuple("unindexed_id_seq", State.NOT_INDEXED));
  }

  @Test
  void endOfAnIndexIsReadAndNotTheTable() throws Exception {
    database.owner(
        "CREATE TABLE t (id bigserial PRIMARY KEY, note text)",
        "INSERT INTO t SELECT n, 'x' FROM generate_series(1, 20000) n",
        "ANALYZE t");
    grant();
    SequenceShape shape = shape("t");
    String look =
        LookSql.of(shape).replaceFirst("\\?", "1").replaceFirst("\\?", "9223372036854775807");
    assertThat(String.join("\n", database.rows("EXPLAIN " + look)))
        .contains("Index Only Scan Backward using t_pkey")
        .doesNotContain("Seq Scan on t ");
  }

  @Test
  void rightsThatAreMissingAreNamed() throws Exception {
    database.owner("CREATE TABLE t (id bigserial PRIMARY KEY, note text)");

    SequenceShape shape = shape("t");
    assertThat(shape.missing()).containsExactly("SELECT", "UPDATE");
    assertThat(sync(false, "t")).extracting(Found::state).containsExactly(State.FORBIDDEN);
    assertThat(sequences().grant(shape))
        .isEqualTo("GRANT SELECT, UPDATE ON SEQUENCE \"app\".\"t_id_seq\"");
    database.owner(sequences().grant(shape) + " TO \"" + TargetDatabase.ROLE + "\"");
    assertThat(shape("t").missing()).isEmpty();
    assertThat(sync(false, "t")).extracting(Found::state).containsExactly(State.AHEAD);
  }
}

package dev.belay.sink.target.cockroach;

import static dev.belay.sink.target.cockroach.CockroachDatabase.delete;
import static dev.belay.sink.target.cockroach.CockroachDatabase.one;
import static dev.belay.sink.target.cockroach.CockroachDatabase.park;
import static dev.belay.sink.target.cockroach.CockroachDatabase.row;
import static dev.belay.sink.target.cockroach.CockroachDatabase.update;
import static dev.belay.sink.target.cockroach.CockroachDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.OffsetRanges;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.Matter;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.ForeignKeyShape.OnDelete;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.pgwire.PgStatements;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.standin.capture.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The target on CockroachDB or its stand-in, as an ordinary user. */
class CockroachTargetIT {
  private static final String ONLY_THE_STAND_IN = "only the stand-in can be made to fail";

  private static CockroachDatabase database;
  private static int tables;

  @BeforeAll
  static void open() throws Exception {
    database = new CockroachDatabase();
    System.out.println("The target is tried on " + database.name());
  }

  @AfterAll
  static void close() throws Exception {
    database.close();
  }

  @AfterEach
  void endTransaction() throws SQLException {
    database.apply().rollback();
  }

  private static String newName() {
    return "t" + ++tables;
  }

  private static TableShape create(String columns) throws SQLException {
    return database.create(newName(), columns);
  }

  private static List<String> rows(TableShape table, String columns) throws SQLException {
    return database.rows(
        "SELECT " + columns + " FROM " + database.target().quoted(table.name()) + " ORDER BY 1");
  }

  /** Compares the text, which the database has just taken. */
  private static void golden(String name, Step... steps) throws Exception {
    CommittedText.assertCommitted(
        Path.of("src", "test", "resources", "sql", "cockroach", name + ".sql"),
        PgStatements.of(List.of(steps)).sql() + "\n");
  }

  /** As tables have other numbers on each run, the golden ones have names of their own. */
  private static TableShape createNamed(String name, String columns) throws SQLException {
    return database.create("golden_" + name, columns);
  }

  @Test
  void aTableIsDescribedByItsCatalog() throws Exception {
    database.owner("CREATE TYPE app.state AS ENUM ('new', 'paid')");
    TableShape parent = create("id INT8 PRIMARY KEY");
    TableShape table =
        create(
            "region STRING NOT NULL, id INT8 NOT NULL, total DECIMAL(10,2) NOT NULL,"
                + " state app.state DEFAULT 'new', twice DECIMAL GENERATED ALWAYS AS (total * 2) STORED,"
                + " code VARCHAR(12) UNIQUE, parent INT8 REFERENCES app."
                + parent.name().name()
                + " (id) ON DELETE CASCADE, PRIMARY KEY (region, id)");
    database.owner(
        "CREATE UNIQUE INDEX large ON app." + table.name().name() + " (total) WHERE id > 7");
    table = database.table(table.name().name());

    assertThat(table.columns())
        .extracting(ColumnShape::name)
        .containsExactly("region", "id", "total", "state", "twice", "code", "parent");
    assertThat(table.columns())
        .extracting(ColumnShape::type)
        .containsExactly(
            "STRING", "INT8", "DECIMAL(10,2)", "app.state", "DECIMAL", "VARCHAR(12)", "INT8");
    assertThat(table.columns())
        .extracting(ColumnShape::nullable)
        .containsExactly(false, false, false, true, true, true, true);
    assertThat(table.column("state").orElseThrow().hasDefault()).isTrue();
    assertThat(table.column("state").orElseThrow().kind()).isEqualTo("enum");
    assertThat(table.column("twice").orElseThrow().generated()).isTrue();
    assertThat(table.key()).extracting(ColumnShape::name).containsExactly("region", "id");
    assertThat(table.isKeyDeferrable()).isFalse();
    assertThat(table.uniques())
        .extracting(UniqueShape::columns, UniqueShape::partial, UniqueShape::deferrable)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(List.of("code"), false, false),
            org.assertj.core.groups.Tuple.tuple(List.of("total"), true, false));
    assertThat(table.foreignKeys())
        .extracting(
            ForeignKeyShape::columns,
            ForeignKeyShape::parent,
            ForeignKeyShape::parentColumns,
            ForeignKeyShape::onDelete)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                List.of("parent"), parent.name(), List.of("id"), OnDelete.CASCADE));
    assertThat(database.target().tables(database.apply())).contains(table.name(), parent.name());
  }

  @Test
  void whatIsNoTableIsNotDescribed() throws Exception {
    TableShape table = create("id INT8 PRIMARY KEY");
    String view = newName();
    database.owner("CREATE VIEW app." + view + " AS SELECT id FROM app." + table.name().name());
    TableName asked = TableName.of("app", view);

    assertThat(database.target().describe(database.apply(), List.of(asked))).isEmpty();
    assertThat(database.target().whyAbsent(database.apply(), asked)).startsWith("is a view");
    assertThat(database.target().whyAbsent(database.apply(), TableName.of("app", "nowhere")))
        .startsWith("does not exist");
  }

  /** Absent is not NULL: columns that a record does not carry stay as they are. */
  @Test
  void anUpsertWritesWhatItCarriesAndNothingElse() throws Exception {
    TableShape table = createNamed("upsert", "id INT8 PRIMARY KEY, note STRING, n INT8 DEFAULT 7");
    Step.Upsert whole = upsert(table, List.of("id", "note", "n"), row(1, "a", 3));

    assertThat(database.write(whole)).containsExactly(1);
    assertThat(database.write(upsert(table, List.of("id", "note"), row(1, null), row(2, "b"))))
        .containsExactly(2);
    database.apply().commit();

    assertThat(rows(table, "id, note, n")).containsExactly("1|-|3", "2|b|7");
    golden("upsert", whole);
  }

  @Test
  void updatesAndDeletesFindTheirRowsByKey() throws Exception {
    TableShape table =
        createNamed("keys", "region STRING, id INT8, note STRING, PRIMARY KEY (region, id)");
    database.write(upsert(table, List.of("region", "id", "note"), row("eu", 1, "a")));
    Step.Update update =
        update(table, List.of("note", "region", "id"), row("b", "eu", 1), row("c", "us", 1));

    assertThat(database.write(update)).containsExactly(1);
    assertThat(database.target().absent(database.apply(), update))
        .extracting(StepRow::change)
        .containsExactly(1);
    assertThat(database.write(delete(table, row("eu", 1), row("eu", 2)))).containsExactly(1);
    golden("update", update);
    golden("delete", delete(table, row("eu", 1)));
    CommittedText.assertCommitted(
        Path.of("src", "test", "resources", "sql", "cockroach", "absent.sql"),
        PgStatements.absent(table) + "\n");
  }

  @Test
  void anotherRowIsNeverRewritten() throws Exception {
    TableShape table = create("id INT8 PRIMARY KEY, code STRING UNIQUE");
    database.write(upsert(table, List.of("id", "code"), row(1, "a")));
    database.apply().commit();

    TargetFault fault = database.fault(upsert(table, List.of("id", "code"), row(2, "a")));

    assertThat(fault.verdict()).isEqualTo(Verdict.DEFERRABLE);
    assertThat(fault.matter()).isEqualTo(Matter.COLLISION);
    assertThat(rows(table, "id, code")).containsExactly("1|a");
  }

  @Test
  void uniqueValuesSwapByWayOfFreeOnes() throws Exception {
    TableShape table =
        createNamed(
            "park",
            "id INT8 PRIMARY KEY, a STRING UNIQUE, b INT8 NOT NULL UNIQUE, c INT4 NOT NULL UNIQUE,"
                + " d UUID NOT NULL UNIQUE, e STRING NOT NULL UNIQUE, f BYTES NOT NULL UNIQUE,"
                + " g DECIMAL NOT NULL UNIQUE");
    List<String> all = List.of("id", "a", "b", "c", "d", "e", "f", "g");
    String u1 = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    String u2 = "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    database.write(
        upsert(
            table,
            all,
            row(1, "x", 1, 1, u1, "x", "\\x01", 1),
            row(2, "y", 2, 2, u2, "y", "\\x02", 2)));
    Step.Park park = park(table, all.subList(1, 8), row(1), row(2));

    assertThat(database.write(park)).containsExactly(2);
    assertThat(
            database.write(
                upsert(
                    table,
                    all,
                    row(1, "y", 2, 2, u2, "y", "\\x02", 2),
                    row(2, "x", 1, 1, u1, "x", "\\x01", 1))))
        .containsExactly(2);
    database.apply().commit();

    assertThat(rows(table, "id, a, b, c")).containsExactly("1|y|2|2", "2|x|1|1");
    golden("park", park);
  }

  /** CockroachDB refuses a statement that changes a table twice; the stage is several then. */
  @Test
  void tablesThatReferenceEachOtherAreWrittenAndDeletedTogether() throws Exception {
    String left = newName();
    String right = newName();
    database.owner(
        "CREATE TABLE app." + left + " (id INT8 PRIMARY KEY, other INT8 NOT NULL)",
        "CREATE TABLE app."
            + right
            + " (id INT8 PRIMARY KEY, other INT8 NOT NULL REFERENCES app."
            + left
            + " (id))",
        "ALTER TABLE app." + left + " ADD FOREIGN KEY (other) REFERENCES app." + right + " (id)");
    TableShape a = database.table(left);
    TableShape b = database.table(right);

    long[] made =
        database.write(
            upsert(a, List.of("id", "other"), row(1, 10), row(2, 20)),
            upsert(b, List.of("id", "other"), row(10, 1), row(20, 2)));
    long[] changed =
        database.write(
            delete(a, row(1)),
            delete(b, row(10)),
            upsert(a, List.of("id", "other"), row(3, 30)),
            upsert(b, List.of("id", "other"), row(30, 3)));
    database.apply().commit();

    assertThat(made).containsExactly(2, 2);
    assertThat(changed).containsExactly(1, 1, 1, 1);
    assertThat(rows(a, "id, other")).containsExactly("2|20", "3|30");
    assertThat(rows(b, "id, other")).containsExactly("20|2", "30|3");
  }

  /** A message of a node's limit and more goes in pieces. */
  @Test
  void rowsTooLongForOneMessageAreSplit() throws Exception {
    TableShape table = create("id INT8 PRIMARY KEY, note STRING");
    String megabyte = "x".repeat(1 << 20);
    Object[][] rows = new Object[20][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(i, megabyte);
    }

    assertThat(database.write(upsert(table, List.of("id", "note"), rows))).containsExactly(20);
    database.apply().commit();

    assertThat(rows(table, "count(*), min(length(note))")).containsExactly("20|1048576");
  }

  @Test
  void failuresOfRowsAreJudged() throws Exception {
    TableShape parent = create("id INT8 PRIMARY KEY");
    TableShape table =
        create(
            "id INT8 PRIMARY KEY, n INT8 NOT NULL CHECK (n > 0), parent INT8 REFERENCES app."
                + parent.name().name()
                + " (id)");
    List<String> all = List.of("id", "n", "parent");

    assertThat(database.fault(upsert(table, all, row(1, 1, 5))).verdict())
        .isEqualTo(Verdict.DEFERRABLE);
    assertThat(database.fault(upsert(table, all, row(1, 0, null))).code()).isEqualTo("23514");
    assertThat(database.fault(upsert(table, all, row(1, null, null))).verdict())
        .isEqualTo(Verdict.POISON);
    database.owner("DROP TABLE app." + table.name().name());
    TargetFault gone = database.fault(upsert(table, all, row(1, 1, null)));
    assertThat(gone.verdict()).isEqualTo(Verdict.FATAL);
    assertThat(gone.isAboutTables()).isTrue();
  }

  @Test
  void theUserHasTheRightsOfTheScriptAndNoMore() throws Exception {
    TableShape table = create("id INT8 PRIMARY KEY");
    assertThatThrownBy(() -> run(database.apply(), "DROP TABLE app." + table.name().name()))
        .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("42501"));
    database.apply().rollback();
    assertThatThrownBy(() -> run(database.apply(), "DELETE FROM belay.belay_frontier"))
        .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("42501"));
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void theSessionIsSetUpAndSurvivesARollback() throws Exception {
    try (Connection connection = database.connect(database.target())) {
      run(connection, "SELECT 1");
      connection.rollback();

      assertThat(one(connection, "SHOW TimeZone")).isEqualTo("UTC");
      assertThat(one(connection, "SHOW default_transaction_isolation")).isEqualTo("serializable");
      assertThat(one(connection, "SHOW application_name")).isEqualTo("belay test");
      assertThat(one(connection, "SELECT " + database.target().guard())).isIn("t", "true");
      assertThat(connection.getAutoCommit()).isFalse();
      database.target().defer(connection);
      database.target().checkConstraints(connection);
    }
  }

  /** Invariant I7 NoEcho: what changefeeds read of the log says so. */
  @Test
  void rowsOfAMarkedSessionAreKeptOutOfChangefeeds() throws Exception {
    assumeTrue(database.isStandIn(), "a real cluster's feeds are read in the forward direction");
    TableShape table = create("id INT8 PRIMARY KEY");
    database.write(upsert(table, List.of("id"), row(1)));
    database.apply().commit();
    CockroachTarget marking = new CockroachTarget(true);
    try (Connection marked = database.connect(marking)) {
      assertThat(one(marked, "SHOW disable_changefeed_replication")).isEqualTo("on");
      marked.rollback();
      marking.write(marked, List.of(upsert(table, List.of("id"), row(2))));
      marked.commit();
    }

    List<Entry> written =
        database.standIn().commits().stream().filter(entry -> !entry.changes().isEmpty()).toList();
    assertThat(written.get(written.size() - 1).hidden()).isTrue();
    assertThat(written.get(written.size() - 2).hidden()).isFalse();
  }

  @Test
  void theScriptForADbaIsWhatTheConnectorRuns() throws Exception {
    assertThat(String.join("\n-- next\n", database.target().checkpointSql().createTables()) + "\n")
        .isEqualTo(
            Files.readString(Repository.ROOT.resolve("config/sql/cockroachdb/belay-schema.sql")));
  }

  @Test
  void thePositionIsClaimedAdvancedAndFenced() throws Exception {
    TopicPartition partition = new TopicPartition("orders", 0);
    HlcTimestamp time = HlcTimestamp.parse("1700000000000000000.0000000001").orElseThrow();
    CheckpointStore store = new CheckpointStore(database.target().checkpointSql(), "forward");
    Map<TopicPartition, LogRange> logs = Map.of(partition, new LogRange("id-1", 5, 100));
    Checkpoints stale = claim(store, logs, partition);
    Checkpoints claimed = claim(store, logs, partition);
    PartitionCheckpoint mine = claimed.partitions().get(partition);

    assertThat(mine.epoch()).isEqualTo(2);
    assertThat(mine.appliedOffset()).isEqualTo(5);
    store.advance(
        database.apply(),
        new Advance(
            List.of(mine.moved(20, 6, time, OffsetRanges.parse("7,9-12"))),
            Optional.of(claimed.frontier().moved(time, HlcTimestamp.NONE))));
    database.apply().commit();
    Checkpoints after = store.read(database.apply());
    assertThat(after.partitions().get(partition).appliedOffset()).isEqualTo(20);
    assertThat(after.frontier().frontier()).isEqualTo(time);
    assertThatThrownBy(
            () ->
                store.advance(
                    database.apply(),
                    new Advance(List.of(stale.partitions().get(partition)), Optional.empty())))
        .isInstanceOf(FenceException.class);
    database.apply().rollback();
    assertThat(store.blockers(database.apply())).isEmpty();
  }

  private static Checkpoints claim(
      CheckpointStore store, Map<TopicPartition, LogRange> logs, TopicPartition partition)
      throws SQLException {
    Checkpoints claimed = store.claim(database.apply(), logs, List.of(partition), true);
    database.apply().commit();
    return claimed;
  }

  /** CockroachDB's own words, at a statement and at COMMIT. */
  @Test
  void aRestartIsAskedForAndGranted() throws Exception {
    assumeTrue(database.isStandIn(), ONLY_THE_STAND_IN);
    TableShape table = create("id INT8 PRIMARY KEY");
    String restart =
        "restart transaction: TransactionRetryWithProtoRefreshError: TransactionRetryError: retry"
            + " txn (RETRY_SERIALIZABLE)";
    for (String statement : List.of("INSERT INTO", "COMMIT")) {
      database.standIn().connections().failNext(statement, "40001", restart, 1);
      assertThatThrownBy(() -> writeAndCommit(table))
          .satisfies(
              e -> {
                TargetFault fault = database.target().judge((SQLException) e);
                assertThat(fault.matter()).isEqualTo(Matter.CONTENTION);
                assertThat(fault.connectionLost()).isFalse();
              });
      database.apply().rollback();
      assertThat(rows(table, "id")).isEmpty();
    }
    writeAndCommit(table);
    assertThat(rows(table, "id")).containsExactly("1");
  }

  private static void writeAndCommit(TableShape table) throws Exception {
    database.write(upsert(table, List.of("id"), row(1)));
    database.apply().commit();
  }
}

package dev.belay.sink.apply;

import static dev.belay.sink.change.ConflictPolicy.MERGE_TARGET_WINS;
import static dev.belay.sink.change.ConflictPolicy.NEWEST;
import static dev.belay.sink.change.ConflictPolicy.REJECT;
import static dev.belay.sink.change.ConflictPolicy.SOURCE_WINS;
import static dev.belay.sink.change.ConflictPolicy.TARGET_WINS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.harness.ConflictScript;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.plan.ConflictPolicies;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.standin.StandIn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows that both databases change, by each policy: PostgreSQL with {@code track_commit_timestamp},
 * and CockroachDB's stand-in, which has its commit times.
 */
@ParameterizedClass
@ValueSource(strings = {"PostgreSQL", "CockroachDB"})
class ConflictsIT {
  private static final String ORIGINAL = "{\"id\": 1, \"a\": \"o\", \"b\": \"o\"}";
  private static final String SOURCE = "{\"id\": 1, \"a\": \"s\", \"b\": \"o\"}";

  private static StandIn standIn;
  private static Map<String, TargetDatabase> databases = Map.of();

  @Parameter String product;
  private TargetDatabase db;

  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.start();
    databases =
        Map.of(
            "PostgreSQL",
            TargetDatabase.on(standIn.server()),
            "CockroachDB",
            TargetDatabase.on(standIn));
  }

  @AfterAll
  static void stop() throws Exception {
    standIn.close();
  }

  @BeforeEach
  void makeTable() {
    db = databases.get(product);
    db.sql(
        "DROP TABLE IF EXISTS child, t, u, v, every",
        "CREATE TABLE t (id int PRIMARY KEY, a text, b text)");
  }

  private ApplyBench bench(ConflictPolicy policy) throws Exception {
    return new ApplyBench.Settings()
        .conflicts(new ConflictPolicies(policy, Map.of(), Map.of()))
        .on(db);
  }

  /** The time so long after this moment, as CockroachDB writes it. */
  private static String in(Duration fromNow) {
    Instant then = Instant.now().plus(fromNow);
    return then.getEpochSecond() + String.format("%09d", then.getNano()) + ".0000000000";
  }

  private static String later() {
    return in(Duration.ofHours(1));
  }

  private static String earlier() {
    return in(Duration.ofHours(-1));
  }

  private List<String> table() {
    return db.rows("SELECT id, a, b FROM t ORDER BY id");
  }

  @ParameterizedTest
  @EnumSource(ConflictPolicy.class)
  void rowThatOnlyTheSourceChangedIsWritten(ConflictPolicy policy) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'o', 'o'), (2, 'o', NULL)");
    try (ApplyBench bench = bench(policy)) {
      bench
          .change("t", "[1]", ORIGINAL, SOURCE, earlier())
          .change("t", "[2]", "{\"id\": 2, \"a\": \"o\", \"b\": null}", "null", earlier())
          .change("t", "[3]", "null", "{\"id\": 3, \"a\": \"n\", \"b\": null}", earlier())
          .applyAll();
      assertThat(table()).containsExactly("1|s|o", "3|n|null");
      assertThat(bench.conflicts()).containsExactly(0L, 0L, 0L, 0L);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOURCE_WINS, 1|s|o, 0 0 0 0",
    "TARGET_WINS, 1|l|l, 0 1 0 0",
    "NEWEST, 1|s|o, 1 0 0 0",
    "MERGE_SOURCE_WINS, 1|s|l, 0 0 1 0",
    "MERGE_TARGET_WINS, 1|l|l, 0 1 0 0",
    "REJECT, 1|l|l, 0 0 0 1",
  })
  void rowThatBothChangedGoesByThePolicy(ConflictPolicy policy, String row, String counts)
      throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l')");
    try (ApplyBench bench = bench(policy)) {
      bench.change("t", "[1]", ORIGINAL, SOURCE, later()).apply();
      assertThat(table()).containsExactly(row);
      assertThat(counted(bench)).isEqualTo(counts);
    }
  }

  /** What the target remembers of deletes, for table t. */
  private ApplyBench remembering(boolean tiesToSource) throws Exception {
    ApplyBench.Settings settings =
        new ApplyBench.Settings().conflicts(new ConflictPolicies(NEWEST, Map.of(), Map.of(), true));
    ApplyBench bench = (tiesToSource ? settings : settings.tiesToTarget()).on(db);
    ConflictScript.run(db, "t", TargetDatabase.SOMEBODY);
    db.sql("TRUNCATE belay.belay_tombstone");
    return bench;
  }

  @ParameterizedTest
  @CsvSource({
    "null, later, 1|s|o, 0 0 0 0",
    "null, earlier, '', 0 1 0 0",
    "update, later, 1|s|o, 1 0 0 0",
    "update, earlier, '', 0 1 0 0",
    "scan, later, 1|s|o, 0 0 0 0",
    "scan, earlier, '', 0 0 0 0",
  })
  void rowThatTheTargetDeletedIsMadeIfTheChangeIsLaterThanTheDelete(
      String change, String when, String row, String counts) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l')");
    try (ApplyBench bench = remembering(true)) {
      db.sql("DELETE FROM t");
      String time = when.equals("later") ? later() : earlier();
      if (change.equals("scan")) {
        bench.scanned("t", "[1]", SOURCE, time, in(Duration.ofHours(2))).applyAll();
      } else {
        bench
            .change("t", "[1]", change.equals("null") ? "null" : ORIGINAL, SOURCE, time)
            .applyAll();
      }
      assertThat(table()).isEqualTo(row.isEmpty() ? List.of() : List.of(row));
      assertThat(counted(bench)).isEqualTo(counts);
    }
  }

  @ParameterizedTest
  @CsvSource({"later, 0, 1 0 0 0", "earlier, 1, 0 1 0 0"})
  void deleteThatMeetsAnotherRowGoesByTheTimeWhereDeletesAreRemembered(
      String when, int rows, String counts) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l')");
    try (ApplyBench bench = remembering(true)) {
      bench
          .change("t", "[1]", ORIGINAL, "null", when.equals("later") ? later() : earlier())
          .applyAll();
      assertThat(table()).hasSize(rows);
      assertThat(counted(bench)).isEqualTo(counts);
    }
  }

  @Test
  void whatTheSinkDeletesIsNotRemembered() throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'o', 'o'), (2, 'o', 'o')");
    try (ApplyBench bench = remembering(true)) {
      bench.change("t", "[1]", ORIGINAL, "null", later()).applyAll();
      assertThat(db.rows("SELECT key FROM belay.belay_tombstone")).isEmpty();
      // another key is a row that goes and a row that comes
      db.sql("UPDATE t SET a = 'x', id = id WHERE id = 2", "UPDATE t SET id = 3 WHERE id = 2");
      assertThat(db.rows("SELECT table_schema, table_name, key FROM belay.belay_tombstone"))
          .containsExactly("public|t|{\"id\": 2}");
    }
  }

  /** The sink waits for the application, and sees what it noted. */
  @Test
  void deleteThatIsUnderWayIsSeen() throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l')");
    ExecutorService sink = Executors.newSingleThreadExecutor();
    try (ApplyBench bench = remembering(true);
        Connection application = db.connect();
        Statement statement = application.createStatement()) {
      application.setAutoCommit(false);
      statement.execute("DELETE FROM t WHERE id = 1");
      Future<?> applied =
          sink.submit(
              () -> {
                bench.change("t", "[1]", "null", SOURCE, earlier()).applyAll();
                return null;
              });
      Deadline.in(Duration.ofSeconds(20))
          .await("the sink waits for the application", this::isAnybodyWaiting);
      application.commit();
      applied.get(20, TimeUnit.SECONDS);
      assertThat(counted(bench)).isEqualTo("0 1 0 0");
    } finally {
      sink.shutdownNow();
    }
    assertThat(table()).isEmpty();
  }

  @Test
  void tableWhoseDeletesAreNotNotedStopsTheTask() throws Exception {
    try (ApplyBench bench = remembering(true)) {
      db.sql("DROP TRIGGER belay_tombstone ON t");
      bench.change("t", "[1]", "null", SOURCE, later());
      assertThatThrownBy(bench::apply)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("no trigger belay_tombstone")
          .hasMessageContaining("conflicts.sql");
    }
  }

  @Test
  void keyThatReadsOtherwiseInOtherSessionsStopsTheTask() throws Exception {
    db.sql("CREATE TABLE u (id timestamptz PRIMARY KEY, a text)");
    try (ApplyBench bench = remembering(true)) {
      bench.change(
          "u", "[\"2024-02-29T12:00:00Z\"]", "null", "{\"id\": \"2024-02-29T12:00:00Z\"}", later());
      assertThatThrownBy(bench::apply)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("column id of the key")
          .hasMessageContaining("conflict.version.columns");
    }
  }

  @ParameterizedTest
  @EnumSource(value = ConflictPolicy.class, mode = Mode.EXCLUDE, names = "SOURCE_WINS")
  void eachConflictIsWrittenDownOnceWithWhatWasDecided(ConflictPolicy policy) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l'), (2, 'o', 'o'), (4, 'o', 'l')");
    try (ApplyBench bench =
        new ApplyBench.Settings()
            .conflicts(new ConflictPolicies(policy, Map.of(), Map.of()))
            .history()
            .on(db)) {
      ConflictScript.run(db, "t", TargetDatabase.SOMEBODY);
      db.sql("TRUNCATE belay.belay_conflict");
      bench
          .change("t", "[1]", ORIGINAL, SOURCE, "5.0000000000")
          .change("t", "[2]", row(2, "o", "o"), row(2, "s", "o"), "6.0000000000")
          .change("t", "[3]", row(3, "o", "o"), row(3, "s", "o"), "7.0000000000")
          .change("t", "[4]", row(4, "o", "o"), "null", "8.0000000000")
          .apply();
    }
    String of =
        "bench|feed|0|%d|%d.0000000000|public|t|{\"id\": \"%d\"}|" + policy.word() + "|%s|%s";
    assertThat(
            db.rows(
                "SELECT connector, topic, partition, record_offset, hlc, table_schema, table_name,"
                    + " row_key, policy, change, decision FROM belay.belay_conflict ORDER BY hlc"))
        .containsExactly(
            of.formatted(0, 5, 1, "update", decided(policy, "target", "merged")),
            of.formatted(2, 7, 3, "update", decided(policy, "target", "target")),
            of.formatted(3, 8, 4, "delete", decided(policy, "source", "source")));
  }

  private static String decided(ConflictPolicy policy, String newest, String merged) {
    return switch (policy) {
      case SOURCE_WINS -> "";
      case TARGET_WINS -> "target";
      case NEWEST -> newest;
      case MERGE_SOURCE_WINS -> merged;
      case MERGE_TARGET_WINS -> merged.equals("merged") ? "target" : merged;
      case REJECT -> "rejected";
    };
  }

  private static String counted(ApplyBench bench) {
    return String.join(" ", bench.conflicts().stream().map(String::valueOf).toList());
  }

  @Test
  void rejectedRowSaysWhatAPersonIsToDo() throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l'), (2, 'o', 'o')");
    try (ApplyBench bench = bench(REJECT)) {
      bench
          .change("t", "[1]", ORIGINAL, SOURCE, later())
          .change("t", "[2]", row(2, "o", "o"), row(2, "s", "o"), later())
          .apply();
      assertThat(table()).containsExactly("1|l|l", "2|s|o");
      assertThat(bench.reasons()).containsOnlyKeys(0);
      assertThat(bench.reasons().get(0))
          .contains("Conflict: the row of target table", "write it in both databases")
          .doesNotContain("'l'");
    }
  }

  private static String row(int id, String a, String b) {
    return "{\"id\": " + id + ", \"a\": \"" + a + "\", \"b\": \"" + b + "\"}";
  }

  @Test
  void olderOfTwoChangesLosesByTheTimeOfItsCommit() throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l')");
    try (ApplyBench bench = bench(NEWEST)) {
      bench.change("t", "[1]", ORIGINAL, SOURCE, earlier()).applyAll();
      assertThat(table()).containsExactly("1|l|l");
      assertThat(counted(bench)).isEqualTo("0 1 0 0");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4, 5, true, s",
    "5, 4, true, l",
    "5, 5, true, s",
    "5, 5, false, l",
    "null, 5, true, s",
    "5, null, true, l"
  })
  void newerRowStandsByTheColumnThatSaysSo(
      String targets, String sources, boolean tiesToSource, String winner) throws Exception {
    db.sql(
        "CREATE TABLE v (id int PRIMARY KEY, a text, version int)",
        "INSERT INTO v VALUES (1, 'l', " + targets + ")");
    ApplyBench.Settings settings =
        new ApplyBench.Settings()
            .conflicts(new ConflictPolicies(NEWEST, Map.of(), Map.of("v", "version")));
    try (ApplyBench bench = (tiesToSource ? settings : settings.tiesToTarget()).on(db)) {
      bench
          .change(
              "v",
              "[1]",
              "{\"id\": 1, \"a\": \"o\", \"version\": 1}",
              "{\"id\": 1, \"a\": \"s\", \"version\": " + sources + "}",
              earlier())
          .applyAll();
    }
    assertThat(db.rows("SELECT a FROM v")).containsExactly(winner);
  }

  @ParameterizedTest
  @CsvSource({
    "TARGET_WINS, 1|l|l, 0 1 0 0",
    "NEWEST, 1|s|o, 1 0 0 0",
    "MERGE_SOURCE_WINS, 1|s|o, 1 0 0 0",
    "MERGE_TARGET_WINS, 1|l|l, 0 1 0 0",
    "REJECT, 1|l|l, 0 0 0 1",
  })
  void rowThatBothMadeGoesByThePolicy(ConflictPolicy policy, String row, String counts)
      throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l')");
    try (ApplyBench bench = bench(policy)) {
      bench.change("t", "[1]", "null", SOURCE, later()).apply();
      assertThat(table()).containsExactly(row);
      assertThat(counted(bench)).isEqualTo(counts);
    }
  }

  @ParameterizedTest
  @EnumSource(value = ConflictPolicy.class, mode = Mode.EXCLUDE, names = "SOURCE_WINS")
  void rowThatTheTargetDeletedStaysAway(ConflictPolicy policy) throws Exception {
    try (ApplyBench bench = bench(policy)) {
      bench.change("t", "[1]", ORIGINAL, SOURCE, later()).apply();
      assertThat(table()).isEmpty();
      assertThat(counted(bench)).isEqualTo(policy == REJECT ? "0 0 0 1" : "0 1 0 0");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TARGET_WINS, 1, 0 1 0 0",
    "NEWEST, 0, 1 0 0 0",
    "MERGE_SOURCE_WINS, 0, 1 0 0 0",
    "MERGE_TARGET_WINS, 0, 1 0 0 0",
    "REJECT, 1, 0 0 0 1",
  })
  void rowThatTheTargetChangedAndTheSourceDeletedGoesByThePolicy(
      ConflictPolicy policy, int rows, String counts) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'o')");
    try (ApplyBench bench = bench(policy)) {
      bench.change("t", "[1]", ORIGINAL, "null", earlier()).apply();
      assertThat(table()).hasSize(rows);
      assertThat(counted(bench)).isEqualTo(counts);
    }
  }

  @ParameterizedTest
  @EnumSource(value = ConflictPolicy.class, mode = Mode.EXCLUDE, names = "SOURCE_WINS")
  void sameChangeOnBothSidesIsNoConflict(ConflictPolicy policy) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 's', 'o')");
    try (ApplyBench bench = bench(policy)) {
      String writers = "SELECT xmin::text FROM t";
      List<String> before = db.rows(writers);
      bench
          .change("t", "[1]", ORIGINAL, SOURCE, earlier())
          .change("t", "[2]", row(2, "o", "o"), "null", earlier())
          .applyAll();
      assertThat(counted(bench)).isEqualTo("0 0 0 0");
      assertThat(db.rows(writers)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(value = ConflictPolicy.class, mode = Mode.EXCLUDE, names = "SOURCE_WINS")
  void rowsOfAScanAreOnlyMade(ConflictPolicy policy) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l')");
    try (ApplyBench bench = bench(policy)) {
      bench
          .scanned("t", "[1]", SOURCE, in(Duration.ofHours(1)), in(Duration.ofHours(2)))
          .scanned("t", "[2]", row(2, "s", "s"), earlier(), later())
          .applyAll();
      assertThat(table()).containsExactly("1|l|l", "2|s|s");
      assertThat(counted(bench)).isEqualTo("0 0 0 0");
    }
  }

  @Test
  void changesOfOneWindowAreComparedWithWhatWasBeforeTheFirst() throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'o', 'o'), (2, 'o', 'l')");
    try (ApplyBench bench = bench(MERGE_TARGET_WINS)) {
      for (int id : new int[] {1, 2}) {
        bench
            .change("t", "[" + id + "]", row(id, "o", "o"), row(id, "s", "o"), "100.0000000000")
            .change("t", "[" + id + "]", row(id, "s", "o"), row(id, "s", "s"), "200.0000000000");
      }
      bench.applyAll();
      assertThat(table()).containsExactly("1|s|s", "2|s|l");
      assertThat(counted(bench)).isEqualTo("0 0 1 0");
    }
  }

  /**
   * Between two changes the source took over one of the target's, which the target has changed
   * since: folded into one they would bring the older back.
   */
  @ParameterizedTest
  @CsvSource({"TARGET_WINS, 1|l2|o", "MERGE_SOURCE_WINS, 1|l2|s2", "MERGE_TARGET_WINS, 1|l2|s2"})
  void whatTheSourceTookOverFromTheTargetIsNotTheSourcesOwn(ConflictPolicy policy, String row)
      throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l2', 'o')");
    try (ApplyBench bench = bench(policy)) {
      bench
          .change("t", "[1]", row(1, "o", "o"), row(1, "o", "s1"), "100.0000000000")
          .change("t", "[1]", row(1, "l1", "s1"), row(1, "l1", "s2"), "200.0000000000")
          .applyAll();
    }
    assertThat(table()).containsExactly(row);
  }

  /** Under a key that has the region in front it is another row, told in any order. */
  @ParameterizedTest
  @EnumSource(ConflictPolicy.class)
  void rowThatMovesToAnotherRegionIsChangedAndNotDeleted(ConflictPolicy policy) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'o', 'o')");
    try (ApplyBench bench = bench(policy)) {
      bench
          .change("t", "[\"eu\", 1]", "null", SOURCE, "100.0000000000")
          .change("t", "[\"us\", 1]", ORIGINAL, "null", "100.0000000000")
          .applyAll();
      assertThat(table()).containsExactly("1|s|o");
      assertThat(bench.conflicts()).containsExactly(0L, 0L, 0L, 0L);
    }
  }

  @Test
  void changeThatGoesOnFromTheTargetsRowIsNoConflict() throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'l', 'l'), (2, 'o', 'o')");
    try (ApplyBench bench = bench(TARGET_WINS)) {
      bench
          .change("t", "[1]", row(1, "o", "o"), row(1, "s", "o"), "100.0000000000")
          .change("t", "[2]", row(2, "o", "o"), row(2, "s", "o"), "150.0000000000")
          .change("t", "[1]", row(1, "l", "l"), row(1, "l", "s"), "200.0000000000")
          .applyAll();
      assertThat(counted(bench)).isEqualTo("0 1 0 0");
    }
    assertThat(table()).containsExactly("1|l|s", "2|s|o");
  }

  @Test
  void rowThatIsMadeAndChangedInOneWindowIsMade() throws Exception {
    try (ApplyBench bench = bench(TARGET_WINS)) {
      bench
          .change("t", "[1]", "null", ORIGINAL, "100.0000000000")
          .change("t", "[1]", ORIGINAL, SOURCE, "200.0000000000")
          .scanned("t", "[2]", row(2, "o", "o"), "50.0000000000", "150.0000000000")
          .change("t", "[2]", row(2, "o", "o"), row(2, "s", "o"), "200.0000000000")
          .applyAll();
    }
    assertThat(table()).containsExactly("1|s|o", "2|s|o");
  }

  @Test
  void feedWithoutBeforeImagesOrCommitTimesStopsTheTask() throws Exception {
    try (ApplyBench bench = bench(NEWEST)) {
      bench.upsert("t", "[1]", SOURCE, 5);
      assertThatThrownBy(bench::apply)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("conflict.policy=newest is set for table")
          .hasMessageContaining("mvcc_timestamp");
    }
    try (ApplyBench bench = bench(NEWEST)) {
      bench.raw(
          "t",
          "[1]",
          "{\"after\": "
              + SOURCE
              + ", \"updated\": \"7.0000000000\", \"mvcc_timestamp\": \"7.0000000000\"}");
      assertThatThrownBy(bench::apply)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("the option diff")
          .hasMessageContaining("feed.before=full");
    }
  }

  @Test
  void tableHasItsOwnPolicy() throws Exception {
    db.sql(
        "CREATE TABLE u (id int PRIMARY KEY, a text, b text)",
        "INSERT INTO t VALUES (1, 'l', 'l')",
        "INSERT INTO u VALUES (1, 'l', 'l')");
    ApplyBench.Settings settings =
        new ApplyBench.Settings()
            .conflicts(new ConflictPolicies(SOURCE_WINS, Map.of("u", TARGET_WINS), Map.of()));
    try (ApplyBench bench = settings.on(db)) {
      // one without an image, in the same window
      bench
          .upsert("t", "[1]", SOURCE, 5)
          .change("u", "[1]", ORIGINAL, SOURCE, "5.0000000000")
          .applyAll();
    }
    assertThat(table()).containsExactly("1|s|o");
    assertThat(db.rows("SELECT a FROM u")).containsExactly("l");
  }

  @Test
  void rowThatIsRefusedIsFoundBesideRowsThatAreDropped() throws Exception {
    db.sql(
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a <> 'bad')",
        "INSERT INTO t VALUES (1, 'l', 'l'), (2, 'o', 'o'), (3, 'o', 'o')");
    try (ApplyBench bench = bench(TARGET_WINS)) {
      bench
          .change("t", "[1]", ORIGINAL, SOURCE, later())
          .change("t", "[2]", row(2, "o", "o"), row(2, "bad", "o"), later())
          .change("t", "[3]", row(3, "o", "o"), row(3, "s", "o"), later())
          .apply();
      assertThat(bench.reasons()).containsOnlyKeys(1);
      assertThat(bench.reasons().get(1)).contains("23514");
      assertThat(counted(bench)).isEqualTo("0 1 0 0");
    }
    assertThat(table()).containsExactly("1|l|l", "2|o|o", "3|s|o");
  }

  @Test
  void childrenAreMadeAfterTheirParents() throws Exception {
    db.sql(
        "CREATE TABLE child (id int PRIMARY KEY, parent int NOT NULL REFERENCES t (id))",
        "INSERT INTO t VALUES (1, 'l', 'l')");
    try (ApplyBench bench = bench(TARGET_WINS)) {
      bench
          .change("child", "[5]", "null", "{\"id\": 5, \"parent\": 2}", later())
          .change("child", "[6]", "null", "{\"id\": 6, \"parent\": 1}", later())
          .change("t", "[2]", "null", row(2, "s", "s"), later())
          .change("t", "[1]", ORIGINAL, SOURCE, later())
          .applyAll();
    }
    assertThat(table()).containsExactly("1|l|l", "2|s|s");
    assertThat(db.rows("SELECT id, parent FROM child ORDER BY id")).containsExactly("5|2", "6|1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE t SET b = 'l' WHERE id = 1",
        "DELETE FROM t WHERE id = 1",
        "INSERT INTO t VALUES (2, 'l', 'l')"
      })
  void whatTheApplicationWritesMeanwhileIsNotLost(String write) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'o', 'o')");
    ExecutorService sink = Executors.newSingleThreadExecutor();
    try (ApplyBench bench = bench(TARGET_WINS);
        Connection application = db.connect();
        Statement statement = application.createStatement()) {
      application.setAutoCommit(false);
      statement.execute(write);
      Future<?> applied =
          sink.submit(
              () -> {
                bench
                    .change("t", "[1]", ORIGINAL, SOURCE, later())
                    .change("t", "[2]", "null", row(2, "s", "s"), later())
                    .applyAll();
                return null;
              });
      Deadline.in(Duration.ofSeconds(20))
          .await("the sink waits for the application", this::isAnybodyWaiting);
      application.commit();
      applied.get(20, TimeUnit.SECONDS);
      assertThat(counted(bench)).isEqualTo("0 1 0 0");
    } finally {
      sink.shutdownNow();
    }
    assertThat(table())
        .isEqualTo(
            write.startsWith("UPDATE")
                ? List.of("1|o|l", "2|s|s")
                : write.startsWith("DELETE") ? List.of("2|s|s") : List.of("1|s|o", "2|l|l"));
  }

  private boolean isAnybodyWaiting() {
    try (Connection server = standIn.server().connect(db.name());
        Statement statement = server.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM"
                    + " pg_stat_activity WHERE datname = '"
                    + db.name()
                    + "')")) {
      return row.next() && row.getInt(1) > 0;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * What was written from the wire is what the wire says later: nothing differs by its spelling.
   */
  @Test
  void valuesAreComparedAsTheDatabaseHasThem() throws Exception {
    String types =
        product.equals("PostgreSQL")
            ? "n numeric(10,2), f float8, x bytea, d date, z timestamptz, y interval, u uuid, j jsonb,"
                + " p char(5), v varchar(9), r int[], w text[], k inet, o json, e point, m xml, i bit(3)"
            : "n numeric(10,2), f float8, x bytea, d date, z timestamptz, y interval, u uuid, j jsonb,"
                + " p char(5), v varchar(9), r int[], w text[], k inet";
    db.sql("CREATE TABLE every (id int PRIMARY KEY, c text, " + types + ")");
    String values =
        "\"n\": 1.50, \"f\": 0.1, \"x\": \"\\\\xDEAD\", \"d\": \"2024-02-29\","
            + " \"z\": \"2024-02-29T12:00:00.5Z\", \"y\": \"1 day 02:03:04\","
            + " \"u\": \"0A0B0C0D-0000-0000-0000-000000000001\", \"j\": {\"b\": 1, \"a\": [1.0]},"
            + " \"p\": \"ab\", \"v\": \"Abc\", \"r\": [1, null], \"w\": [\"x,y\", \"\"],"
            + " \"k\": \"10.0.0.1\""
            + (product.equals("PostgreSQL")
                ? ", \"o\": {\"b\": 1, \"a\": 2}, \"e\": \"(1,2)\", \"m\": \"<a/>\", \"i\": \"101\""
                : "");
    String first = "{\"id\": 1, \"c\": \"o\", " + values + "}";
    String second = "{\"id\": 1, \"c\": \"s\", " + values + "}";
    String third = second.replace("\"c\": \"s\"", "\"c\": \"t\"");
    try (ApplyBench bench = bench(MERGE_TARGET_WINS)) {
      bench.change("every", "[1]", "null", first, "1.0000000000").applyAll();
      bench.change("every", "[1]", first, second, "2.0000000000").applyAll();
      assertThat(bench.conflicts()).containsExactly(0L, 0L, 0L, 0L);
      if (product.equals("PostgreSQL")) {
        db.sql("UPDATE every SET o = '{\"a\":2,   \"b\":1}'");
      }
      bench.change("every", "[1]", second, third, "3.0000000000").applyAll();
      assertThat(bench.conflicts()).containsExactly(0L, 0L, 0L, 0L);
      for (String column : List.of("n", "j", "p", "w", "z")) {
        db.sql("UPDATE every SET " + column + " = NULL");
        bench.change("every", "[1]", third, second, later()).applyAll();
        db.sql("DELETE FROM every");
        bench.change("every", "[1]", "null", third, later()).applyAll();
      }
      assertThat(bench.conflicts()).containsExactly(0L, 0L, 5L, 0L);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ConflictPolicy.class,
      names = {"MERGE_SOURCE_WINS", "MERGE_TARGET_WINS"})
  void columnsOfBothSidesAreKept(ConflictPolicy policy) throws Exception {
    db.sql("INSERT INTO t VALUES (1, 'o', 'l')");
    try (ApplyBench bench = bench(policy)) {
      bench.change("t", "[1]", ORIGINAL, SOURCE, later()).applyAll();
      assertThat(counted(bench)).isEqualTo("0 0 1 0");
    }
    assertThat(table()).containsExactly("1|s|l");
  }
}

package dev.belay.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.sink.BelaySinkConnector;
import dev.belay.sink.change.TableName;
import dev.belay.sink.config.DatabaseKeys;
import dev.belay.sink.config.SinkKeys;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.harness.Fetched;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.target.mysql.MySqlTarget;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Invariant I5 Referential for rows that reference each other in a circle by foreign keys that
 * cannot be NULL, which MySQL and MariaDB take in no order: refused, or with {@code
 * mysql.cycle.checks=off-in-window} written unchecked and proven.
 */
@ParameterizedClass
@EnumSource(Product.class)
class CircleIT {
  private static final Map<Product, MySqlServer> SERVERS = new EnumMap<>(Product.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Parameter Product product;
  private TargetDatabase db;

  @BeforeEach
  void makeDatabase() throws Exception {
    Fetched.assume(product);
    db = TargetDatabase.on(server(product));
  }

  private static synchronized MySqlServer server(Product product) throws IOException {
    MySqlServer server = SERVERS.get(product);
    if (server == null) {
      server = MySqlServer.start(product);
      SERVERS.put(product, server);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
    return server;
  }

  private ApplyBench closing() throws Exception {
    return new ApplyBench.Settings().target(new MySqlTarget(true)).on(db);
  }

  /** Each row of one table has one of the other. */
  private void makeCircle(String action) {
    db.sql(
        "CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL)",
        "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL,"
            + " CONSTRAINT b_has_a FOREIGN KEY (a) REFERENCES a (id)"
            + action
            + ")",
        "ALTER TABLE a ADD CONSTRAINT a_has_b FOREIGN KEY (b) REFERENCES b (id)",
        "CREATE TABLE toy (id int PRIMARY KEY, b int NOT NULL,"
            + " CONSTRAINT toy_has_b FOREIGN KEY (b) REFERENCES b (id)"
            + action
            + ")");
  }

  private static ApplyBench a(ApplyBench bench, int id, int b, long time) {
    return bench.upsert("a", "[" + id + "]", "{\"id\": " + id + ", \"b\": " + b + "}", time);
  }

  private static ApplyBench b(ApplyBench bench, int id, int a, long time) {
    return bench.upsert("b", "[" + id + "]", "{\"id\": " + id + ", \"a\": " + a + "}", time);
  }

  /** Whether the bench's own session has its checks on, after all that it did. */
  private static boolean checks(ApplyBench bench) throws Exception {
    Connection session = bench.connection().get();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@SESSION.foreign_key_checks")) {
      row.next();
      return row.getInt(1) == 1;
    }
  }

  @Test
  void aCircleComesMovesAndGoes() throws Exception {
    makeCircle("");
    try (ApplyBench bench = closing()) {
      a(bench, 1, 10, 1);
      b(bench, 10, 1, 1).applyAll();
      assertThat(db.rows("SELECT * FROM a")).containsExactly("1|10");
      assertThat(db.rows("SELECT * FROM b")).containsExactly("10|1");
      assertThat(checks(bench)).isTrue();

      bench.delete("b", "[10]", 2);
      b(bench, 20, 1, 2);
      a(bench, 1, 20, 2).applyAll();
      assertThat(db.rows("SELECT * FROM a")).containsExactly("1|20");
      assertThat(db.rows("SELECT * FROM b")).containsExactly("20|1");

      bench.delete("a", "[1]", 3).delete("b", "[20]", 3).applyAll();
      assertThat(db.rows("SELECT * FROM a")).isEmpty();
      assertThat(db.rows("SELECT * FROM b")).isEmpty();
      assertThat(checks(bench)).isTrue();
    }
  }

  @Test
  void rowsThatReferenceThemselvesComeAndGo() throws Exception {
    db.sql(
        "CREATE TABLE node (id int PRIMARY KEY, up int NOT NULL,"
            + " FOREIGN KEY (up) REFERENCES node (id))");
    try (ApplyBench bench = closing()) {
      bench.upsert("node", "[1]", "{\"id\": 1, \"up\": 1}", 1);
      bench.upsert("node", "[2]", "{\"id\": 2, \"up\": 3}", 1);
      bench.upsert("node", "[3]", "{\"id\": 3, \"up\": 2}", 1);
      bench.applyAll();
      assertThat(db.rows("SELECT * FROM node ORDER BY id")).containsExactly("1|1", "2|3", "3|2");

      bench.delete("node", "[1]", 2).delete("node", "[2]", 2).delete("node", "[3]", 2).applyAll();
      assertThat(db.rows("SELECT * FROM node")).isEmpty();
      assertThat(checks(bench)).isTrue();
    }
  }

  @Test
  void anOrphanAndWhatHangsOnItAreRejectedAndTheCircleBesideIsNot() throws Exception {
    makeCircle("");
    try (ApplyBench bench = closing()) {
      a(bench, 1, 10, 1); // 0, 1: whole
      b(bench, 10, 1, 1);
      a(bench, 2, 20, 1); // 2, 3: each has the other, and this one's toy has nothing
      b(bench, 20, 3, 1);
      a(bench, 4, 10, 1); // 4: of the first circle
      bench.upsert("toy", "[5]", "{\"id\": 5, \"b\": 99}", 1);
      bench.apply();

      assertThat(bench.reasons()).containsOnlyKeys(2, 3, 5);
      assertThat(bench.reasons().get(3))
          .contains("1452", "b_has_a", "The row that it references is not in the target");
      assertThat(bench.reasons().get(2)).contains("1452", "a_has_b");
      assertThat(db.rows("SELECT * FROM a ORDER BY id")).containsExactly("1|10", "4|10");
      assertThat(db.rows("SELECT * FROM b")).containsExactly("10|1");
      assertThat(checks(bench)).isTrue();
    }
  }

  @Test
  void anOrphanIsHeldWhereWhatItMissesMayCome() throws Exception {
    makeCircle("");
    try (ApplyBench bench = closing()) {
      a(bench, 1, 10, 1);
      Outcome outcome = bench.apply(true);
      assertThat(outcome.held()).containsExactly(0);
      assertThat(db.rows("SELECT * FROM a")).isEmpty();
    }
  }

  /** With checks off InnoDB would leave the toys behind, which this user need not even see. */
  @Test
  void deletesActOnChildrenAsEver() throws Exception {
    makeCircle(" ON DELETE CASCADE");
    try (ApplyBench bench = closing()) {
      a(bench, 1, 10, 1);
      b(bench, 10, 1, 1).upsert("toy", "[7]", "{\"id\": 7, \"b\": 10}", 1).applyAll();
      assertThat(db.rows("SELECT * FROM toy")).containsExactly("7|10");

      bench.delete("a", "[1]", 2).delete("b", "[10]", 2).applyAll();
      assertThat(db.rows("SELECT * FROM b")).isEmpty();
      assertThat(db.rows("SELECT * FROM toy")).isEmpty();
    }
  }

  @Test
  void aChildThatStaysKeepsItsParent() throws Exception {
    makeCircle("");
    try (ApplyBench bench = closing()) {
      a(bench, 1, 10, 1);
      b(bench, 10, 1, 1).upsert("toy", "[7]", "{\"id\": 7, \"b\": 10}", 1).applyAll();

      bench.delete("a", "[1]", 2).delete("b", "[10]", 2).apply();

      assertThat(bench.reasons().get(1)).contains("1451");
      assertThat(db.rows("SELECT * FROM toy")).containsExactly("7|10");
      assertThat(db.rows("SELECT count(*) FROM b")).containsExactly("1");
      assertThat(db.rows("SELECT count(*) FROM a")).containsExactly("1");
      assertThat(checks(bench)).isTrue();
    }
  }

  /** The window is stopped by a trigger where checks are off, and its session is ended there. */
  @Test
  void aSessionThatEndsUncheckedLeavesNothingBehind() throws Exception {
    makeCircle("");
    db.sql(
        "CREATE TRIGGER stall BEFORE INSERT ON b FOR EACH ROW"
            + " SET @gate = IF(@@SESSION.foreign_key_checks = 0, GET_LOCK('gate', 30), 0)");
    try (ApplyBench bench = closing();
        Connection gate = db.connect();
        Statement keeper = gate.createStatement()) {
      keeper.execute("DO GET_LOCK('gate', 0)");
      a(bench, 1, 10, 1);
      b(bench, 10, 1, 1);
      CompletableFuture<Void> applied =
          CompletableFuture.runAsync(
              () -> {
                try {
                  bench.applyAll();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      Deadline.in(PATIENCE)
          .await(
              "the window waits unchecked",
              () ->
                  !db.rows(
                          "SELECT id FROM information_schema.processlist"
                              + " WHERE state = 'User lock'")
                      .isEmpty());
      db.endSessions();
      keeper.execute("DO RELEASE_LOCK('gate')");

      applied.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(db.rows("SELECT * FROM a")).containsExactly("1|10");
      assertThat(db.rows("SELECT * FROM b")).containsExactly("10|1");
      assertThat(checks(bench)).isTrue();
    }
  }

  @Test
  void circlesAreRefusedUnlessAskedFor() throws Exception {
    makeCircle("");
    try (ApplyBench bench = ApplyBench.on(db)) {
      a(bench, 1, 10, 1);
      assertThatThrownBy(bench::apply)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("Target table " + db.name() + ".a references itself by way of")
          .hasMessageContaining("mysql.cycle.checks=off-in-window");
    }
  }

  @Test
  void validationRefusesThemOnTheKeyThatTakesThem() {
    assumeTrue(product == Product.MYSQL, "one product is enough, since Kafka is waited for");
    makeCircle("");

    assertThat(objections(Map.of()))
        .hasSize(2)
        .allSatisfy(text -> assertThat(text).contains("fit in no order", "Let a column"));
    assertThat(objections(Map.of(DatabaseKeys.MYSQL_CYCLE_CHECKS, "off-in-window"))).isEmpty();
  }

  /** What is said of the key; that no broker answers is said of another one. */
  private List<String> objections(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("name", "circle");
    settings.put("topics", "a,b");
    settings.put(SinkKeys.TARGET_URL, db.url());
    settings.put(SinkKeys.TARGET_USER, db.role());
    settings.put(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, "127.0.0.1:1");
    return new BelaySinkConnector()
        .validate(settings).configValues().stream()
            .filter(value -> value.name().equals(DatabaseKeys.MYSQL_CYCLE_CHECKS))
            .flatMap(value -> value.errorMessages().stream())
            .toList();
  }

  /** Its value would change unchecked under those that refer to it. */
  @Test
  void aCircleByWayOfAnotherKeyIsRefusedInAnyCase() throws Exception {
    db.sql(
        "CREATE TABLE a (id int PRIMARY KEY, code int NOT NULL UNIQUE, b int NOT NULL)",
        "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL, FOREIGN KEY (a) REFERENCES a (code))",
        "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id)");
    try (ApplyBench bench = closing()) {
      bench.upsert("a", "[1]", "{\"id\": 1, \"code\": 1, \"b\": 1}", 1);
      assertThatThrownBy(bench::apply)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("off-in-window does not help here")
          .hasMessageContaining("code");
    }
  }

  /** What has an order needs no key: one that can be NULL, a tree, a table beside a circle. */
  @Test
  void whatIsNoCircleIsNotRefused() throws Exception {
    db.sql(
        "CREATE TABLE a (id int PRIMARY KEY, b int)",
        "CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL, FOREIGN KEY (a) REFERENCES a (id))",
        "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id)",
        "CREATE TABLE tree (id int PRIMARY KEY, up int NOT NULL, b int NOT NULL,"
            + " FOREIGN KEY (up) REFERENCES tree (id), FOREIGN KEY (b) REFERENCES b (id))");
    MySqlTarget target = new MySqlTarget(false);
    try (Connection connection = db.connectAsRole("bench")) {
      for (String table : List.of("a", "b", "tree")) {
        TableName name = TableName.of(table);
        assertThat(
                target.circleObjection(
                    connection, target.describe(connection, List.of(name)).get(name)))
            .as(table)
            .isEmpty();
      }
    }
  }

  /** As {@link RowByRowIT} does it, with nothing in the circle that could be NULL meanwhile. */
  @Test
  void windowsBetweenAnyTwoStatesFit() throws Exception {
    makeCircle("");
    try (ApplyBench bench = closing()) {
      Random random = new Random(Long.getLong("belay.seed", 7));
      State before = new State();
      for (int window = 0; window < 25; window++) {
        State after = State.random(random);
        after.difference(before, random, bench, window + 1);
        bench.apply();
        assertThat(bench.reasons()).as("window %d", window).isEmpty();
        for (String table : State.TABLES) {
          assertThat(db.rows("SELECT * FROM " + table + " ORDER BY id"))
              .as("%s, window %d", table, window)
              .isEqualTo(after.rows(table));
        }
        before = after;
      }
      assertThat(checks(bench)).isTrue();
    }
  }

  /** Rows of the tables, by their ids; each references one that is there. */
  private static final class State {
    static final List<String> TABLES = List.of("a", "b", "toy");
    private static final int MOST = 5;

    private final Map<String, Map<Integer, Integer>> tables = new TreeMap<>();

    State() {
      TABLES.forEach(table -> tables.put(table, new TreeMap<>()));
    }

    static State random(Random random) {
      State state = new State();
      List<Integer> as = some(random);
      List<Integer> bs = some(random);
      if (!as.isEmpty() && !bs.isEmpty()) {
        as.forEach(id -> state.tables.get("a").put(id, any(random, bs)));
        bs.forEach(id -> state.tables.get("b").put(id, any(random, as)));
        some(random).forEach(id -> state.tables.get("toy").put(id, any(random, bs)));
      }
      return state;
    }

    private static List<Integer> some(Random random) {
      List<Integer> ids = new ArrayList<>();
      for (int id = 1; id <= MOST; id++) {
        if (random.nextInt(3) > 0) {
          ids.add(id);
        }
      }
      return ids;
    }

    private static Integer any(Random random, List<Integer> of) {
      return of.get(random.nextInt(of.size()));
    }

    void difference(State before, Random random, ApplyBench bench, long time) {
      List<Runnable> changes = new ArrayList<>();
      for (String table : TABLES) {
        Map<Integer, Integer> now = tables.get(table);
        Map<Integer, Integer> then = before.tables.get(table);
        String reference = table.equals("b") ? "a" : "b";
        now.forEach(
            (id, other) -> {
              if (!other.equals(then.get(id))) {
                String json = "{\"id\": " + id + ", \"" + reference + "\": " + other + "}";
                changes.add(() -> bench.upsert(table, "[" + id + "]", json, time));
              }
            });
        then.keySet().stream()
            .filter(id -> !now.containsKey(id))
            .forEach(id -> changes.add(() -> bench.delete(table, "[" + id + "]", time)));
      }
      Collections.shuffle(changes, random);
      changes.forEach(Runnable::run);
    }

    List<String> rows(String table) {
      return tables.get(table).entrySet().stream()
          .map(row -> row.getKey() + "|" + row.getValue())
          .toList();
    }
  }
}

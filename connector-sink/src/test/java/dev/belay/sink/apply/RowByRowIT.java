package dev.belay.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Fetched;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Invariant I5 Referential on databases that check row by row and can defer nothing. */
@ParameterizedClass
@EnumSource(Product.class)
class RowByRowIT {
  private static final Map<Product, MySqlServer> SERVERS = new EnumMap<>(Product.class);

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

  @Test
  void aChainArrivesInAnyOrderAndGoesInAnyOrder() throws Exception {
    db.sql("CREATE TABLE node (id int PRIMARY KEY, up int, FOREIGN KEY (up) REFERENCES node (id))");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("node", "[3]", "{\"id\": 3, \"up\": 2}", 1);
      bench.upsert("node", "[1]", "{\"id\": 1, \"up\": 5}", 1);
      bench.upsert("node", "[2]", "{\"id\": 2, \"up\": 1}", 1);
      bench.upsert("node", "[5]", "{\"id\": 5, \"up\": 5}", 1);
      bench.applyAll();
      assertThat(db.rows("SELECT * FROM node ORDER BY id"))
          .containsExactly("1|5", "2|1", "3|2", "5|5");

      for (int id : List.of(1, 2, 3, 5)) {
        bench.delete("node", "[" + id + "]", 2);
      }
      bench.applyAll();
      assertThat(db.rows("SELECT * FROM node")).isEmpty();
    }
  }

  @Test
  void rowsThatReferenceEachOtherAreWrittenInTwoSteps() throws Exception {
    makeCircle();
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("head", "[1]", "{\"id\": 1, \"main\": 10}", 1);
      bench.upsert("arm", "[10]", "{\"id\": 10, \"head\": 1}", 1);
      bench.applyAll();
      assertThat(db.rows("SELECT * FROM head")).containsExactly("1|10");
      assertThat(db.rows("SELECT * FROM arm")).containsExactly("10|1");

      bench.delete("arm", "[10]", 2).delete("head", "[1]", 2);
      bench.applyAll();
      assertThat(db.rows("SELECT * FROM head")).isEmpty();
    }
  }

  private void makeCircle() {
    db.sql(
        "CREATE TABLE head (id int PRIMARY KEY, main int)",
        "CREATE TABLE arm (id int PRIMARY KEY, head int NOT NULL,"
            + " FOREIGN KEY (head) REFERENCES head (id))",
        "ALTER TABLE head ADD FOREIGN KEY (main) REFERENCES arm (id)");
  }

  /** One by one they must all be tried, and the circle is no culprit. */
  @Test
  void anOrphanBesideACircleIsTheOnlyOneRejected() throws Exception {
    makeCircle();
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("arm", "[11]", "{\"id\": 11, \"head\": 99}", 1);
      bench.upsert("head", "[1]", "{\"id\": 1, \"main\": 10}", 1);
      bench.upsert("arm", "[10]", "{\"id\": 10, \"head\": 1}", 1);
      bench.apply();

      assertThat(bench.reasons()).containsOnlyKeys(0);
      assertThat(bench.reasons().get(0)).contains("arm", "1452").doesNotContain("99");
      assertThat(db.rows("SELECT * FROM head")).containsExactly("1|10");
    }
  }

  @Test
  void aChildThatMovesIsNotTakenAlong() throws Exception {
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY, u varchar(5) NOT NULL UNIQUE)",
        "CREATE TABLE child (id int PRIMARY KEY, p int NOT NULL,"
            + " FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE)",
        "CREATE TABLE toy (id int PRIMARY KEY, c int NOT NULL,"
            + " FOREIGN KEY (c) REFERENCES child (id) ON DELETE CASCADE)",
        "INSERT INTO parent VALUES (1, 'a')",
        "INSERT INTO child VALUES (1, 1)",
        "INSERT INTO toy VALUES (1, 1)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      // The new parent takes the old one's value, which cannot be parked: it would have to go
      // first,
      // and the child with it, and the child's toy, of which no record says anything.
      bench.delete("parent", "[1]", 2);
      bench.upsert("parent", "[2]", "{\"id\": 2, \"u\": \"a\"}", 2);
      bench.upsert("child", "[1]", "{\"id\": 1, \"p\": 2}", 2);
      bench.apply();

      assertThat(bench.reasons()).isNotEmpty();
      // the parent went, as the records said, and took what was rejected along: that is loud
      assertThat(bench.reasons().keySet()).contains(1);
    }
  }

  @Test
  void aKeyThatChangesItsCaseIsRenamedAndNeverMerged() throws Exception {
    db.sql("CREATE TABLE t (k varchar(10) PRIMARY KEY, v int)", "INSERT INTO t VALUES ('ann', 1)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[\"Ann\"]", "{\"k\": \"Ann\", \"v\": 2}", 1);
      bench.apply();
      assertThat(bench.reasons()).containsOnlyKeys(0);
      assertThat(bench.reasons().get(0)).contains("1242", "collation");
      assertThat(db.rows("SELECT * FROM t")).containsExactly("ann|1");

      bench.upsert("t", "[\"Ann\"]", "{\"k\": \"Ann\", \"v\": 3}", 2);
      bench.delete("t", "[\"ann\"]", 2);
      bench.applyAll();
      assertThat(db.rows("SELECT * FROM t")).containsExactly("Ann|3");
    }
  }

  @Test
  void aPrimaryKeyThatChangesUnderATaskMakesNoDuplicates() throws Exception {
    db.sql("CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL, v int)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      bench.upsert("t", "[1]", "{\"id\": 1, \"x\": 1, \"v\": 1}", 1).applyAll();
      db.sql("ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, x)");

      bench.upsert("t", "[1, 2]", "{\"id\": 1, \"x\": 2, \"v\": 2}", 2).applyAll();

      assertThat(bench.rereads()).isEqualTo(1);
      assertThat(db.rows("SELECT * FROM t ORDER BY x")).containsExactly("1|1|1", "1|2|2");
    }
  }

  /**
   * Windows between states that are each whole: children that move, go with their parents or come
   * with them, unique values that are passed on in circles, chains, references to each other.
   */
  @Test
  void windowsBetweenAnyTwoStatesFit() throws Exception {
    long[] seeds =
        Long.getLong("belay.seed") == null
            ? LongStream.rangeClosed(1, 12).toArray()
            : new long[] {Long.getLong("belay.seed")};
    db.sql(
        "CREATE TABLE parent (id int PRIMARY KEY, u int UNIQUE, n int NOT NULL UNIQUE)",
        "CREATE TABLE child (id int PRIMARY KEY, p int NOT NULL, u varchar(20) UNIQUE,"
            + " FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE)",
        "CREATE TABLE toy (id int PRIMARY KEY, c int,"
            + " FOREIGN KEY (c) REFERENCES child (id) ON DELETE SET NULL)",
        "CREATE TABLE node (id int PRIMARY KEY, up int, u int UNIQUE,"
            + " FOREIGN KEY (up) REFERENCES node (id) ON DELETE CASCADE)",
        "CREATE TABLE head (id int PRIMARY KEY, main int, u int UNIQUE)",
        "CREATE TABLE arm (id int PRIMARY KEY, head int NOT NULL, nxt int,"
            + " FOREIGN KEY (head) REFERENCES head (id), FOREIGN KEY (nxt) REFERENCES arm (id))",
        "ALTER TABLE head ADD FOREIGN KEY (main) REFERENCES arm (id)");
    try (ApplyBench bench = ApplyBench.on(db)) {
      long time = 0;
      State before = new State();
      for (long seed : seeds) {
        Random random = new Random(seed);
        for (int window = 0; window < 12; window++) {
          State after = State.random(random);
          after.difference(before, random, bench, ++time);
          bench.apply();
          assertThat(bench.reasons()).as("seed %d, window %d", seed, window).isEmpty();
          for (String table : State.TABLES) {
            assertThat(db.rows("SELECT * FROM " + table + " ORDER BY id"))
                .as("%s, seed %d, window %d", table, seed, window)
                .isEqualTo(after.rows(table));
          }
          before = after;
        }
      }
    }
  }

  /** Rows of the tables, all constraints kept. */
  private static final class State {
    static final List<String> TABLES = List.of("parent", "child", "toy", "node", "head", "arm");
    private static final int MOST = 8;

    private static final Map<String, List<String>> COLUMNS =
        Map.of(
            "parent", List.of("id", "u", "n"),
            "child", List.of("id", "p", "u"),
            "toy", List.of("id", "c"),
            "node", List.of("id", "up", "u"),
            "head", List.of("id", "main", "u"),
            "arm", List.of("id", "head", "nxt"));

    private final Map<String, Map<Integer, List<Integer>>> tables = new TreeMap<>();

    State() {
      TABLES.forEach(table -> tables.put(table, new TreeMap<>()));
    }

    static State random(Random random) {
      State state = new State();
      List<Integer> parents = some(random, MOST);
      List<Integer> children = parents.isEmpty() ? List.of() : some(random, MOST);
      List<Integer> nodes = some(random, MOST);
      List<Integer> heads = some(random, MOST);
      List<Integer> arms = heads.isEmpty() ? List.of() : some(random, MOST);
      List<Integer> unique = shuffled(random);
      List<Integer> whole = shuffled(random);
      for (int i = 0; i < parents.size(); i++) {
        state.put("parent", parents.get(i), mayBe(random, unique.get(i)), whole.get(i));
      }
      for (int i = 0; i < children.size(); i++) {
        state.put("child", children.get(i), any(random, parents), mayBe(random, whole.get(i)));
      }
      for (int id : some(random, MOST)) {
        state.put("toy", id, mayBe(random, children.isEmpty() ? null : any(random, children)));
      }
      for (int i = 0; i < nodes.size(); i++) {
        state.put("node", nodes.get(i), mayBe(random, any(random, nodes)), unique.get(i));
      }
      for (int i = 0; i < heads.size(); i++) {
        state.put(
            "head",
            heads.get(i),
            mayBe(random, arms.isEmpty() ? null : any(random, arms)),
            mayBe(random, whole.get(i)));
      }
      for (int id : arms) {
        state.put("arm", id, any(random, heads), mayBe(random, any(random, arms)));
      }
      return state;
    }

    private void put(String table, Integer... values) {
      List<Integer> row = new ArrayList<>();
      Collections.addAll(row, values);
      tables.get(table).put(values[0], row);
    }

    private static List<Integer> some(Random random, int most) {
      List<Integer> ids = new ArrayList<>();
      for (int id = 1; id <= most; id++) {
        if (random.nextBoolean()) {
          ids.add(id);
        }
      }
      Collections.shuffle(ids, random);
      return ids;
    }

    private static List<Integer> shuffled(Random random) {
      List<Integer> values = new ArrayList<>();
      for (int i = 1; i <= MOST; i++) {
        values.add(i);
      }
      Collections.shuffle(values, random);
      return values;
    }

    private static Integer any(Random random, List<Integer> of) {
      return of.get(random.nextInt(of.size()));
    }

    private static Integer mayBe(Random random, Integer value) {
      return random.nextInt(4) == 0 ? null : value;
    }

    void difference(State before, Random random, ApplyBench bench, long time) {
      List<Runnable> changes = new ArrayList<>();
      for (String table : TABLES) {
        Map<Integer, List<Integer>> now = tables.get(table);
        Map<Integer, List<Integer>> then = before.tables.get(table);
        now.forEach(
            (id, row) -> {
              if (!row.equals(then.get(id))) {
                changes.add(() -> bench.upsert(table, "[" + id + "]", json(table, row), time));
              }
            });
        then.keySet().stream()
            .filter(id -> !now.containsKey(id))
            .forEach(id -> changes.add(() -> bench.delete(table, "[" + id + "]", time)));
      }
      Collections.shuffle(changes, random);
      changes.forEach(Runnable::run);
    }

    private static String json(String table, List<Integer> row) {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        fields.add("\"" + COLUMNS.get(table).get(i) + "\": " + row.get(i));
      }
      return "{" + String.join(", ", fields) + "}";
    }

    List<String> rows(String table) {
      return tables.get(table).values().stream()
          .map(row -> String.join("|", row.stream().map(String::valueOf).toList()))
          .toList();
    }
  }
}

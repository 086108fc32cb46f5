package dev.belay.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.target.postgres.PostgresTarget;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two real databases with the same rows; then somebody tampers with one of them. */
class VerifyIT {
  private static final int ROWS = 6_000;
  private static final int FEWER = 3_000;

  /** With the types that both databases can write alike, and with NULL in a tenth of them. */
  private static final String FILL_PLAIN =
      """
      INSERT INTO plain SELECT k,
        CASE WHEN k %% 10 <> 0 THEN k * 7 - 9000 END,
        CASE WHEN k %% 10 <> 1 THEN (k * 7919) / 1000.0 END,
        CASE WHEN k %% 10 <> 2 THEN (k - 6000) * 123.456 END,
        CASE WHEN k %% 10 <> 3 THEN k %% 3 = 0 END,
        CASE WHEN k %% 10 <> 4 THEN substr(md5(k::text), 1, (k %% 12)::int4) END,
        CASE WHEN k %% 10 <> 5 THEN decode(md5(k::text), 'hex') END,
        CASE WHEN k %% 10 <> 6 THEN md5(k::text)::uuid END,
        CASE WHEN k %% 10 <> 7 THEN '2020-02-29'::date + (k %% 4000)::int4 END,
        CASE WHEN k %% 10 <> 8
          THEN '2021-03-04 05:06:07'::timestamp + (k || ' milliseconds')::interval END,
        CASE WHEN k %% 10 <> 9
          THEN '2021-03-04 05:06:07+00'::timestamptz + (k || ' microseconds')::interval END
      FROM generate_series(1, %d) AS g(k)
      """
          .formatted(ROWS);

  private static final String FILL_RICH =
      """
      INSERT INTO rich SELECT k,
        ('{"b": ' || k || ', "aa": [1.50, null, "x"]}')::jsonb,
        ARRAY[k, NULL, k * 2],
        ARRAY['a,b', 'q"' || k, NULL, 'NULL'],
        (k || ' days ' || k || ' seconds')::interval,
        k / 7.0
      FROM generate_series(1, %d) AS g(k)
      """
          .formatted(FEWER);

  private static final List<String> FILL =
      List.of(
          FILL_PLAIN,
          FILL_RICH,
          "INSERT INTO words SELECT 'w' || md5(k::text), k FROM generate_series(1, %d) AS g(k)"
              .formatted(ROWS),
          "INSERT INTO pairs SELECT 1, 'p' || k, k FROM generate_series(1, %d) AS g(k)"
              .formatted(ROWS));

  private static final List<String> SOURCE =
      List.of(
          "CREATE TABLE plain (id INT8 PRIMARY KEY, i INT4, n DECIMAL(18,4), f FLOAT8, b BOOL,"
              + " s STRING, y BYTES, u UUID, d DATE, ts TIMESTAMP, tz TIMESTAMPTZ)",
          "CREATE TABLE rich (id INT8 PRIMARY KEY, j JSONB, ns INT8[], ss STRING[], iv INTERVAL,"
              + " r FLOAT4)",
          "CREATE TABLE words (w STRING PRIMARY KEY, n INT8)",
          "CREATE TABLE pairs (a INT8, b STRING, n INT8, PRIMARY KEY (a, b))");

  private static final List<String> TARGET =
      List.of(
          "CREATE TABLE plain (id bigint PRIMARY KEY, i integer, n numeric(20,6), f double precision,"
              + " b boolean, s text, y bytea, u uuid, d date, ts timestamp, tz timestamptz)",
          "CREATE TABLE rich (id bigint PRIMARY KEY, j jsonb, ns bigint[], ss text[], iv interval,"
              + " r real)",
          "CREATE TABLE words (w varchar(100) PRIMARY KEY, n bigint)",
          "CREATE TABLE pairs (a bigint, b text, n bigint, PRIMARY KEY (a, b))");

  private static final String[] ALL = {
    "--json", "--range-rows", "1250", "--tables", "plain|rich|words|pairs"
  };

  private static StandIn standIn;
  private static PostgresServer server;
  private static int databases;
  @TempDir Path files;
  private String database;

  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.builder().rowsKept(20_000).start();
    // with an order of text that is not that of its bytes
    server = PostgresServer.start(PostgresServer.Version.OLD);
    try (Connection source = standIn.connect()) {
      VerifyRun.execute(source, SOURCE);
      VerifyRun.execute(source, FILL);
    }
    server.createDatabase("copy");
    try (Connection target = server.connect("copy")) {
      VerifyRun.execute(target, TARGET);
      VerifyRun.execute(target, FILL);
    }
  }

  @AfterAll
  static void stop() {
    standIn.close();
    server.close();
  }

  @BeforeEach
  void copy() throws Exception {
    database = "copy" + databases++;
    try (Connection any = server.connect()) {
      VerifyRun.execute(any, List.of("CREATE DATABASE " + database + " TEMPLATE copy"));
    }
  }

  private void tamper(String... statements) throws SQLException {
    try (Connection target = server.connect(database)) {
      VerifyRun.execute(target, List.of(statements));
    }
  }

  private VerifyRun verify(String... more) throws IOException {
    return VerifyRun.of(standIn, server, database, more);
  }

  @Test
  void equalRowsAreEqualWhateverTheirTypes() throws Exception {
    VerifyRun run = verify(ALL);

    assertThat(run.differences()).isEmpty();
    assertThat(run.code()).as(run.text() + run.errors()).isZero();
    assertThat(run.summary().path("equal").asBoolean()).isTrue();
    assertThat(run.summary().path("source_rows").asLong()).isEqualTo(3L * ROWS + FEWER);
    assertThat(run.summary().path("tables").asInt()).isEqualTo(4);
    assertThat(run.summary().path("exact").asBoolean()).isFalse();
  }

  /** One of each kind a hundred times over, at places that a seed says. */
  @Test
  void everyPlantedDifferenceIsFoundAndNothingElse() throws Exception {
    Random random = new Random(20_261_122);
    Set<Integer> used = new TreeSet<>();
    Set<String> planted = new TreeSet<>();
    try (Connection target = server.connect(database);
        Statement statement = target.createStatement()) {
      for (int i = 0; i < 300; i++) {
        int id = 1 + random.nextInt(ROWS);
        if (used.add(id)) {
          planted.addAll(plant(statement, i % 12, id));
        }
      }
      for (int id = 5; id < FEWER; id += 300) {
        planted.addAll(plantRich(statement, id));
      }
      for (int id = 7; id < ROWS; id += 500) {
        planted.addAll(plantKeys(statement, id));
      }
    }

    VerifyRun run = verify(ALL);

    assertThat(run.differences()).isEqualTo(planted);
    assertThat(run.code()).isEqualTo(1);
    assertThat(planted).hasSizeGreaterThan(300);
  }

  private static List<String> plant(Statement statement, int what, int id) throws SQLException {
    String where = " WHERE id = " + id;
    String key = "plain {\"id\":\"" + id + "\"} ";
    switch (what) {
      case 0:
        statement.execute("DELETE FROM plain" + where);
        return List.of(key + "missing []");
      case 1:
        int beyond = ROWS + id;
        statement.execute("INSERT INTO plain (id) VALUES (" + beyond + ")");
        return List.of("plain {\"id\":\"" + beyond + "\"} extra []");
      case 2:
        return changed(statement, "s = CASE WHEN s = '' THEN NULL ELSE '' END", "s", where, key);
      case 3:
        return changed(statement, "s = coalesce(s, '') || ' '", "s", where, key);
      case 4:
        // the next DOUBLE
        return changed(
            statement, "f = coalesce(f * (1 + 2.220446049250313e-16) , 1)", "f", where, key);
      case 5:
        return changed(statement, "tz = coalesce(tz, now()) + interval '1 hour'", "tz", where, key);
      case 6:
        return changed(
            statement,
            "ts = coalesce(ts, now()::timestamp) + interval '1 microsecond'",
            "ts",
            where,
            key);
      case 7:
        return changed(statement, "n = coalesce(n, 0) + 0.000001", "n", where, key);
      case 8:
        return changed(statement, "b = CASE WHEN b THEN false ELSE true END", "b", where, key);
      case 9:
        return changed(
            statement, "y = CASE WHEN y IS NULL THEN ''::bytea END, d = NULL", "", where, key);
      case 10:
        return changed(statement, "i = CASE WHEN i IS NULL THEN 0 END", "i", where, key);
      default:
        return changed(statement, "s = upper('x' || coalesce(s, ''))", "s", where, key);
    }
  }

  private static List<String> changed(
      Statement statement, String set, String column, String where, String key)
      throws SQLException {
    try (var before = statement.executeQuery("SELECT d IS NULL FROM plain" + where)) {
      before.next();
      boolean hadNoDate = before.getBoolean(1);
      statement.execute("UPDATE plain SET " + set + where);
      return List.of(
          key
              + "changed "
              + (column.isEmpty()
                  ? hadNoDate ? "[\"y\"]" : "[\"y\",\"d\"]"
                  : "[\"" + column + "\"]"));
    }
  }

  private static List<String> plantRich(Statement statement, int id) throws SQLException {
    String[] changes = {
      "j = jsonb_set(j, '{aa,0}', '1.51')",
      "ns = ARRAY[NULL::bigint]",
      "ss[2] = 'q' || id",
      "iv = iv + interval '1 microsecond'",
      "r = r * 1.0000002::real"
    };
    String[] columns = {"j", "ns", "ss", "iv", "r"};
    int which = id / 300 % changes.length;
    statement.execute("UPDATE rich SET " + changes[which] + " WHERE id = " + id);
    return List.of("rich {\"id\":\"" + id + "\"} changed [\"" + columns[which] + "\"]");
  }

  /** A key in capitals is another key. */
  private static List<String> plantKeys(Statement statement, int id) throws SQLException {
    String word;
    try (var row = statement.executeQuery("SELECT 'w' || md5('" + id + "')")) {
      row.next();
      word = row.getString(1);
    }
    statement.execute("UPDATE words SET w = upper(w) WHERE w = '" + word + "'");
    statement.execute("UPDATE pairs SET n = 0 WHERE a = 1 AND b = 'p" + id + "'");
    return List.of(
        "words {\"w\":\"" + word + "\"} missing []",
        "words {\"w\":\"" + word.toUpperCase(Locale.ROOT) + "\"} extra []",
        "pairs {\"a\":\"1\",\"b\":\"p" + id + "\"} changed [\"n\"]");
  }

  @Test
  void valuesAreShownOnlyIfAskedFor() throws Exception {
    tamper("UPDATE words SET n = 424242 WHERE w = 'w' || md5('17')");

    assertThat(verify("--tables", "words").text())
        .contains("differs in n")
        .doesNotContain("424242");
    assertThat(verify("--tables", "words", "--show-values").text())
        .contains("differs in n ('17' | '424242')");
    assertThat(verify("--tables", "words", "--json").text()).doesNotContain("424242");
    assertThat(verify("--tables", "words", "--json", "--show-values").text())
        .contains("{\"source\":\"17\",\"target\":\"424242\"}");
  }

  @Test
  void tablesColumnsAndRowsAreChosen() throws Exception {
    tamper(
        "UPDATE words SET n = 0 WHERE w = 'w' || md5('17')",
        "UPDATE plain SET i = 1 WHERE id = 5999",
        "ALTER TABLE pairs RENAME TO couples",
        "ALTER TABLE couples RENAME COLUMN n TO number");

    assertThat(verify("--tables", "rich,pai.*", "--rename", "pairs=couples,pairs.n=number").code())
        .isZero();
    assertThat(verify("--tables", "words", "--exclude-columns", "words.n").code()).isZero();
    assertThat(verify("--tables", "plain", "--where", "id < 5500").code()).isZero();
    assertThat(verify("--tables", "plain", "--where", "plain:id > 5500").code()).isEqualTo(1);
    VerifyRun all = verify("--json", "--tables", "words|plain|pairs|couples");
    assertThat(all.code()).isEqualTo(1);
    assertThat(all.text())
        .contains("\"finding\":\"missing_table\"")
        .contains("\"finding\":\"extra_table\"");
    assertThat(all.differences()).hasSize(2);
  }

  @Test
  void whatCannotBeComparedIsADifferenceOfTheSchema() throws Exception {
    tamper(
        "ALTER TABLE words DROP CONSTRAINT words_pkey",
        "ALTER TABLE pairs DROP CONSTRAINT pairs_pkey, ADD PRIMARY KEY (b)",
        "ALTER TABLE rich DROP COLUMN iv, ADD COLUMN more text",
        "ALTER TABLE plain ALTER COLUMN b TYPE date USING NULL");

    VerifyRun run = verify(ALL);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.text())
        .contains("has no primary key in the target")
        .contains("has the primary key [a, b] in the source and [b] in the target")
        .contains("has no column iv in the target")
        .contains("has a column more in the target only")
        .contains("has column b as BOOL in the source and date in the target");
    assertThat(run.summary().path("schema_differences").asInt()).isEqualTo(4);
  }

  @Test
  void aJournalLetsItGoOnWhereItWas() throws Exception {
    tamper("DELETE FROM plain WHERE id IN (100, 4900)");
    Path journal = files.resolve("journal");
    String[] options = {"--tables", "plain", "--range-rows", "1250", "--json"};
    List<String> withJournal = new ArrayList<>(Arrays.asList(options));
    withJournal.addAll(List.of("--journal", journal.toString()));
    VerifyRun whole = verify(withJournal.toArray(new String[0]));
    assertThat(whole.differences()).hasSize(2);
    List<String> lines = Files.readAllLines(journal);
    assertThat(lines).hasSize(8); // the head, the plan, five ranges, the end

    // killed in the middle of a line
    Files.writeString(
        journal, String.join("\n", lines.subList(0, 4)) + "\n" + lines.get(4).substring(0, 9));
    tamper("DELETE FROM plain");
    VerifyRun rest = verify(withJournal.toArray(new String[0]));

    assertThat(rest.summary().path("target_rows").asLong())
        .as("of the two ranges that were compared before")
        .isBetween(2_000L, 2_510L);
    assertThat(rest.code()).isEqualTo(1);
    assertThat(rest.text()).contains("2 ranges were compared before");
    VerifyRun again = verify(withJournal.toArray(new String[0]));
    assertThat(again.code()).as("results of before are not told for those of now").isEqualTo(3);
    assertThat(again.errors()).contains("is the journal of a comparison that has ended");
    VerifyRun other = verify("--tables", "words", "--journal", journal.toString());
    assertThat(other.code()).isEqualTo(3);
    assertThat(other.errors()).contains("is the journal of another comparison");
  }

  @Test
  void rowsThatAreOnTheirWaySettle() throws Exception {
    tamper("DELETE FROM words WHERE n BETWEEN 100 AND 120", "DELETE FROM words WHERE n = 500");
    Path journal = files.resolve("journal");
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(
            () -> {
              try {
                // the first look is over
                Deadline.in(Duration.ofSeconds(60))
                    .await("the journal's first range", () -> has(journal, "source_rows"));
                tamper(
                    "INSERT INTO words SELECT 'w' || md5(k::text), k"
                        + " FROM generate_series(100, 120) AS g(k)");
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });

    VerifyRun run =
        verify("--tables", "words", "--json", "--settle", "5", "--journal", journal.toString());
    late.join();

    assertThat(Files.readString(journal)).contains("\"missing\":22");
    assertThat(run.differences()).hasSize(1);
    assertThat(run.summary().path("missing").asLong()).isEqualTo(1);
  }

  /** Each value beside one that is not it, and that a careless form takes for it. */
  @Test
  void edgesOfTypesAreToldApart() throws Exception {
    List<String> numbers =
        List.of(
            "'-0.1'",
            "'-1e-17'",
            "'0'",
            "'-0'",
            "'NaN'",
            "'Infinity'",
            "'1e300'",
            "'0.3'",
            "'-7.5'");
    List<String> others =
        List.of(
            "'-0.10000000000000002'",
            "'-3e-30'",
            "'-0'",
            "'0'",
            "'1'",
            "'-Infinity'",
            "'1.0000000000000002e300'",
            "'0.30000000000000004'",
            "'7.5'");
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      rows.add("INSERT INTO edges VALUES (" + i + ", " + numbers.get(i) + ", 1.50)");
    }
    List<String> source = new ArrayList<>(rows);
    source.add(0, "CREATE TABLE edges (id INT8 PRIMARY KEY, f FLOAT8, n DECIMAL(10,2))");
    List<String> target = new ArrayList<>(rows);
    target.add(0, "CREATE DOMAIN price AS numeric(12,4) CHECK (value > 0)");
    target.add(1, "CREATE TABLE edges (id integer PRIMARY KEY, f double precision, n price)");
    try (Connection there = standIn.connect();
        Connection here = server.connect(database)) {
      VerifyRun.execute(there, source);
      VerifyRun.execute(here, target);
      VerifyRun equal = verify("--tables", "edges", "--json");
      assertThat(equal.differences()).isEmpty();
      assertThat(equal.code()).as(equal.text() + equal.errors()).isZero();

      List<String> changes = new ArrayList<>();
      for (int i = 0; i < others.size(); i++) {
        changes.add("UPDATE edges SET f = " + others.get(i) + " WHERE id = " + i);
      }
      VerifyRun.execute(here, changes);
      // an id for which the target's column has no room
      VerifyRun.execute(there, List.of("INSERT INTO edges VALUES (3000000000, 1, 1)"));
    }

    VerifyRun run = verify("--tables", "edges", "--json", "--range-rows", "4");

    assertThat(run.errors()).isEmpty();
    assertThat(run.differences())
        .hasSize(others.size() + 1)
        .contains("edges {\"id\":\"3000000000\"} missing []");
    assertThat(run.code()).isEqualTo(1);
  }

  /** What the guide shows is what it prints, but for seconds and times. */
  @Test
  void bothAreReadAsOfTheTimeThatTheCheckpointTells() throws Exception {
    List<String> tables =
        List.of(
            "CREATE TABLE accounts (id INT8 PRIMARY KEY, balance DECIMAL(10,2))",
            "CREATE TABLE orders (id INT8 PRIMARY KEY, total DECIMAL(10,2), placed TIMESTAMPTZ)",
            "INSERT INTO accounts SELECT k, k / 4.0 FROM generate_series(1, 1000) AS g(k)",
            "INSERT INTO orders SELECT k, k / 4.0, '2026-01-01 00:00:00+00'"
                + " FROM generate_series(1, 4310) AS g(k)");
    try (Connection source = standIn.connect();
        Connection target = server.connect(database)) {
      VerifyRun.execute(source, tables);
      VerifyRun.execute(target, tables.stream().map(t -> t.replace("INT8", "bigint")).toList());
      new CheckpointStore(new PostgresTarget().checkpointSql(), "back").createTables(target);
      String time = standIn.now().toString();
      VerifyRun.execute(
          source, List.of("UPDATE orders SET total = 0", "DELETE FROM accounts WHERE id > 10"));

      String[] exact = {
        "--tables", "accounts|orders", "--connector", "back", "--method", "exact", "--json"
      };
      assertThat(verify(exact).errors()).contains("The target has no checkpoint of connector back");
      VerifyRun.execute(
          target,
          List.of(
              "INSERT INTO belay.belay_frontier (connector, epoch, frontier, snapshot_from)"
                  + " VALUES ('back', 1, '"
                  + time
                  + "', '8999999999999999999.0000000000')"));
      assertThat(verify(exact).errors()).contains("were applied ahead of the frontier");
      VerifyRun.execute(target, List.of("UPDATE belay.belay_frontier SET snapshot_from = NULL"));
      VerifyRun equal = verify(exact);
      assertThat(equal.code()).as(equal.text() + equal.errors()).isZero();
      assertThat(equal.summary().path("exact").asBoolean()).isTrue();
      assertThat(equal.text()).contains("\"from_time\":\"" + time + "\"");
      assertThat(verify("--tables", "accounts|orders", "--method", "recheck").code()).isEqualTo(1);

      VerifyRun.execute(
          target,
          List.of(
              "DELETE FROM orders WHERE id = 1042",
              "UPDATE orders SET total = 0, placed = now() WHERE id = 2051",
              "INSERT INTO accounts VALUES (7077, 0)"));
      VerifyRun different = verify("--tables", "accounts|orders", "--connector", "back");
      assertThat(different.code()).isEqualTo(1);
      String guide = Files.readString(Path.of("../docs/verify.md"));
      assertThat(guide)
          .contains(
              different
                  .text()
                  .replaceAll("in [0-9.]+ s", "in 0.9 s")
                  .replace(time, "1795376873082545336.0000000000"));
    }
  }

  /** Its search path begins with a schema of its own name, which is where checkpoints are. */
  @Test
  void theSinksOwnRoleFindsTheTables() throws Exception {
    tamper(
        "CREATE ROLE belay LOGIN",
        "CREATE SCHEMA belay AUTHORIZATION belay",
        "CREATE TABLE belay.notes (id int)",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO belay");

    VerifyRun run = verify("--tables", "words|notes", "--target-user", "belay");

    assertThat(run.code()).as(run.text() + run.errors()).isZero();
    assertThat(run.text()).doesNotContain("notes");
  }

  private static boolean has(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void wrongUseSaysWhatToTypeInstead() throws Exception {
    assertThat(verify("--method", "sure").errors()).contains("--method is auto, exact or recheck");
    assertThat(verify("--method", "exact").errors())
        .contains("needs the sink connector's JSON as --target, or --connector");
    VerifyRun nothing = verify("--tables", "nosuch");
    assertThat(nothing.code()).isEqualTo(3);
    assertThat(nothing.text()).contains("NOTHING COMPARED");
    VerifyRun unknown = verify("--connector", "nobody", "--method", "exact");
    assertThat(unknown.code()).isEqualTo(3);
  }
}

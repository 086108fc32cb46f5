package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.cockroach.NewDatabase;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.standin.Misbehaviour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole line: rows written on the CockroachDB side come to the database that was migrated from,
 * by way of a changefeed, Kafka and the shipped zip in a stock worker, which is killed on the way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FailbackCase {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final List<String> TABLES = List.of("employees", "payments", "orders");

  @TempDir static Path dir;
  private PostgresServer old;
  private NewDatabase cockroach;
  private ConnectWorker worker;

  /** Kafka as this machine reaches it. */
  abstract String bootstrap() throws Exception;

  /** Kafka as the new database reaches it. */
  abstract String bootstrapForFeed() throws Exception;

  abstract NewDatabase openNewDatabase() throws Exception;

  /** Ends what the subclass has started. */
  abstract void closeParts() throws Exception;

  @BeforeAll
  void start() throws Exception {
    old = PostgresServer.start(PostgresServer.Version.OLD);
    cockroach = openNewDatabase();
    worker =
        ConnectWorker.start(
            dir.resolve("connect"),
            bootstrap(),
            List.of(Path.of(System.getProperty("belay.sink.zip"))));
    worker.awaitHealthy(LIMIT);
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {worker, cockroach, old, this::closeParts}) {
      if (part != null) {
        part.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate", "best-effort"})
  void everyRowComesBackThoughTheWorkerIsKilledAndTheFeedRepeatsItself(String mode)
      throws Exception {
    String run = "run_" + mode.replace("-", "_");
    String target = old.createDatabase(run);
    try (Connection from = cockroach.connect();
        Connection to = DriverManager.getConnection(target, old.superuser(), "");
        Topics topics = new Topics(bootstrap())) {
      // a database that is given may have what an earlier run was killed over
      execute(from, "DROP SCHEMA IF EXISTS " + run + " CASCADE");
      execute(from, "CREATE SCHEMA " + run);
      for (String table : TABLES) {
        topics.create("defaultdb." + run + "." + table, 3);
      }
      tables(from, run, "INT8", "STRING", "BYTES", "TIMESTAMPTZ", "FLOAT8", "TEXT[]");
      execute(to, "CREATE SCHEMA " + run);
      tables(to, run, "bigint", "text", "bytea", "timestamptz", "double precision", "text[]");
      cockroach
          .standIn()
          .ifPresent(
              s ->
                  s.misbehave(
                      Misbehaviour.NONE.withSeed(7).replaying(0.3, 3).repeatingResolved(0.1)));
      long changefeed = createChangefeed(from, run);
      try {
        failBack(run, target, mode, from, to);
      } finally {
        execute(from, "CANCEL JOB " + changefeed);
        execute(from, "DROP SCHEMA " + run + " CASCADE");
      }
    }
  }

  private void failBack(String run, String target, String mode, Connection from, Connection to)
      throws Exception {
    worker.rest().create(run, settings(run, target, mode));
    worker.rest().awaitRunning(run, LIMIT);

    Random random = new Random(11);
    work(from, run, random, 150);
    worker.kill9();
    work(from, run, random, 50);
    worker.restart();
    worker.awaitHealthy(LIMIT);
    work(from, run, random, 100);

    try {
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(
              () -> {
                for (String table : TABLES) {
                  assertThat(rows(from, run, table)).as(table).hasSizeGreaterThan(5);
                  assertThat(rows(to, run, table)).as(table).isEqualTo(rows(from, run, table));
                }
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(state(run, to), e);
    }
    assertThat(worker.rest().status(run).orElseThrow().isRunning()).isTrue();
    worker.rest().delete(run);
  }

  /** Returns its job. */
  private long createChangefeed(Connection from, String run) throws Exception {
    try (Statement sql = from.createStatement();
        ResultSet job =
            sql.executeQuery(
                "CREATE CHANGEFEED FOR TABLE "
                    + String.join(", ", TABLES.stream().map(t -> run + "." + t).toList())
                    + " INTO 'kafka://"
                    + bootstrapForFeed()
                    + "' WITH updated, full_table_name, resolved = '200ms',"
                    + " min_checkpoint_frequency = '200ms'")) {
      job.next();
      return job.getLong(1);
    }
  }

  /** What tells why rows did not come: the status, the checkpoint, the end of the log. */
  private String state(String run, Connection to) throws Exception {
    StringBuilder state = new StringBuilder("The rows did not come back.\n");
    state.append(worker.rest().status(run)).append('\n');
    for (String table : List.of("belay_checkpoint", "belay_frontier", "belay_rejection")) {
      try (Statement sql = to.createStatement();
          ResultSet rows = sql.executeQuery("SELECT CAST(t AS text) FROM belay." + table + " t")) {
        while (rows.next()) {
          state.append(table).append(' ').append(rows.getString(1)).append('\n');
        }
      }
    }
    List<String> log = Files.readAllLines(worker.logFile());
    log.subList(Math.max(0, log.size() - 400), log.size())
        .forEach(line -> state.append(line).append('\n'));
    return state.toString();
  }

  private static void tables(
      Connection db,
      String schema,
      String integer,
      String text,
      String bytes,
      String time,
      String floating,
      String array)
      throws SQLException {
    String s = schema + ".";
    execute(
        db,
        "CREATE TABLE "
            + s
            + "employees (id "
            + integer
            + " PRIMARY KEY, name "
            + text
            + " NOT NULL, boss "
            + integer
            + " REFERENCES "
            + s
            + "employees(id), photo "
            + bytes
            + ", tags "
            + array
            + ")");
    execute(
        db,
        "CREATE TABLE "
            + s
            + "payments (id "
            + integer
            + " PRIMARY KEY, employee "
            + integer
            + " NOT NULL REFERENCES "
            + s
            + "employees(id), amount DECIMAL(20,4) NOT NULL, at "
            + time
            + ")");
    execute(
        db,
        "CREATE TABLE "
            + s
            + "orders (region "
            + text
            + ", number "
            + integer
            + ", payment "
            + integer
            + " REFERENCES "
            + s
            + "payments(id), weight "
            + floating
            + ", PRIMARY KEY (region, number))");
  }

  /**
   * Transactions over all tables: inserts, updates, deletes, re-parenting and then the parent gone.
   */
  private static void work(Connection db, String schema, Random random, int transactions)
      throws SQLException {
    String s = schema + ".";
    db.setAutoCommit(false);
    try (Statement sql = db.createStatement()) {
      for (int i = 0; i < transactions; i++) {
        long id = 1 + random.nextInt(40);
        long other = 1 + random.nextInt(40);
        switch (random.nextInt(4)) {
          case 0 -> {
            sql.execute(upsert(s + "employees", "id, name", id + ", 'näme \"" + i + "\"'", "name"));
            sql.execute(
                upsert(
                    s + "payments",
                    "id, employee, amount, at",
                    id
                        + ", "
                        + id
                        + ", "
                        + i
                        + ".0100, '2026-11-20T10:00:"
                        + (10 + i % 50)
                        + ".5Z'",
                    "amount"));
          }
          case 1 -> {
            sql.execute(upsert(s + "employees", "id, name", other + ", 'boss'", "name"));
            sql.execute(
                upsert(
                    s + "employees",
                    "id, name, boss, tags",
                    id + ", 'x', " + other + ", ARRAY['a,\"b', NULL]",
                    "boss"));
          }
          case 2 -> {
            sql.execute(upsert(s + "employees", "id, name", id + ", 'payer'", "name"));
            sql.execute(
                upsert(s + "payments", "id, employee, amount", id + ", " + id + ", 5", "amount"));
            sql.execute(
                upsert(
                    s + "orders",
                    "region, number, payment, weight",
                    "'r" + id % 3 + "', " + other + ", " + id + ", " + i + ".5",
                    "payment"));
          }
          default -> {
            sql.execute(upsert(s + "employees", "id, name", other + ", 'heir'", "name"));
            if (id != other) {
              sql.execute(
                  "UPDATE " + s + "payments SET employee = " + other + " WHERE employee = " + id);
              sql.execute("UPDATE " + s + "employees SET boss = NULL WHERE boss = " + id);
              sql.execute("DELETE FROM " + s + "employees WHERE id = " + id);
            }
            sql.execute("DELETE FROM " + s + "orders WHERE number = " + id);
          }
        }
        db.commit();
      }
    } finally {
      db.setAutoCommit(true);
    }
  }

  private static String upsert(String table, String columns, String values, String changed) {
    String key = columns.startsWith("region") ? "region, number" : "id";
    return "INSERT INTO "
        + table
        + " ("
        + columns
        + ") VALUES ("
        + values
        + ") ON CONFLICT ("
        + key
        + ") DO UPDATE SET "
        + changed
        + " = excluded."
        + changed;
  }

  private Map<String, String> settings(String run, String url, String mode) throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put(
        "topics",
        String.join(",", TABLES.stream().map(t -> "defaultdb." + run + "." + t).toList()));
    settings.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", old.superuser());
    settings.put("kafka.admin.bootstrap.servers", bootstrap());
    settings.put("consumer.override.isolation.level", "read_committed");
    settings.put("delivery.mode", mode);
    return settings;
  }

  private static List<String> rows(Connection db, String schema, String table) throws SQLException {
    List<String> rows = new ArrayList<>();
    String key = table.equals("orders") ? "region, number" : "id";
    try (Statement sql = db.createStatement();
        ResultSet result =
            sql.executeQuery("SELECT * FROM " + schema + "." + table + " ORDER BY " + key)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int c = 1; c <= columns; c++) {
          row.append(result.getString(c)).append('|');
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private static void execute(Connection db, String sql) throws SQLException {
    try (Statement statement = db.createStatement()) {
      statement.execute(sql);
    }
  }
}

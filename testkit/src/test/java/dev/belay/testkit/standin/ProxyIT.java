package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.TopicReader.Message;
import dev.belay.testkit.standin.row.Hlc;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** The statements a client of CockroachDB sends, in both of pgjdbc's query modes. */
class ProxyIT {

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
    kafka.close();
  }

  private static Connection connect(String mode) throws SQLException {
    return DriverManager.getConnection(
        standIn.url() + "?preferQueryMode=" + mode, StandIn.USER, "");
  }

  private static String into(String table, String with) {
    return "CREATE CHANGEFEED FOR TABLE "
        + table
        + " INTO 'kafka://"
        + kafka.bootstrapServers()
        + "?topic_prefix=crdb_' WITH "
        + with;
  }

  private static String one(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void jobIsMadeWatchedPausedResumedAndCanceled(String mode) throws Exception {
    try (Connection connection = connect(mode);
        Statement statement = connection.createStatement()) {
      String table = "orders_" + mode;
      statement.execute("CREATE TABLE " + table + " (id INT PRIMARY KEY, note STRING)");
      ResultSet created = statement.executeQuery(into(table, "updated, resolved = '50ms'"));
      created.next();
      assertThat(created.getMetaData().getColumnLabel(1)).isEqualTo("job_id");
      long job = created.getLong("job_id");
      // As CockroachDB's: a reader that takes it for a double loses digits.
      assertThat(job).isGreaterThan(1L << 53);

      awaitStatus(statement, job, "running");
      await()
          .until(
              () ->
                  one(
                          statement,
                          "SELECT high_water_timestamp FROM [SHOW CHANGEFEED JOB " + job + "]")
                      != null);
      ResultSet shown = statement.executeQuery("SHOW CHANGEFEED JOB " + job);
      assertThat(shown.next()).isTrue();
      assertThat(shown.getString("description")).startsWith("CREATE CHANGEFEED FOR TABLE " + table);
      assertThat(shown.getString("full_table_names")).isEqualTo("{}");
      assertThat(shown.getString("database_name")).isEqualTo("defaultdb");
      assertThat(shown.getString("topics")).isEqualTo("crdb_" + table);
      assertThat(Hlc.parse(shown.getBigDecimal("high_water_timestamp").toPlainString()))
          .isPresent();
      assertThat(shown.getString("running_status")).startsWith("running: resolved=");

      statement.execute("PAUSE JOB " + job);
      awaitStatus(statement, job, "paused");
      statement.execute("RESUME JOB " + job);
      awaitStatus(statement, job, "running");
      statement.execute("CANCEL JOB " + job);
      awaitStatus(statement, job, "canceled");
      assertThatThrownBy(() -> statement.execute("RESUME JOB " + job))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("canceled");
    }
  }

  private static void awaitStatus(Statement statement, long job, String status) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        one(
                            statement,
                            "WITH x AS (SHOW CHANGEFEED JOBS) SELECT status FROM x WHERE job_id = "
                                + job))
                    .isEqualTo(status));
  }

  @Test
  void preparedStatementsAskAgainEachTimeAndTakeParameters() throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE prepared (id INT PRIMARY KEY)");
      long job;
      try (PreparedStatement create =
          connection.prepareStatement(
              "CREATE CHANGEFEED FOR prepared INTO ? WITH initial_scan = 'no'")) {
        create.setString(1, "kafka://" + kafka.bootstrapServers());
        ResultSet row = create.executeQuery();
        row.next();
        job = row.getLong(1);
      }
      try (PreparedStatement show =
              connection.prepareStatement(
                  "WITH x AS (SHOW CHANGEFEED JOBS) SELECT status FROM x WHERE job_id = ?");
          PreparedStatement clock =
              connection.prepareStatement("SELECT cluster_logical_timestamp()")) {
        List<BigDecimal> times = new ArrayList<>();
        // More often than it takes pgjdbc to turn to a named statement.
        for (int i = 0; i < 10; i++) {
          show.setLong(1, job);
          ResultSet row = show.executeQuery();
          assertThat(row.next()).isTrue();
          assertThat(row.getString(1)).isEqualTo("running");
          ResultSet time = clock.executeQuery();
          time.next();
          times.add(time.getBigDecimal(1));
        }
        assertThat(times).isSorted().doesNotHaveDuplicates();
      }
      try (PreparedStatement pause = connection.prepareStatement("PAUSE JOB ?")) {
        pause.setLong(1, job);
        pause.executeUpdate();
      }
      awaitStatus(statement, job, "paused");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE CHANGEFEED FOR nowhere INTO 'kafka://x' | table \"nowhere\" does not exist",
        "CREATE CHANGEFEED FOR a_view INTO 'kafka://x' | CHANGEFEED cannot target views: a_view",
        "CREATE CHANGEFEED FOR a_seq INTO 'kafka://x' | CHANGEFEED cannot target sequences: a_seq",
        "CREATE CHANGEFEED FOR t INTO 'kafka://x?nope=1' | unknown kafka sink query parameters: nope",
        "CREATE CHANGEFEED FOR t INTO 'kafka://x?tls_enabled=maybe' | param tls_enabled must be a bool",
        "CREATE CHANGEFEED FOR t INTO 'kafka://x' WITH envelope = 'x' | unknown envelope: x",
        "CREATE CHANGEFEED FOR t INTO 'kafka://x' WITH format = 'x' | unknown format: x",
        "CREATE CHANGEFEED FOR t INTO 'kafka://x' WITH nope | invalid option \"nope\"",
        "CREATE CHANGEFEED FOR t INTO 'kafka://x' WITH initial_scan = 'only', resolved | cannot specify both initial_scan='only' and resolved",
        "CREATE CHANGEFEED FOR t INTO 'kafka://x' WITH envelope = 'row', key_in_value | key_in_value is only usable with envelope=wrapped",
        "CREATE CHANGEFEED FOR t INTO 'kafka://x' WITH format = avro | not implemented by the stand-in",
        "PAUSE JOB 42 | job with ID 42 does not exist",
        "SHOW CLUSTER SETTING no.such.thing | unknown setting: \"no.such.thing\"",
        "CREATE CHANGEFEED FOR nowhere | table \"nowhere\" does not exist",
        "EXPERIMENTAL CHANGEFEED FOR t WITH nope | invalid option \"nope\"",
        "CREATE CHANGEFEED FOR t INTO '' | syntax error"
      })
  void whatIsWrongIsRefusedInCockroachDbsWords(String sql, String words) throws Exception {
    for (String mode : List.of("simple", "extended")) {
      try (Connection connection = connect(mode);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY)");
        statement.execute("CREATE OR REPLACE VIEW a_view AS SELECT 1 AS one");
        statement.execute("CREATE SEQUENCE IF NOT EXISTS a_seq");
        assertThatThrownBy(() -> statement.execute(sql))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining(words);
        // The session goes on.
        assertThat(one(statement, "SELECT 'still here'")).isEqualTo("still here");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void clusterSettingsAreShownAndSet(String mode) throws Exception {
    try (Connection connection = connect(mode);
        Statement statement = connection.createStatement()) {
      assertThat(one(statement, "SHOW CLUSTER SETTING kv.rangefeed.enabled")).isEqualTo("t");
      statement.execute("SET CLUSTER SETTING kv.rangefeed.enabled = false");
      statement.execute("CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY)");
      assertThatThrownBy(() -> statement.execute(into("t", "updated")))
          .hasMessageContaining("rangefeeds require the kv.rangefeed.enabled setting");
      statement.execute("SET CLUSTER SETTING kv.rangefeed.enabled = true");
      assertThat(one(statement, "SELECT version()")).startsWith("CockroachDB CCL v");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void rowsOfHiddenSessionsAreLeftOut(String mode) throws Exception {
    String table = "hidden_" + mode;
    try (Connection seen = connect(mode);
        Connection hidden = connect(mode);
        Connection alsoHidden =
            DriverManager.getConnection(
                standIn.url() + "?options=-c%20disable_changefeed_replication=true",
                StandIn.USER,
                "");
        Statement byeSeen = seen.createStatement();
        Statement byHidden = hidden.createStatement();
        Statement byAlsoHidden = alsoHidden.createStatement()) {
      byeSeen.execute("CREATE TABLE " + table + " (id INT PRIMARY KEY)");
      byeSeen.execute(into(table, "updated, resolved = '50ms'"));
      hidden.setAutoCommit(false);
      byHidden.execute("SET disable_changefeed_replication = true");
      assertThat(one(byHidden, "SHOW disable_changefeed_replication")).isEqualTo("on");
      assertThat(one(byAlsoHidden, "SHOW disable_changefeed_replication")).isEqualTo("on");
      assertThat(one(byeSeen, "SHOW disable_changefeed_replication")).isEqualTo("off");
      byHidden.execute("INSERT INTO " + table + " VALUES (1)");
      hidden.commit();
      byAlsoHidden.execute("INSERT INTO " + table + " VALUES (2)");
      byeSeen.execute("INSERT INTO " + table + " VALUES (3)");
      byHidden.execute("SET disable_changefeed_replication = false");
      byHidden.execute("INSERT INTO " + table + " VALUES (4)");
      hidden.commit();
    }
    try (TopicReader reader = new TopicReader(kafka.bootstrapServers(), "crdb_" + table)) {
      List<Message> rows = TopicReader.rows(reader.untilResolved(standIn.now()));
      assertThat(rows).extracting(row -> row.key().orElseThrow()).containsExactly("[3]", "[4]");
    }
  }

  @Test
  void sessionsAreGreetedAsCockroachDbDoes() throws Exception {
    try (Connection connection = standIn.connect()) {
      assertThat(connection.unwrap(PGConnection.class).getParameterStatus("crdb_version"))
          .startsWith("CockroachDB CCL v");
    }
  }

  @Test
  void columnsAreListedWithTheTypesOfCockroachDb() throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TYPE listed_mood AS ENUM ('ok')");
      statement.execute(
          "CREATE TABLE listed (a INT PRIMARY KEY, b STRING(5), c BYTES, d STRING[], e DECIMAL(5),"
              + " f DECIMAL(5,2), g TIMESTAMPTZ(3), h listed_mood, i INTERVAL YEAR TO MONTH,"
              + " j BIT(3), k CHAR)");
      assertThat(
              one(
                  statement,
                  "SELECT string_agg(crdb_sql_type, ', ' ORDER BY ordinal_position)"
                      + " FROM information_schema.columns WHERE table_name = 'listed'"))
          .isEqualTo(
              "INT8, VARCHAR(5), BYTES, STRING[], DECIMAL(5), DECIMAL(5,2), TIMESTAMPTZ(3),"
                  + " public.listed_mood, INTERVAL YEAR TO MONTH, BIT(3), CHAR");
    }
  }

  @Test
  void spellingsOfCockroachDbAreUnderstood() throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE spelled (a INT, b STRING(5), c BYTES, d STRING[], e DECIMAL(5,2) DEFAULT 1,"
              + " at TIMESTAMP DEFAULT current_timestamp(), PRIMARY KEY (a ASC, b DESC))");
      statement.execute(
          "UPSERT INTO spelled VALUES (5000000000, 'x', 'y'::BYTES, ARRAY['z'::STRING])");
      statement.execute("UPSERT INTO spelled (a, b, e) VALUES (5000000000, 'x', 2), (2, 'y', 3)");
      assertThat(one(statement, "SELECT string_agg(a || b || e, ',' ORDER BY a) FROM spelled"))
          .isEqualTo("2y3.00,5000000000x2.00");
      assertThat(one(statement, "SELECT 'INT; STRING' || ' $1 ' || $$ UPSERT $$"))
          .isEqualTo("INT; STRING $1  UPSERT ");
    }
  }

  @Test
  void ordinarySqlPassesUntouchedWhateverItsProtocol() throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("CREATE TABLE plain (id INT PRIMARY KEY, v STRING)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO plain VALUES (?, ?)")) {
        for (int i = 0; i < 5000; i++) {
          insert.setInt(1, i);
          insert.setString(2, "v".repeat(100));
          insert.addBatch();
        }
        insert.executeBatch();
      }
      statement.setFetchSize(100);
      try (ResultSet rows = statement.executeQuery("SELECT * FROM plain ORDER BY id")) {
        for (int i = 0; i < 5000; i++) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(i);
        }
      }
      connection.rollback();
    }
    assertThatThrownBy(() -> DriverManager.getConnection(standIn.url("nowhere"), StandIn.USER, ""))
        .hasMessageContaining("database \"nowhere\" does not exist");
  }

  @Test
  void runningStatementIsCanceledThroughTheProxy() throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(60)"))
          .hasMessageContaining("canceling statement");
    }
  }
}

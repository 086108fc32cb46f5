package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.SessionLimits;
import dev.belay.testkit.postgres.PostgresServer;
import dev.belay.testkit.postgres.PostgresServer.Version;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a marking session writes is told apart in the log (invariant I7 NoEcho). */
class OriginMarkIT {
  private static final String SESSION = "belay shop-failback 0";
  private static final String ORIGIN = "belay_shop-failback_0";
  private static final SessionLimits LIMITS =
      new SessionLimits(Duration.ofSeconds(20), Duration.ofSeconds(5), SESSION);

  private PostgresServer server;
  private Connection owner;

  private void open(Version version) throws Exception {
    server = PostgresServer.start(version, Map.of("wal_level", "logical"));
    server.createDatabase("shop");
    owner = server.connect("shop");
    PsqlScript.run(owner, PsqlScript.file("belay-schema.sql"), Map.of());
    sql("CREATE TABLE public.t (id int PRIMARY KEY)");
    PsqlScript.run(owner, PsqlScript.file("role.sql"), Map.of("role", "belay", "schema", "public"));
  }

  @AfterEach
  void close() throws SQLException {
    owner.close();
    server.close();
  }

  private void grant() throws Exception {
    PsqlScript.run(owner, PsqlScript.file("origin.sql"), Map.of("role", "belay"));
  }

  private void sql(String... statements) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private Connection session(boolean marks) throws SQLException {
    Connection connection = DriverManager.getConnection(server.jdbcUrl("shop"), "belay", "");
    try {
      PostgresTarget target = new PostgresTarget(marks);
      target.prepare(connection, LIMITS);
      target.mark(connection, LIMITS.applicationName());
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static void insert(Connection connection, int id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO public.t VALUES (" + id + ")");
      connection.commit();
    }
  }

  /** The names of origins in the log since the slot was made, one for each transaction with one. */
  private List<String> origins() throws SQLException {
    List<String> origins = new ArrayList<>();
    try (Statement statement = owner.createStatement();
        ResultSet messages =
            statement.executeQuery(
                "SELECT data FROM pg_logical_slot_get_binary_changes('s', NULL, NULL,"
                    + " 'proto_version', '1', 'publication_names', 'p')")) {
      while (messages.next()) {
        byte[] data = messages.getBytes(1);
        if (data[0] == 'O') {
          // eight bytes of a position, and a text that ends with a zero
          origins.add(new String(data, 9, data.length - 10, StandardCharsets.UTF_8));
        }
      }
    }
    return origins;
  }

  @Test
  void transactionsOfAMarkingSessionHaveAnOriginInTheLog() throws Exception {
    open(Version.NEW);
    grant();
    sql(
        "CREATE PUBLICATION p FOR TABLE public.t",
        "SELECT pg_create_logical_replication_slot('s', 'pgoutput')");
    try (Connection plain = session(false);
        Connection marking = session(true)) {
      insert(plain, 1);
      insert(marking, 2);
      insert(marking, 3);
      marking.rollback();
      insert(marking, 4);
    }
    assertThat(origins()).containsExactly(ORIGIN, ORIGIN, ORIGIN);
  }

  /** Others read the log too, and take this for the time of the change. */
  @Test
  void transactionsHaveTheTimeOfTheirOwnCommitInTheLog() throws Exception {
    open(Version.NEW);
    grant();
    sql(
        "CREATE PUBLICATION p FOR TABLE public.t",
        "SELECT pg_create_logical_replication_slot('s', 'pgoutput')");
    Instant before = Instant.now();
    List<Instant> between = new ArrayList<>();
    try (Connection marking = session(true)) {
      for (int id = 1; id <= 3; id++) {
        try (Statement statement = marking.createStatement()) {
          statement.execute("INSERT INTO public.t VALUES (" + id + ")");
        }
        new PostgresTarget(true).beforeCommit(marking, List.of());
        marking.commit();
        between.add(Instant.now());
      }
    }
    List<Instant> commits = commits();
    assertThat(commits).hasSize(3).isSorted().doesNotHaveDuplicates();
    for (int i = 0; i < 3; i++) {
      Instant earliest = i == 0 ? before : between.get(i - 1);
      // both clocks are one machine's, and PostgreSQL's counts microseconds
      assertThat(commits.get(i)).isBetween(earliest.minusMillis(1), between.get(i).plusMillis(1));
    }
  }

  /** The times that the log's transactions begin with. */
  private List<Instant> commits() throws SQLException {
    List<Instant> commits = new ArrayList<>();
    try (Statement statement = owner.createStatement();
        ResultSet messages =
            statement.executeQuery(
                "SELECT data FROM pg_logical_slot_get_binary_changes('s', NULL, NULL,"
                    + " 'proto_version', '1', 'publication_names', 'p')")) {
      while (messages.next()) {
        byte[] data = messages.getBytes(1);
        if (data[0] == 'B') {
          long micros = ByteBuffer.wrap(data).getLong(9);
          commits.add(Instant.parse("2000-01-01T00:00:00Z").plus(micros, ChronoUnit.MICROS));
        }
      }
    }
    return commits;
  }

  @Test
  void sessionThatWentSilentDoesNotKeepTheNextFromMarking() throws Exception {
    open(Version.NEW);
    grant();
    try (Connection silent = session(true);
        Connection next = session(true);
        Connection third = session(true)) {
      insert(silent, 1);
      insert(next, 2);
      insert(third, 3);
      assertThat(names()).containsExactly(ORIGIN, ORIGIN + ".1", ORIGIN + ".2");

      OwnFault inUse = catchThrowableOfType(OwnFault.class, () -> session(true));
      TargetFault fault = new PostgresTarget(true).judge(inUse);
      assertThat(fault.verdict()).isEqualTo(Verdict.TRANSIENT);
      assertThat(fault.describe()).contains(ORIGIN, "pg_stat_activity");
    }
    session(true).close();
    assertThat(names()).hasSize(3);
  }

  private List<String> names() throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = owner.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT roname FROM pg_replication_origin ORDER BY 1")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  @Test
  void missingRightsAreToldWithTheScriptThatGrantsThem() throws Exception {
    open(Version.NEW);
    PostgresTarget target = new PostgresTarget(true);
    OwnFault forbidden = catchThrowableOfType(OwnFault.class, () -> session(true));
    assertThat(target.judge(forbidden).verdict()).isEqualTo(Verdict.FATAL);
    assertThat(forbidden.getMessage()).contains("config/sql/postgresql/origin.sql");
    try (Connection plain = session(false)) {
      assertThat(target.whyUnmarked(plain).orElseThrow()).contains("origin.sql");
      grant();
      assertThat(target.whyUnmarked(plain)).isEmpty();
      // validation leaves nothing behind
      assertThat(names()).isEmpty();
    }
  }

  /** Before PostgreSQL 14 the functions themselves ask for a superuser. */
  @Test
  void onAnOldServerNoGrantIsEnough() throws Exception {
    open(Version.OLD);
    grant();
    assertThat(catchThrowableOfType(OwnFault.class, () -> session(true)).getMessage())
        .contains("only a superuser");
    try (Connection plain = session(false)) {
      assertThat(new PostgresTarget(true).whyUnmarked(plain)).isPresent();
      assertThat(new PostgresTarget(true).whyUnmarked(owner)).isEmpty();
    }
  }
}

package dev.belay.testkit.standin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.standin.feed.SinklessFeed;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Refusal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** How a feed without a sink ends, in the midst of its rows too. */
class SinklessFailuresIT {

  private static final int ROWS_KEPT = 2_000;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.builder().rowsKept(ROWS_KEPT).start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
  }

  private static void table(String name, int rows) throws SQLException {
    standIn.execute("CREATE TABLE " + name + " (id INT PRIMARY KEY, v STRING)");
    standIn.execute(
        "INSERT INTO "
            + name
            + " SELECT g, repeat('x', 100) FROM generate_series(1, "
            + rows
            + ") g");
  }

  private record Failure(String state, String message) {}

  /** A feed that a client reads, a row at a time. */
  private record Reader(Connection connection, Statement statement, ResultSet rows)
      implements AutoCloseable {

    static Reader open(String sql) throws SQLException {
      return open(sql, "", 1);
    }

    static Reader open(String sql, String parameters, int fetchSize) throws SQLException {
      Connection connection =
          DriverManager.getConnection(standIn.url() + "?" + parameters, StandIn.USER, "");
      connection.setAutoCommit(false);
      Statement statement = connection.createStatement();
      statement.setFetchSize(fetchSize);
      return new Reader(connection, statement, statement.executeQuery(sql));
    }

    /** Reads until it fails. */
    Failure failure() {
      int read = 0;
      try {
        while (rows.next()) {
          read++;
        }
      } catch (SQLException e) {
        ServerErrorMessage told = ((PSQLException) e).getServerErrorMessage();
        return new Failure(e.getSQLState(), told == null ? "" : told.getMessage());
      }
      throw new AssertionError("the feed ended well after " + read + " rows");
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  private static SinklessFeed feed(String table) {
    return standIn.sinklessFeeds().stream()
        .filter(feed -> feed.tables().equals(List.of("defaultdb.public." + table)))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitNoFeedOf(String table) {
    await()
        .until(
            () ->
                standIn.sinklessFeeds().stream()
                    .noneMatch(feed -> feed.tables().contains("defaultdb.public." + table)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"TRUNCATE %s | \"%s\" was truncated", "DROP TABLE %s | \"%s\" was dropped"})
  void tableThatIsLostEndsTheRowsWithAnError(String sql, String words) throws Exception {
    String table = sql.startsWith("DROP") ? "dropped" : "emptied";
    table(table, 3);
    try (Reader reader = Reader.open("CREATE CHANGEFEED FOR " + table + " WITH updated")) {
      for (int i = 0; i < 3; i++) {
        assertThat(reader.rows().next()).isTrue();
      }
      standIn.execute(sql.formatted(table));
      assertThat(reader.failure()).isEqualTo(new Failure("XXUUU", words.formatted(table)));
      // The transaction has failed as any other would; then the session goes on.
      assertThatThrownBy(() -> reader.statement().executeQuery("SELECT 1"))
          .hasMessageContaining("current transaction is aborted");
      reader.connection().rollback();
      assertThat(reader.statement().executeQuery("SELECT 1").next()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void errorOnDemandComesInTheMidstOfTheRowsInBothProtocols(String mode) throws Exception {
    String table = "demanded_" + mode;
    table(table, 3);
    try (Connection connection =
            DriverManager.getConnection(
                standIn.url() + "?preferQueryMode=" + mode, StandIn.USER, "");
        Statement statement = connection.createStatement()) {
      CompletableFuture<Void> failing =
          CompletableFuture.runAsync(
              () -> {
                await().until(() -> !standIn.sinklessFeeds().isEmpty());
                feed(table).fail(new Refusal("40001", "restart transaction: on demand"));
              });
      // Outside a transaction pgjdbc reads the result to its end before it gives a row.
      assertThatThrownBy(() -> statement.executeQuery("CREATE CHANGEFEED FOR " + table))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"))
          .hasMessageContaining("on demand");
      failing.get(10, TimeUnit.SECONDS);
      assertThat(statement.executeQuery("SELECT 1").next()).isTrue();
    }
  }

  @Test
  void cancelRequestEndsTheRowsAsCockroachDbDoes() throws Exception {
    table("canceled", 2);
    try (Reader reader = Reader.open("CREATE CHANGEFEED FOR canceled")) {
      assertThat(reader.rows().next()).isTrue();
      assertThat(reader.rows().next()).isTrue();
      CompletableFuture<Failure> failure = CompletableFuture.supplyAsync(reader::failure);
      // A cancel that comes while nothing runs does nothing: ask until it has been heard. Of the
      // connection: pgjdbc's statement believes that it is idle while more rows are fetched.
      await()
          .until(
              () -> {
                reader.connection().unwrap(PGConnection.class).cancelQuery();
                return failure.isDone();
              });
      assertThat(failure.get()).isEqualTo(new Failure("57014", "query execution canceled"));
      // A cancel that came late may still hit what comes next.
      await()
          .ignoreExceptions()
          .until(
              () -> {
                reader.connection().rollback();
                return true;
              });
      assertThat(reader.statement().executeQuery("SELECT 1").next()).isTrue();
    }
    awaitNoFeedOf("canceled");
  }

  @Test
  void clientThatLeavesEndsItsFeedAtOnce() throws Exception {
    table("gone_away", 2);
    Reader reader = Reader.open("CREATE CHANGEFEED FOR gone_away");
    reader.rows().next();
    CompletableFuture<Failure> failure = CompletableFuture.supplyAsync(reader::failure);
    reader.connection().abort(Runnable::run);
    awaitNoFeedOf("gone_away");
    assertThat(failure.get(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void connectionIsCutOnDemandWithoutAWord() throws Exception {
    table("cut_off", 2);
    try (Reader reader = Reader.open("CREATE CHANGEFEED FOR cut_off")) {
      reader.rows().next();
      feed("cut_off").cut();
      assertThat(reader.failure().state()).isEqualTo("08006");
    }
    awaitNoFeedOf("cut_off");
  }

  @Test
  void readerThatIsTooSlowFallsBehindWhatTheLogKeeps() throws Exception {
    table("behind", 1);
    try (Reader reader = Reader.open("CREATE CHANGEFEED FOR behind WITH updated")) {
      reader.rows().next();
      // Nobody reads: the feed neither goes on nor keeps the log from forgetting.
      for (int i = 0; i < 8; i++) {
        standIn.execute(
            "INSERT INTO behind SELECT g, '' FROM generate_series(%d, %d) g"
                .formatted(2 + i * 1_000, 1_001 + i * 1_000));
      }
      standIn.now();
      assertThat(reader.failure().message())
          .matches(
              "batch timestamp \\d+\\.\\d{9},\\d+ must be after replica GC threshold"
                  + " \\d+\\.\\d{9},\\d+");
    }
  }

  @Test
  void cursorBehindTheLogIsRefused() throws Exception {
    table("too_old", 1);
    Hlc cursor = standIn.now();
    for (int i = 0; i < 3; i++) {
      standIn.execute("UPDATE too_old SET v = v");
      table("filler_" + i, ROWS_KEPT);
    }
    assertThatThrownBy(
            () -> Reader.open("CREATE CHANGEFEED FOR too_old WITH cursor = '" + cursor + "'"))
        .hasMessageContaining("batch timestamp " + cursor.inSeconds())
        .hasMessageContaining("must be after replica GC threshold");
  }

  @Test
  void rangefeedsMustBeOn() throws Exception {
    table("no_rangefeeds", 1);
    standIn.execute("SET CLUSTER SETTING kv.rangefeed.enabled = false");
    try {
      assertThatThrownBy(() -> Reader.open("CREATE CHANGEFEED FOR no_rangefeeds"))
          .hasMessageContaining("rangefeeds require the kv.rangefeed.enabled setting");
    } finally {
      standIn.execute("SET CLUSTER SETTING kv.rangefeed.enabled = true");
    }
  }

  @Test
  void selectOnAllTablesIsNeededAndEnough() throws Exception {
    table("granted", 1);
    table("kept_back", 1);
    standIn.execute("CREATE ROLE reader LOGIN");
    standIn.execute("GRANT SELECT ON granted TO reader");
    try (Connection connection = DriverManager.getConnection(standIn.url(), "reader", "");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("CREATE CHANGEFEED FOR granted, kept_back"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"))
          .hasMessageContaining(
              "user reader requires the SELECT privilege on all target tables to be able to run a"
                  + " core changefeed");
      ResultSet rows =
          statement.executeQuery("CREATE CHANGEFEED FOR granted WITH initial_scan = 'only'");
      assertThat(rows.next()).isTrue();
    }
  }

  @Test
  void misbehaviourReachesFeedsWithoutASink() throws Exception {
    standIn.misbehave(
        Misbehaviour.NONE
            .withSeed(5)
            .replaying(0.5, 10)
            .repeatingResolved(0.5)
            .resolvingBackwards(0.5));
    table("naughty", 0);
    try (Reader reader =
        Reader.open("CREATE CHANGEFEED FOR naughty WITH updated, resolved = '10ms'")) {
      List<String> rows = new ArrayList<>();
      List<Hlc> resolved = new ArrayList<>();
      boolean replayed = false;
      boolean backwards = false;
      boolean repeated = false;
      for (int i = 0; !(replayed && backwards && repeated); i++) {
        if (i % 10 == 0) {
          standIn.execute("UPSERT INTO naughty VALUES (" + i % 30 + ", '" + i + "')");
        }
        assertThat(reader.rows().next()).isTrue();
        String value = new String(reader.rows().getBytes("value"), UTF_8);
        if (reader.rows().getString("table") == null) {
          Hlc time = Hlc.parse(value.substring(13, value.length() - 2)).orElseThrow();
          repeated |= resolved.contains(time);
          backwards |= !resolved.isEmpty() && resolved.get(resolved.size() - 1).isAfter(time);
          resolved.add(time);
        } else {
          replayed |= rows.contains(value);
          rows.add(value);
        }
      }
      feed("naughty").resolveEarly();
      feed("naughty").backfill("naughty");
    } finally {
      standIn.misbehave(Misbehaviour.NONE);
    }
  }

  @Test
  void resolvedRowsComeOncePerRoundHoweverManyTables() throws Exception {
    table("round_a", 1);
    table("round_b", 1);
    try (Reader reader =
        Reader.open("CREATE CHANGEFEED FOR round_a, round_b WITH resolved = '10ms'")) {
      List<Hlc> resolved = new ArrayList<>();
      while (resolved.size() < 20) {
        reader.rows().next();
        if (reader.rows().getString("table") == null) {
          String value = new String(reader.rows().getBytes("value"), UTF_8);
          assertThat(reader.rows().getBytes("key")).isNull();
          resolved.add(Hlc.parse(value.substring(13, value.length() - 2)).orElseThrow());
        }
      }
      assertThat(resolved).isSorted().doesNotHaveDuplicates();
    }
  }
}

package dev.belay.testkit.standin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testkit.standin.row.Hlc;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AS OF SYSTEM TIME reads what was there, whoever has written since. */
class PastReadingIT {

  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.builder().rowsKept(5_000).start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
  }

  private static String read(Statement statement, String query) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        List<String> line = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          line.add(rows.getString(i));
        }
        lines.add(String.join(":", line));
      }
    }
    return String.join(" ", lines);
  }

  private static Connection connect(String mode) throws SQLException {
    return DriverManager.getConnection(
        standIn.url() + "?preferQueryMode=" + mode, StandIn.USER, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void eachTimeShowsItsOwnRows(String mode) throws Exception {
    try (Connection connection = connect(mode);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS past");
      Hlc before = standIn.now();
      statement.execute("CREATE TABLE past (id INT PRIMARY KEY, v STRING, d DECIMAL(5,2))");
      statement.execute("INSERT INTO past VALUES (1, 'a', 1.10), (2, NULL, 2), (3, 'c', 3)");
      Hlc first = standIn.now();
      statement.execute("UPDATE past SET v = 'A' WHERE id = 1");
      statement.execute("UPDATE past SET v = 'AA' WHERE id = 1");
      statement.execute("DELETE FROM past WHERE id = 2");
      statement.execute("UPDATE past SET id = 4 WHERE id = 3");
      Hlc second = standIn.now();
      statement.execute("INSERT INTO past VALUES (2, 'again', 9)");
      String query = "SELECT * FROM past AS OF SYSTEM TIME '%s' ORDER BY id";
      assertThatThrownBy(() -> read(statement, query.formatted(before)))
          .hasMessageContaining("\"defaultdb.public.past\" does not exist");
      assertThat(read(statement, query.formatted(first)))
          .isEqualTo("1:a:1.10 2:null:2.00 3:c:3.00");
      assertThat(read(statement, query.formatted(second))).isEqualTo("1:AA:1.10 4:c:3.00");
      assertThat(read(statement, query.formatted(standIn.now())))
          .isEqualTo("1:AA:1.10 2:again:9.00 4:c:3.00");
      // A number is a time as well as its text is.
      assertThat(read(statement, query.replace("'", "").formatted(first))).startsWith("1:a");
    }
  }

  @Test
  void logicalPartOfTheTimeTellsTwoTransactionsOfOneNanosecondApart() throws Exception {
    standIn.execute("CREATE TABLE close_by (id INT PRIMARY KEY)");
    standIn.execute("INSERT INTO close_by VALUES (1)");
    Hlc one = standIn.now();
    // The logical part just before the next transaction reads the same as just after this one.
    Hlc justAfter = new Hlc(one.wallNanos(), one.logical() + 1);
    standIn.execute("INSERT INTO close_by VALUES (2)");
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      assertThat(read(statement, "SELECT id FROM close_by AS OF SYSTEM TIME '" + justAfter + "'"))
          .isEqualTo("1");
      String committed =
          read(
              statement,
              "SELECT crdb_internal_mvcc_timestamp FROM close_by AS OF SYSTEM TIME '"
                  + standIn.now()
                  + "' WHERE id = 2");
      Hlc second = Hlc.parse(committed).orElseThrow();
      assertThat(read(statement, "SELECT id FROM close_by AS OF SYSTEM TIME '" + second + "'"))
          .isEqualTo("1 2");
      Hlc justBefore =
          second.logical() > 0
              ? new Hlc(second.wallNanos(), second.logical() - 1)
              : new Hlc(second.wallNanos() - 1, Integer.MAX_VALUE);
      assertThat(read(statement, "SELECT id FROM close_by AS OF SYSTEM TIME '" + justBefore + "'"))
          .isEqualTo("1");
    }
  }

  @Test
  void pagesOfOneTimeAreOfOnePictureWhileOthersWrite() throws Exception {
    standIn.execute("CREATE SCHEMA \"Sc\"");
    standIn.execute(
        "CREATE TABLE \"Sc\".\"T 1\" (\"K 1\" INT8, \"k2\" STRING, v INT, PRIMARY KEY (\"K 1\", k2))");
    standIn.execute(
        "INSERT INTO \"Sc\".\"T 1\" SELECT g, 'x' || g, 0 FROM generate_series(1, 200) g");
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try (Connection connection = standIn.connect();
                  Statement statement = connection.createStatement()) {
                // Each transaction keeps the sum; a torn picture shows.
                for (int i = 0; !done.get(); i++) {
                  int a = 1 + i * 7 % 200;
                  int b = 1 + (i * 7 + 100) % 200;
                  statement.execute(
                      "UPDATE \"Sc\".\"T 1\" SET v = v + CASE \"K 1\" WHEN "
                          + a
                          + " THEN 1 ELSE -1 END WHERE \"K 1\" IN ("
                          + a
                          + ", "
                          + b
                          + ")");
                }
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    writer.start();
    try (Connection connection = standIn.connect()) {
      for (int round = 0; round < 5; round++) {
        Hlc time = standIn.now();
        String page =
            "SELECT json_build_array(\"K 1\", \"k2\")::STRING, json_build_object('after',"
                + " json_build_object('K 1', \"K 1\", 'k2', \"k2\", 'v', v))::STRING,"
                + " \"K 1\"::STRING, \"k2\"::STRING, v FROM \"defaultdb\".\"Sc\".\"T 1\""
                + " AS OF SYSTEM TIME '"
                + time
                + "'"
                + " WHERE (\"K 1\", \"k2\") > ($1::INT8, $2::STRING) ORDER BY \"T 1\".\"K 1\", \"T 1\".\"k2\" LIMIT 30";
        // Without its table a name in ORDER BY would be that of the output column, which is text.
        int rows = 0;
        int sum = 0;
        String[] last = {"0", ""};
        try (PreparedStatement statement =
            connection.prepareStatement(page.replaceAll("\\$[12]", "?"))) {
          for (boolean more = true; more; ) {
            statement.setString(1, last[0]);
            statement.setString(2, last[1]);
            more = false;
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                more = true;
                rows++;
                sum += row.getInt(5);
                last = new String[] {row.getString(3), row.getString(4)};
                assertThat(row.getString(1)).isEqualTo("[" + last[0] + ", \"" + last[1] + "\"]");
                assertThat(row.getString(2)).endsWith("\"v\": " + row.getInt(5) + "}}");
              }
            }
          }
        }
        assertThat(rows).isEqualTo(200);
        assertThat(sum).isZero();
      }
    } finally {
      done.set(true);
      writer.join();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT x.v FROM aliased x, other o AS OF SYSTEM TIME '%s' WHERE x.id = o.id | old",
        "SELECT aliased.v FROM public.aliased JOIN other AS o ON o.id = aliased.id AS OF SYSTEM TIME '%s' | old",
        "SELECT aliased.v FROM (aliased LEFT JOIN other o USING (id)) AS OF SYSTEM TIME '%s' | old",
        "WITH w AS (SELECT * FROM aliased) SELECT v FROM w AS OF SYSTEM TIME '%s' | old",
        "SELECT (SELECT max(v) FROM aliased) FROM other AS OF SYSTEM TIME '%s' | old",
        "SELECT v FROM (SELECT v FROM aliased) s AS OF SYSTEM TIME '%s' | old",
        "SELECT extract(day FROM '2020-02-03'::DATE), v FROM aliased AS OF SYSTEM TIME '%s' WHERE v IS DISTINCT FROM 'aliased' | 3:old",
        "SELECT v FROM aliased AS OF SYSTEM TIME '%s' WHERE id IN (SELECT id FROM other) GROUP BY v HAVING count(*) > 0 ORDER BY v | old"
      })
  void tablesAreFoundWhereverTheyAreNamed(String query, String answer) throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS aliased, other");
      statement.execute("CREATE TABLE aliased (id INT PRIMARY KEY, v STRING)");
      statement.execute("CREATE TABLE other (id INT PRIMARY KEY)");
      statement.execute("INSERT INTO aliased VALUES (1, 'old')");
      statement.execute("INSERT INTO other VALUES (1)");
      Hlc time = standIn.now();
      statement.execute("UPDATE aliased SET v = 'new'");
      statement.execute("DELETE FROM other");
      assertThat(read(statement, query.formatted(time))).isEqualTo(answer);
    }
  }

  @Test
  void transactionReadsOneTimeUntilItEnds() throws Exception {
    standIn.execute("CREATE TABLE in_transaction (id INT PRIMARY KEY)");
    standIn.execute("INSERT INTO in_transaction VALUES (1)");
    Hlc time = standIn.now();
    standIn.execute("INSERT INTO in_transaction VALUES (2)");
    String count = "SELECT count(*) FROM in_transaction";
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("BEGIN AS OF SYSTEM TIME '" + time + "'");
      assertThat(read(statement, count)).isEqualTo("1");
      assertThatThrownBy(() -> statement.execute("INSERT INTO in_transaction VALUES (3)"))
          .hasMessageContaining("read-only transaction");
      statement.execute("ROLLBACK");
      assertThat(read(statement, count)).isEqualTo("2");
      connection.setAutoCommit(false);
      statement.execute("SET TRANSACTION AS OF SYSTEM TIME '" + time + "'");
      assertThat(read(statement, count)).isEqualTo("1");
      assertThat(read(statement, count)).isEqualTo("1");
      connection.commit();
      assertThat(read(statement, count)).isEqualTo("2");
      connection.rollback();
    }
  }

  @Test
  void commitTimesAreThoseOfTheFeed() throws Exception {
    standIn.execute("CREATE TABLE committed (id INT PRIMARY KEY, v INT)");
    for (int i = 0; i < 20; i++) {
      standIn.execute("UPSERT INTO committed VALUES (" + i % 5 + ", " + i + ")");
    }
    Hlc time = standIn.now();
    Map<String, String> wanted = new TreeMap<>();
    try (Connection feed = standIn.connect();
        Statement statement = feed.createStatement()) {
      feed.setAutoCommit(false);
      statement.setFetchSize(1);
      try (ResultSet rows =
          statement.executeQuery("CREATE CHANGEFEED FOR committed WITH mvcc_timestamp")) {
        while (wanted.size() < 5 && rows.next()) {
          String value = new String(rows.getBytes("value"), UTF_8);
          wanted.put(
              value.replaceAll(".*\"id\": (\\d+).*", "$1"),
              value.replaceAll(".*\"mvcc_timestamp\": \"([\\d.]+)\".*", "$1"));
        }
      }
    }
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      String query = "SELECT id, crdb_internal_mvcc_timestamp FROM committed%s ORDER BY id";
      String now = read(statement, query.formatted(""));
      String then = read(statement, query.formatted(" AS OF SYSTEM TIME '" + time + "'"));
      assertThat(then.split(" "))
          .containsExactlyElementsOf(
              wanted.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue()).toList());
      assertThat(now).isEqualTo(then);
      // Undone versions keep theirs.
      statement.execute("UPDATE committed SET v = 0 WHERE id < 3");
      Hlc other = new Hlc(time.wallNanos(), time.logical() + 1);
      assertThat(read(statement, query.formatted(" AS OF SYSTEM TIME '" + other + "'")))
          .isEqualTo(then);
    }
  }

  @Test
  void intervalsAndFollowerReadsLieBeforeThisMoment() throws Exception {
    standIn.execute("CREATE TABLE recent (id INT PRIMARY KEY)");
    standIn.execute("INSERT INTO recent VALUES (1)");
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      for (String time :
          List.of(
              "'-1h'",
              "'-1m30s'",
              "'-01:00:00'",
              "'-1 hour'",
              "'-3600s'::INTERVAL",
              "follower_read_timestamp()",
              "'2020-01-01 00:00:00+01'",
              "'2020-01-01'::TIMESTAMPTZ")) {
        // nobody had made it then
        assertThatThrownBy(() -> read(statement, "SELECT * FROM recent AS OF SYSTEM TIME " + time))
            .as(time)
            .hasMessageContaining("does not exist");
      }
      assertThat(read(statement, "SELECT * FROM recent AS OF SYSTEM TIME '-1us'")).isEqualTo("1");
      assertThat(read(statement, "SELECT * FROM recent AS OF SYSTEM TIME with_max_staleness('1s')"))
          .isEqualTo("1");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'2200-01-01' | AS OF SYSTEM TIME: cannot specify timestamp in the future (7258118400.000000000,0 >",
        "0 | AS OF SYSTEM TIME: zero timestamp is invalid",
        "'soon' | AS OF SYSTEM TIME: value is neither timestamp, decimal, nor interval",
        "'10s' | AS OF SYSTEM TIME: interval value '10s' too large, AS OF interval must be <= -1µs",
        "now() | AS OF SYSTEM TIME: only constant expressions"
      })
  void timesThatAreNoneAreRefusedInCockroachDbsWords(String time, String words) throws Exception {
    standIn.execute("CREATE TABLE IF NOT EXISTS refused (id INT PRIMARY KEY)");
    for (String mode : List.of("simple", "extended")) {
      try (Connection connection = connect(mode);
          Statement statement = connection.createStatement()) {
        assertThatThrownBy(() -> read(statement, "SELECT * FROM refused AS OF SYSTEM TIME " + time))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("XXUUU"))
            .hasMessageContaining(words);
        assertThat(read(statement, "SELECT 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void timeThatTheLogDoesNotReachIsBehindTheGcThreshold() throws Exception {
    try (StandIn forgetful = StandIn.builder().rowsKept(10).start();
        Connection connection = forgetful.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE forgotten (id INT PRIMARY KEY)");
      Hlc time = forgetful.now();
      for (int i = 0; i < 3; i++) {
        statement.execute(
            "INSERT INTO forgotten SELECT 10 * " + i + " + g FROM generate_series(1, 10) g");
      }
      assertThatThrownBy(
              () -> read(statement, "SELECT * FROM forgotten AS OF SYSTEM TIME '" + time + "'"))
          .hasMessageContaining("batch timestamp " + time.inSeconds())
          .hasMessageContaining("must be after replica GC threshold");
    }
  }

  @Test
  void whoMayNotReadTheTableMayNotReadItsPast() throws Exception {
    standIn.execute("CREATE TABLE secret (id INT PRIMARY KEY)");
    standIn.execute("CREATE ROLE stranger LOGIN");
    Hlc time = standIn.now();
    try (Connection connection = DriverManager.getConnection(standIn.url(), "stranger", "");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(
              () -> read(statement, "SELECT * FROM secret AS OF SYSTEM TIME '" + time + "'"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }
  }

  @Test
  void logicalTimestampIsANumberThatCanBeReadAgain() throws Exception {
    try (Connection connection = standIn.connect();
        Statement statement = connection.createStatement()) {
      BigDecimal now = new BigDecimal(read(statement, "SELECT cluster_logical_timestamp()"));
      assertThat(read(statement, "SELECT 1 FROM pg_class AS OF SYSTEM TIME " + now + " LIMIT 1"))
          .isEqualTo("1");
    }
  }
}

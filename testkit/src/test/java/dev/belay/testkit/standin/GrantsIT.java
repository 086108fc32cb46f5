package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.feed.JobState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users may do who are no admins. */
class GrantsIT {

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.start();
    standIn.execute("CREATE TABLE a (id INT PRIMARY KEY)");
    standIn.execute("CREATE TABLE b (id INT PRIMARY KEY)");
  }

  @AfterAll
  static void stop() {
    standIn.close();
    kafka.close();
  }

  private static Connection as(String user, String password) throws SQLException {
    return DriverManager.getConnection(standIn.url(), user, password);
  }

  private static void execute(String user, String sql) throws SQLException {
    try (Connection connection = as(user, "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> rows(String user, String query) throws SQLException {
    try (Connection connection = as(user, "");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          values.add(row.getString(i));
        }
        rows.add(String.join(" ", values));
      }
      return rows;
    }
  }

  private static void refused(String user, String sql, String words) {
    assertThatThrownBy(() -> execute(user, sql))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getMessage()).contains(words);
              assertThat(e.getSQLState()).isEqualTo("42501");
            });
  }

  private static String feed(String tables) {
    return "CREATE CHANGEFEED FOR " + tables + " INTO 'kafka://" + kafka.bootstrapServers() + "'";
  }

  private static long create(String user, String sql) throws SQLException {
    return Long.parseLong(rows(user, sql).get(0));
  }

  @Test
  void feedNeedsTheChangefeedPrivilegeOnEveryTable() throws Exception {
    standIn.execute("CREATE USER feeder");
    standIn.execute("GRANT CHANGEFEED ON TABLE a TO feeder");
    refused(
        "feeder",
        feed("a, b"),
        "user feeder requires the CHANGEFEED privilege on all target tables to be able to run an"
            + " enterprise changefeed");
    standIn.execute("GRANT CHANGEFEED, INSERT ON defaultdb.public.b TO feeder");
    long job = create("feeder", feed("a, b"));
    assertThat(rows("feeder", "SELECT job_id, user_name FROM [SHOW CHANGEFEED JOBS]"))
        .containsExactly(job + " feeder");
    assertThat(rows("feeder", "SHOW GRANTS ON TABLE a, b FOR feeder"))
        .containsExactly(
            "defaultdb public a feeder CHANGEFEED f",
            "defaultdb public b feeder CHANGEFEED f",
            "defaultdb public b feeder INSERT f");
    assertThat(rows("feeder", "SELECT grantee || privilege_type FROM [SHOW GRANTS ON a]"))
        .contains("adminALL", "rootALL", "feederCHANGEFEED");
    // It reads the tables through the feed and nothing else.
    refused("feeder", "SELECT * FROM a", "permission denied for table a");
    execute("feeder", "CANCEL JOB " + job);
    standIn.execute("REVOKE CHANGEFEED ON TABLE a FROM feeder");
    refused("feeder", feed("a"), "requires the CHANGEFEED privilege");
    refused(
        "feeder",
        "GRANT CHANGEFEED ON b TO feeder",
        "01007",
        "missing WITH GRANT OPTION privilege");
  }

  private static void refused(String user, String sql, String state, String words) {
    assertThatThrownBy(() -> execute(user, sql))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getMessage()).contains(words);
              assertThat(e.getSQLState()).isEqualTo(state);
            });
  }

  @Test
  void whoMayNotConnectSeesOnlyTablesThatHeHasARightOn() throws Exception {
    standIn.execute("CREATE USER stranger");
    String listing =
        "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
            + " ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1";
    assertThat(rows("stranger", listing)).contains("a", "b");
    standIn.execute("REVOKE CONNECT ON DATABASE defaultdb FROM public");
    try {
      assertThat(rows("stranger", listing)).isEmpty();
      standIn.execute("GRANT CHANGEFEED ON TABLE a TO stranger");
      assertThat(rows("stranger", listing)).containsExactly("a");
      standIn.execute("GRANT SELECT ON TABLE b TO stranger");
      assertThat(rows("stranger", listing)).containsExactly("a", "b");
      standIn.execute("REVOKE CHANGEFEED ON TABLE a FROM stranger");
      assertThat(rows("stranger", listing)).containsExactly("b");
      assertThat(rows(StandIn.USER, listing)).contains("a", "b");
      standIn.execute("GRANT CONNECT ON DATABASE defaultdb TO stranger");
      assertThat(rows("stranger", listing)).contains("a", "b");
    } finally {
      standIn.execute("GRANT CONNECT ON DATABASE defaultdb TO public");
    }
  }

  @Test
  void jobsOfOthersAreSeenAndControlledByPrivilege() throws Exception {
    standIn.execute("CREATE USER owner");
    standIn.execute("CREATE USER watcher");
    standIn.execute("CREATE USER controller");
    standIn.execute("GRANT CHANGEFEED ON a TO owner");
    long job = create("owner", feed("a"));
    long ofRoot = standIn.createChangefeed(feed("a"));
    String mine = "SELECT count(*) FROM [SHOW CHANGEFEED JOBS] WHERE job_id = " + job;
    assertThat(rows("watcher", mine)).containsExactly("0");
    refused("watcher", "PAUSE JOB " + job, "user watcher does not have privileges for job " + job);

    standIn.execute("GRANT SYSTEM VIEWJOB TO watcher");
    assertThat(rows("watcher", mine)).containsExactly("1");
    refused("watcher", "PAUSE JOB " + job, "does not have privileges for job");
    assertThat(rows("watcher", "SHOW SYSTEM GRANTS FOR watcher"))
        .containsExactly("watcher VIEWJOB f");

    standIn.execute("GRANT SYSTEM CONTROLJOB TO controller");
    execute("controller", "PAUSE JOB " + job);
    await().until(() -> standIn.job(job).orElseThrow().state() == JobState.PAUSED);
    refused(
        "controller", "PAUSE JOB " + ofRoot, "only admins can control jobs owned by other admins");
    standIn.execute("REVOKE SYSTEM VIEWJOB FROM watcher");
    assertThat(rows("watcher", mine)).containsExactly("0");
    standIn.cancel(job);
    standIn.cancel(ofRoot);
  }

  @Test
  void olderRoleOptionStillWorksAndSaysThatItIsOld() throws Exception {
    standIn.execute("CREATE USER olden WITH CONTROLCHANGEFEED");
    refused(
        "olden", feed("a"), "user olden with CONTROLCHANGEFEED role option requires the SELECT");
    standIn.execute("GRANT SELECT ON a TO olden");
    try (Connection connection = as("olden", "");
        Statement statement = connection.createStatement()) {
      statement.execute(feed("a"));
      assertThat(statement.getWarnings().getMessage())
          .startsWith("You are creating a changefeed as a user with the CONTROLCHANGEFEED");
    }
    standIn.execute("ALTER USER olden NOCONTROLCHANGEFEED");
    refused("olden", feed("a"), "user olden requires the CHANGEFEED privilege");
  }

  @Test
  void clusterMayInsistOnExternalConnections() throws Exception {
    standIn.execute("CREATE USER outsider");
    standIn.execute("GRANT CHANGEFEED ON a TO outsider");
    refused(
        "outsider",
        "CREATE EXTERNAL CONNECTION own AS 'kafka://x'",
        "only users with the EXTERNALCONNECTION system privilege are allowed to CREATE EXTERNAL"
            + " CONNECTION");
    standIn.execute(
        "CREATE EXTERNAL CONNECTION shared AS 'kafka://" + kafka.bootstrapServers() + "'");
    String setting = "changefeed.permissions.require_external_connection_sink.enabled";
    standIn.execute("SET CLUSTER SETTING " + setting + " = on");
    try {
      refused(
          "outsider",
          feed("a"),
          "the CHANGEFEED privilege on all tables can only be used with external connection sinks."
              + " see cluster setting "
              + setting);
      String named = "CREATE CHANGEFEED FOR a INTO 'external://shared'";
      refused(
          "outsider",
          named,
          "user outsider does not have USAGE privilege on external_connection shared");
      standIn.execute("GRANT USAGE ON EXTERNAL CONNECTION shared TO outsider");
      assertThat(rows("root", "SHOW GRANTS ON EXTERNAL CONNECTION shared FOR outsider"))
          .containsExactly("shared outsider USAGE f");
      standIn.cancel(create("outsider", named));
      standIn.execute("REVOKE USAGE ON EXTERNAL CONNECTION shared FROM outsider");
      refused("outsider", named, "does not have USAGE privilege");
    } finally {
      standIn.execute("SET CLUSTER SETTING " + setting + " = off");
    }
    refused(
        "outsider",
        "DROP EXTERNAL CONNECTION shared",
        "does not have DROP privilege on external_connection shared");
  }

  @Test
  void clusterSettingsNeedAPrivilege() throws Exception {
    standIn.execute("CREATE USER looker");
    String show = "SHOW CLUSTER SETTING kv.rangefeed.enabled";
    String set = "SET CLUSTER SETTING kv.rangefeed.enabled = true";
    refused(
        "looker",
        show,
        "only users with MODIFYCLUSTERSETTING or VIEWCLUSTERSETTING privileges are allowed to show"
            + " cluster setting 'kv.rangefeed.enabled'");
    standIn.execute("GRANT SYSTEM VIEWCLUSTERSETTING TO looker");
    assertThat(rows("looker", show)).containsExactly("t");
    refused(
        "looker",
        set,
        "only users with the MODIFYCLUSTERSETTING privilege are allowed to set cluster setting"
            + " 'kv.rangefeed.enabled'");
    standIn.execute("GRANT SYSTEM MODIFYCLUSTERSETTING TO looker");
    execute("looker", set);
  }

  @Test
  void passwordIsAskedOfThoseWhoHaveOne() throws Exception {
    standIn.execute("CREATE USER guarded WITH PASSWORD 'p''1'");
    assertThatThrownBy(() -> as("guarded", "wrong"))
        .hasMessageContaining("password authentication failed for user \"guarded\"");
    assertThatCode(() -> as("guarded", "p'1").close()).doesNotThrowAnyException();
    standIn.execute("CREATE USER IF NOT EXISTS guarded");
    standIn.execute("ALTER USER guarded WITH PASSWORD 'p2'");
    assertThatCode(() -> as("guarded", "p2").close()).doesNotThrowAnyException();
    standIn.execute("DROP USER guarded");
    assertThatThrownBy(() -> standIn.execute("GRANT SYSTEM VIEWJOB TO guarded"))
        .hasMessageContaining("role/user \"guarded\" does not exist");
  }

  @Test
  void functionOfPostgresqlDoesNotKnowThePrivilege() {
    refused(
        "root",
        "SELECT has_table_privilege('a', 'CHANGEFEED')",
        "22023",
        "unrecognized privilege type");
  }

  /** As its first lines tell: as an admin, in the database, with names and brokers replaced. */
  @Test
  void grantsFileOfTheRepositoryRuns() throws Exception {
    String file =
        Files.readString(
            Path.of("..", "config", "sql", "cockroachdb", "grants.sql"), StandardCharsets.UTF_8);
    String ca = Base64.getEncoder().encodeToString("any".getBytes(StandardCharsets.UTF_8));
    String sql =
        file.replaceAll("kafka\\.example\\.com:9093\\?[^']*", kafka.bootstrapServers())
            .replace("BASE64", ca);
    standIn.createDatabase("shop");
    try (Connection connection = standIn.connect("shop");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE customers (id INT PRIMARY KEY)");
      statement.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
      statement.execute(sql);
    }
    try (Connection connection =
            DriverManager.getConnection(standIn.url("shop"), "belay_feed", "");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "CREATE CHANGEFEED FOR TABLE shop.public.customers, shop.public.orders"
                    + " INTO 'external://belay_kafka' WITH initial_scan = 'no'")) {
      row.next();
      standIn.cancel(row.getLong("job_id"));
    }
  }

  @Test
  void userAsksForItsOwnRoleOptions() throws Exception {
    standIn.execute("CREATE USER optioned WITH CONTROLCHANGEFEED");
    String question = "SELECT crdb_internal.has_role_option('CONTROLCHANGEFEED')";
    assertThat(rows("optioned", question)).containsExactly("t");
    assertThat(rows("root", question)).containsExactly("t");
    standIn.execute("ALTER USER optioned NOCONTROLCHANGEFEED");
    assertThat(rows("optioned", question)).containsExactly("f");
    assertThatThrownBy(() -> rows("optioned", "SELECT crdb_internal.has_role_option('NONE')"))
        .hasMessageContaining("unrecognized role option NONE");
  }

  @Test
  void tableWithColumnFamiliesIsShownAndNotWatchedAsAWhole() throws Exception {
    standIn.execute(
        "CREATE TABLE families (id INT PRIMARY KEY, \"N\" STRING, v STRING, FAMILY f1 (id, \"N\"),"
            + " FAMILY \"F 2\" (v))");
    standIn.execute("INSERT INTO families VALUES (1, NULL, NULL)");
    assertThat(rows("root", "SELECT create_statement FROM [SHOW CREATE TABLE families]"))
        .singleElement()
        .asString()
        .startsWith("CREATE TABLE public.families (\n\tid BIGINT NOT NULL,")
        .contains("\n\tFAMILY f1 (id, \"N\"),\n\tFAMILY \"F 2\" (v)\n)");
    assertThatThrownBy(() -> create("root", feed("families")))
        .hasMessageContaining(
            "CHANGEFEED targeting a table (families) with multiple column families requires WITH"
                + " split_column_families");
    assertThatThrownBy(
            () -> create("root", feed("families") + " WITH split_column_families, resolved"))
        .hasMessageContaining("not currently supported with split_column_families for this sink");
    standIn.execute("CREATE USER blind");
    refused(
        "blind", "SHOW CREATE TABLE families", "user blind has no privileges on relation families");
  }
}

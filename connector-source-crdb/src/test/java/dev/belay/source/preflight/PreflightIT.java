package dev.belay.source.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.TableName;
import dev.belay.testkit.Trees;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.StandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an older cluster lacks, and what another feed does. */
class PreflightIT {
  private static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn older;

  @BeforeAll
  static void start() throws Exception {
    dir = Files.createTempDirectory("belay-preflight-");
    kafka = EmbeddedKafka.start(dir);
    older = StandIn.builder().version("v23.2.20").start();
    older.execute("CREATE TABLE orders (id INT8 PRIMARY KEY)");
    older.execute("CREATE TABLE heap (id INT8)");
  }

  @AfterAll
  static void stop() throws Exception {
    older.close();
    kafka.close();
    Trees.delete(dir);
  }

  @Test
  void aVersionThatNeedsALicenceSaysSo() throws Exception {
    assertThat(findings(StandIn.USER, Map.of()))
        .filteredOn(Finding::stops)
        .singleElement()
        .matches(finding -> finding.text().contains("SET CLUSTER SETTING enterprise.license"));
    assertThat(findings(StandIn.USER, Map.of("feed.delivery", "sinkless")))
        .noneMatch(Finding::stops);
    older.execute("SET CLUSTER SETTING enterprise.license = 'crl-0-x'");
    try {
      assertThat(findings(StandIn.USER, Map.of())).noneMatch(Finding::stops);
    } finally {
      older.execute("SET CLUSTER SETTING enterprise.license = ''");
    }
  }

  @Test
  void whatIsKeptForLessThanOneWantsToBeAwayComesWithTheStatement() throws Exception {
    assertThat(findings(StandIn.USER, Map.of()))
        .noneMatch(finding -> finding.text().contains("gc.ttlseconds"));
    assertThat(findings(StandIn.USER, Map.of("feed.away.max.ms", "86400000")))
        .anyMatch(
            finding ->
                finding
                    .text()
                    .contains(
                        "ALTER TABLE \"defaultdb\".\"public\".\"orders\" CONFIGURE ZONE USING"
                            + " gc.ttlseconds = 172800"));
  }

  @Test
  void aTableWithoutAKeyThatAFilterTakesIsToldOnTheFilter() throws Exception {
    assertThat(
            findings(
                StandIn.USER,
                Map.of("feed.tables", "", "feed.table.filter", "heap"),
                new TableName("defaultdb", "public", "heap")))
        .anyMatch(
            finding ->
                finding.key().equals("feed.table.filter")
                    && finding.text().contains("no primary key of its own"));
  }

  /** Found at validation, and not at the first row that the target refuses. */
  @Test
  void numbersOf64BitsAreToldWithTheStatementThatWidensTheOldColumn() throws Exception {
    older.execute(
        "CREATE TABLE drawn (id INT8 DEFAULT belay_standin.unique_rowid() PRIMARY KEY, n INT8)");
    TableName drawn = new TableName("defaultdb", "public", "drawn");
    assertThat(findings(StandIn.USER, Map.of("feed.tables", "drawn"), drawn))
        .filteredOn(finding -> finding.text().contains("unique_rowid()"))
        .singleElement()
        .matches(finding -> !finding.stops() && finding.key().equals("feed.tables"))
        .matches(finding -> finding.text().contains("Column id of table defaultdb.public.drawn"))
        .matches(
            finding ->
                finding.text().contains("ALTER TABLE \"drawn\" ALTER COLUMN \"id\" TYPE bigint"));
    assertThat(findings(StandIn.USER, Map.of()))
        .noneMatch(finding -> finding.text().contains("unique_rowid()"));
  }

  @Test
  void anotherFeedIntoTheSameTopicsIsFound() throws Exception {
    older.execute("SET CLUSTER SETTING enterprise.license = 'crl-0-x'");
    long job =
        older.createChangefeed(
            "CREATE CHANGEFEED FOR TABLE \"defaultdb\".\"public\".\"orders\" INTO 'kafka://"
                + kafka.bootstrapServers()
                + "' WITH updated, kafka_sink_config ="
                + " '{\"ClientID\":\"belay.before.00.defaultdb\"}'");
    try {
      assertThat(findings(StandIn.USER, Map.of()))
          .filteredOn(Finding::stops)
          .singleElement()
          .matches(finding -> finding.key().equals("feed.id"))
          .matches(finding -> finding.text().contains("Set feed.id=before again"));
      assertThat(findings(StandIn.USER, Map.of("feed.id", "before"))).noneMatch(Finding::stops);
      assertThat(findings(StandIn.USER, Map.of("feed.topic.prefix", "new_")))
          .noneMatch(Finding::stops);
      // the connector's own name is enough
      assertThat(
              findings(
                  StandIn.USER,
                  Map.of("feed.topic.prefix", "new_", "name", "before", "feed.id", "after")))
          .anyMatch(Finding::stops);
      // the same brokers in a list of others, in another order
      assertThat(
              findings(
                  StandIn.USER,
                  Map.of(
                      "feed.sink.uri",
                      "kafka://other.example.com:9093," + kafka.bootstrapServers(),
                      "allow.insecure",
                      "true")))
          .anyMatch(Finding::stops);
      // an external connection does not show where it leads
      assertThat(findings(StandIn.USER, Map.of("feed.sink.uri", "external://k")))
          .filteredOn(finding -> finding.text().contains("Job " + job))
          .singleElement()
          .matches(finding -> !finding.stops())
          .matches(finding -> finding.text().contains("by another address"));
    } finally {
      older.cancel(job);
      older.execute("SET CLUSTER SETTING enterprise.license = ''");
    }
  }

  @Test
  void aJobOfAnotherFeedIsFoundByAFeedThatIsReadOverSql() throws Exception {
    older.execute("SET CLUSTER SETTING enterprise.license = 'crl-0-x'");
    long job =
        older.createChangefeed(
            "CREATE CHANGEFEED FOR TABLE \"defaultdb\".\"public\".\"orders\" INTO 'kafka://"
                + kafka.bootstrapServers()
                + "' WITH updated, kafka_sink_config ="
                + " '{\"ClientID\":\"belay.theirs.00.defaultdb\"}'");
    try {
      assertThat(findings(StandIn.USER, Map.of("feed.delivery", "sinkless")))
          .filteredOn(Finding::stops)
          .singleElement()
          .matches(finding -> finding.key().equals("feed.delivery"))
          .matches(finding -> finding.text().contains("CANCEL JOB " + job));
      assertThat(
              findings(
                  StandIn.USER, Map.of("feed.delivery", "sinkless", "feed.topic.prefix", "other_")))
          .noneMatch(finding -> finding.text().contains("Job " + job));
      // the same brokers by another name, or others: nobody can tell
      assertThat(
              findings(
                  StandIn.USER,
                  Map.of(
                      "feed.delivery",
                      "sinkless",
                      "kafka.admin.bootstrap.servers",
                      "inside.example.com:9093")))
          .filteredOn(finding -> finding.text().contains("Job " + job))
          .singleElement()
          .matches(finding -> !finding.stops())
          .matches(finding -> finding.text().contains("by another address"));
      // another Connect's connector of this name, into another Kafka: docs/source.md, Identity
      assertThat(
              findings(
                  StandIn.USER,
                  Map.of(
                      "feed.delivery", "sinkless",
                      "feed.topic.prefix", "other_",
                      "name", "theirs",
                      "feed.id", "theirs-b")))
          .filteredOn(finding -> finding.text().contains("Job " + job))
          .singleElement()
          .matches(finding -> !finding.stops())
          .matches(finding -> finding.text().contains("leave it"));
    } finally {
      older.cancel(job);
      older.execute("SET CLUSTER SETTING enterprise.license = ''");
    }
  }

  @Test
  void theOlderRoleOptionCountsTogetherWithSelect() throws Exception {
    older.execute("CREATE USER elder WITH CONTROLCHANGEFEED");
    assertThat(ofTheUser("elder"))
        .singleElement()
        .matches(Finding::stops)
        .matches(
            finding -> finding.text().contains("lacks SELECT on table defaultdb.public.orders"));
    older.execute("GRANT SELECT ON TABLE orders TO elder");
    assertThat(ofTheUser("elder")).isEmpty();
    older.execute("ALTER USER elder WITH NOCONTROLCHANGEFEED");
    assertThat(ofTheUser("elder"))
        .singleElement()
        .matches(Finding::stops)
        .matches(finding -> finding.text().contains("GRANT CHANGEFEED ON TABLE"));
  }

  @Test
  void whereTheOptionCannotBeSeenCreatingTheFeedIsTheLastWord() throws Exception {
    older.execute("CREATE USER unseen");
    older.execute("GRANT SELECT ON TABLE orders TO unseen");
    older
        .connections()
        .failNext("has_role_option", "42501", "access to crdb_internal is restricted", 2);
    try {
      assertThat(ofTheUser("unseen"))
          .singleElement()
          .matches(finding -> !finding.stops())
          .matches(finding -> finding.text().contains("older role option CONTROLCHANGEFEED"));
      older.execute("REVOKE SELECT ON TABLE orders FROM unseen");
      assertThat(ofTheUser("unseen"))
          .singleElement()
          .matches(finding -> finding.text().contains("GRANT CHANGEFEED ON TABLE"));
    } finally {
      older.connections().clear();
    }
  }

  @Test
  void aTableOfSeveralColumnFamiliesIsToldWithItsTopics() throws Exception {
    older.execute(
        "CREATE TABLE split (id INT8 PRIMARY KEY, note STRING, body STRING,"
            + " FAMILY head (id, note), FAMILY \"Big body\" (body))");
    TableName table = new TableName("defaultdb", "public", "split");
    assertThat(findings(StandIn.USER, Map.of(), table))
        .filteredOn(finding -> finding.key().equals("feed.tables"))
        .singleElement()
        .matches(Finding::stops)
        .matches(
            finding ->
                finding.text().contains("column families head, Big body")
                    && finding.text().contains("feed.option.split_column_families=")
                    && finding
                        .text()
                        .contains(
                            "defaultdb.public.split.head,"
                                + " defaultdb.public.split.Big_u0020_body"));
    assertThat(
            findings(
                StandIn.USER,
                Map.of("feed.option.split_column_families", "", "feed.option.resolved", "unset"),
                table))
        .filteredOn(finding -> finding.key().equals("feed.tables"))
        .singleElement()
        .matches(finding -> !finding.stops())
        .matches(finding -> finding.text().contains("tasks.max=1"));
    assertThat(findings(StandIn.USER, Map.of("feed.delivery", "sinkless"), table))
        .filteredOn(Finding::stops)
        .singleElement()
        .matches(finding -> finding.text().contains("set feed.delivery=kafka"));
  }

  private static List<Finding> ofTheUser(String user) throws SQLException {
    return findings(user, Map.of()).stream()
        .filter(finding -> finding.key().equals("source.connection.user"))
        .toList();
  }

  private static List<Finding> findings(String user, Map<String, String> more) throws SQLException {
    return findings(user, more, new TableName("defaultdb", "public", "orders"));
  }

  private static List<Finding> findings(String user, Map<String, String> more, TableName table)
      throws SQLException {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "shop-feed");
    settings.put("source.connection.url", older.url());
    settings.put("source.connection.user", user);
    settings.put("feed.tables", "orders");
    settings.put("feed.sink.uri", "kafka://" + kafka.bootstrapServers());
    settings.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    settings.putAll(more);
    try (Connection session = DriverManager.getConnection(older.url(), user, "")) {
      return Preflight.run(new SourceConfig(settings), session, List.of(table));
    }
  }
}

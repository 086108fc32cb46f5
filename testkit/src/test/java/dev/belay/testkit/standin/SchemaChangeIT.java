package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.TopicReader.Message;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.row.Hlc;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What feeds do when columns come and go. */
class SchemaChangeIT {

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

  private static long create(String table, String with) throws SQLException {
    standIn.execute("CREATE TABLE " + table + " (id INT PRIMARY KEY, v STRING)");
    standIn.execute("INSERT INTO " + table + " VALUES (1, 'a'), (2, 'b')");
    long job =
        standIn.createChangefeed(
            "CREATE CHANGEFEED FOR "
                + table
                + " INTO 'kafka://"
                + kafka.bootstrapServers()
                + "' WITH updated, resolved = '50ms'"
                + with);
    // The initial scan of the stand-in meets the columns as they are when it reads.
    await().until(() -> standIn.job(job).orElseThrow().highWater().isPresent());
    return job;
  }

  private static List<Message> rows(String table) throws SQLException {
    try (TopicReader reader = new TopicReader(kafka.bootstrapServers(), table)) {
      return TopicReader.rows(reader.untilResolved(standIn.now()));
    }
  }

  private static List<String> afters(List<Message> rows) {
    return rows.stream().map(row -> row.json().get("after").toString()).toList();
  }

  @Test
  void columnWithADefaultSendsTheTableAgain() throws Exception {
    long job = create("refilled", "");
    standIn.execute("INSERT INTO refilled VALUES (3, 'c')");
    standIn.execute("ALTER TABLE refilled ADD COLUMN n INT DEFAULT 7");
    standIn.execute("UPDATE refilled SET n = 8 WHERE id = 1");
    List<Message> rows = rows("refilled");
    assertThat(afters(rows))
        .startsWith("{\"id\":1,\"v\":\"a\"}", "{\"id\":2,\"v\":\"b\"}", "{\"id\":3,\"v\":\"c\"}")
        .endsWith("{\"id\":1,\"n\":8,\"v\":\"a\"}")
        .hasSize(7);
    List<Message> again = rows.subList(3, 6);
    assertThat(afters(again))
        .containsExactlyInAnyOrder(
            "{\"id\":1,\"n\":7,\"v\":\"a\"}",
            "{\"id\":2,\"n\":7,\"v\":\"b\"}",
            "{\"id\":3,\"n\":7,\"v\":\"c\"}");
    assertThat(again).extracting(Message::time).containsOnly(again.get(0).time());
    assertThat(again.get(0).time())
        .isGreaterThan(rows.get(2).time())
        .isLessThan(rows.get(6).time());
    standIn.cancel(job);
  }

  @Test
  void columnWithoutADefaultSendsNothing() throws Exception {
    long job = create("plain_column", "");
    standIn.execute("ALTER TABLE plain_column ADD COLUMN n INT");
    standIn.execute("ALTER TABLE plain_column RENAME COLUMN v TO w");
    standIn.execute("CREATE INDEX ON plain_column (w)");
    assertThat(rows("plain_column")).hasSize(2);
    standIn.cancel(job);
  }

  @Test
  void feedMayDoWithout() throws Exception {
    long job = create("not_refilled", ", schema_change_policy = 'nobackfill'");
    standIn.execute("ALTER TABLE not_refilled DROP COLUMN v");
    standIn.execute("INSERT INTO not_refilled VALUES (3)");
    assertThat(afters(rows("not_refilled"))).hasSize(3).endsWith("{\"id\":3}");
    standIn.cancel(job);
  }

  @Test
  void feedMayStop() throws Exception {
    long job = create("stopping", ", schema_change_policy = 'stop'");
    standIn.execute("ALTER TABLE stopping ADD COLUMN n INT");
    standIn.execute("INSERT INTO stopping VALUES (3, 'c')");
    standIn.execute("ALTER TABLE stopping DROP COLUMN n");
    standIn.execute("INSERT INTO stopping VALUES (4, 'd')");
    await().until(() -> standIn.job(job).orElseThrow().state() == JobState.FAILED);
    JobStatus failed = standIn.job(job).orElseThrow();
    Hlc mark = failed.highWater().orElseThrow();
    assertThat(failed.error()).isEqualTo("schema change occurred at " + mark.next());
    long next =
        standIn.createChangefeed(
            "CREATE CHANGEFEED FOR stopping INTO 'kafka://"
                + kafka.bootstrapServers()
                + "' WITH updated, resolved = '50ms', schema_change_policy = 'stop',"
                + " schema_change_events = 'column_changes', cursor = '"
                + mark.next()
                + "'");
    assertThat(rows("stopping"))
        .extracting(row -> row.key().orElseThrow())
        .containsExactly("[1]", "[2]", "[3]", "[4]");
    standIn.execute("ALTER TABLE stopping ADD COLUMN m INT");
    await().until(() -> standIn.job(next).orElseThrow().state() == JobState.FAILED);
  }
}

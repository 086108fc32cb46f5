package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Offsets over REST, and feeds that go from one delivery to the other by them. */
class OffsetsIT {
  private static Parts parts;

  @BeforeAll
  static void start() throws Exception {
    parts = Parts.exactlyOnce();
  }

  @AfterAll
  static void stop() throws Exception {
    parts.close();
  }

  private static String topic(String table) {
    return "defaultdb.public." + table;
  }

  private static void write(int seed, String table) throws Exception {
    try (Connection session = parts.cluster.connect()) {
      Parts.work(session, new Random(seed), 60, table);
    }
  }

  private static void stopped(String name) {
    parts.rest().stop(name);
    parts.rest().awaitState(name, State.STOPPED, Parts.LIMIT);
  }

  private static Contents read(String table) throws Exception {
    return Contents.until(parts.bootstrap(), parts.now(), topic(table));
  }

  @Test
  void deletedOffsetsAreAFreshStart() throws Exception {
    parts.table("fresh");
    parts.cluster.execute("INSERT INTO fresh SELECT i, 'v', i FROM generate_series(1, 10) i");
    parts.create("fresh", "fresh", Map.of());
    read("fresh");
    stopped("fresh");
    parts.rest().resetOffsets("fresh");
    assertThat(parts.rest().offsets("fresh").path("offsets")).isEmpty();
    parts.rest().resume("fresh");
    Map<String, List<String>> rows = read("fresh").rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(10);
    assertThat(rows.values()).allSatisfy(versions -> assertThat(versions).hasSize(2));
    // the second time as of one moment again
    assertThat(
            rows.values().stream()
                .map(versions -> versions.get(1).replaceFirst(".*\"updated\"", ""))
                .distinct())
        .hasSize(1);
    parts.rest().delete("fresh");
  }

  @Test
  void offsetsThatCannotBeAreRefused() throws Exception {
    HlcTimestamp before = parts.now();
    parts.table("moving");
    parts.create("moving", "moving", Map.of());
    read("moving");
    stopped("moving");
    String now = parts.now().toString();
    refused("moving", topic("moving"), "2" + now.substring(1), "is in the future");
    refused("moving", topic("moving"), "1000000000000000000.0000000000", "gc.ttlseconds");
    refused("moving", topic("moving"), before.toString(), "was not made yet at its cursor");
    refused("moving", topic("nowhere"), now, "is not in the database");
    refused("moving", "moving", now, "is not written as database.schema.table");
    refused("another", topic("moving"), now, "is of feed another");
    parts.rest().delete("moving");
  }

  private static void refused(String feed, String table, String cursor, String why) {
    ObjectNode body = new JsonMapper().createObjectNode();
    ObjectNode entry = body.putArray("offsets").addObject();
    entry.putObject("partition").put("feed", feed).put("table", table);
    entry.putObject("offset").put("cursor", cursor);
    assertThatThrownBy(() -> parts.rest().alterOffsets("moving", body)).hasMessageContaining(why);
  }

  /** The same connector with jobs that write to Kafka. */
  private static Map<String, String> byJobs(String table) {
    Map<String, String> settings = new HashMap<>(parts.settings(table, Map.of()));
    settings.keySet().removeIf(key -> key.startsWith("topic.") || key.equals("feed.delivery"));
    settings.put("feed.sink.uri", "kafka://" + parts.bootstrap());
    settings.put("supervise.interval.ms", "200");
    settings.put("status.interval.ms", "300");
    return settings;
  }

  @Test
  void feedGoesFromOneDeliveryToTheOtherAndBack() throws Exception {
    parts.table("switched");
    write(1, "switched");
    parts.create("switched", "switched", Map.of());
    write(2, "switched");
    read("switched");
    stopped("switched");
    write(3, "switched");

    parts.rest().put("switched", byJobs("switched"));
    parts.rest().resume("switched");
    write(4, "switched");
    read("switched");
    List<JobStatus> jobs = live();
    assertThat(jobs).hasSize(1);
    Map<String, String> overSql = parts.settings("switched", Map.of());
    assertThatThrownBy(() -> parts.rest().put("switched", overSql))
        .hasMessageContaining("CANCEL JOB " + jobs.get(0).id());

    stopped("switched");
    parts.cluster.cancel(jobs.get(0).id());
    Deadline.in(Parts.LIMIT).await("the job has ended", () -> live().isEmpty());
    write(5, "switched");
    parts.rest().put("switched", overSql);
    parts.rest().resume("switched");
    write(6, "switched");

    HlcTimestamp end = parts.now();
    Contents found = Contents.until(parts.bootstrap(), end, topic("switched"));
    TopicsAgainstLog.Findings rows =
        TopicsAgainstLog.of(parts.cluster, end).scanned(found, topic("switched"), "switched");
    assertThat(rows.differences()).isEmpty();
    parts.rest().delete("switched");
  }

  /** Its scan is off, and nothing says by a cursor where it began. */
  @Test
  void jobThatHadNoCheckpointIsGoneOnFromWhereItBegan() throws Exception {
    parts.table("early");
    Map<String, String> byJobs = byJobs("early");
    byJobs.put("feed.initial.scan", "no");
    parts.cluster.holdJobs(JobState.PENDING);
    try {
      parts.rest().create("early", byJobs);
      Deadline.in(Parts.LIMIT).await("a job", () -> live().size() == 1);
      parts.cluster.execute("INSERT INTO early VALUES (1, 'since the job began', 1)");
      stopped("early");
      parts.cluster.cancel(live().get(0).id());
      Deadline.in(Parts.LIMIT).await("the job has ended", () -> live().isEmpty());
    } finally {
      parts.cluster.releaseJobs(JobState.PENDING);
    }
    Map<String, String> overSql = parts.settings("early", Map.of("feed.initial.scan", "no"));
    parts.rest().put("early", overSql);
    parts.rest().resume("early");
    parts.rest().awaitRunning("early", Parts.LIMIT);
    assertThat(read("early").rowsByKey(parts.now(), "")).hasSize(1);

    // after which a person wants a fresh start: from now on, whatever the job was made for
    stopped("early");
    parts.rest().resetOffsets("early");
    parts.cluster.execute("INSERT INTO early VALUES (2, 'while it was stopped', 2)");
    HlcTimestamp stopped = parts.now();
    parts.rest().resume("early");
    parts.rest().awaitRunning("early", Parts.LIMIT);
    parts.status(
        "early",
        record ->
            record.path("state").asText().equals("RUNNING")
                && record.path("delivery").asText().equals("sinkless")
                && record.path("cursor").asText().compareTo(stopped.toString()) > 0);
    parts.cluster.execute("INSERT INTO early VALUES (3, 'fresh', 3)");
    Map<String, List<String>> rows = read("early").rowsByKey(parts.now(), "");
    assertThat(rows).hasSize(2);
    assertThat(rows.values()).allMatch(versions -> versions.size() == 1);
    parts.rest().delete("early");
  }

  @Test
  void taskDoesNotBeginBesideJobsOfItsFeed() throws Exception {
    parts.table("beside");
    parts.create("beside", "beside", Map.of());
    read("beside");
    stopped("beside");
    Map<String, String> other = byJobs("beside");
    other.put("feed.id", "beside");
    other.put("feed.initial.scan", "no");
    parts.rest().create("beside-jobs", other);
    Deadline.in(Parts.LIMIT).await("a job", () -> !live().isEmpty());
    parts.rest().resume("beside");
    assertThat(parts.rest().awaitTaskFailure("beside", Parts.LIMIT))
        .contains("two feeds into one set of topics stop the sink")
        .contains("CANCEL JOB");
    parts.status(
        "beside", record -> record.path("error").asText().contains("has jobs that write to Kafka"));
    parts.rest().delete("beside");
    parts.rest().delete("beside-jobs");
    live().forEach(job -> parts.cluster.cancel(job.id()));
  }

  private static List<JobStatus> live() {
    return parts.cluster.jobs().stream().filter(job -> !job.state().isFinal()).toList();
  }
}

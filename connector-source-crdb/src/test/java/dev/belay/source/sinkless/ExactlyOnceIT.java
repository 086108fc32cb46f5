package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.standin.feed.SinklessFeed;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is in Kafka after crashes is what was committed: nothing missing, nothing twice. */
class ExactlyOnceIT {
  private static Parts parts;

  @BeforeAll
  static void start() throws Exception {
    parts = Parts.exactlyOnce();
  }

  @AfterAll
  static void stop() throws Exception {
    parts.close();
  }

  /** Something that happens while rows come. */
  private interface Blow {
    void strike() throws Exception;
  }

  private static void restartWorker() throws Exception {
    parts.worker.kill9();
    parts.worker.restart();
    parts.worker.awaitHealthy(Parts.LIMIT);
  }

  @Test
  void killedWorkerBringsEveryCommitOnce() throws Exception {
    survives(
        "killed",
        Map.of("scan.page.rows", "50"),
        List.of(ExactlyOnceIT::restartWorker, ExactlyOnceIT::restartWorker));
  }

  @Test
  void lostSessionsBringEveryCommitOnce() throws Exception {
    survives("cut", Map.of(), List.of(ExactlyOnceIT::cut, ExactlyOnceIT::cut, ExactlyOnceIT::cut));
  }

  @Test
  void killedBrokerBringsEveryCommitOnce() throws Exception {
    survives(
        "broker",
        Map.of(),
        List.of(
            () -> {
              parts.kafka.kill9();
              parts.kafka.restart();
            }));
  }

  @Test
  void windowsOnDiskBringEveryCommitOnce() throws Exception {
    survives(
        "disk",
        Map.of(
            "spill.dir", parts.dir.resolve("spill").toString(),
            "feed.buffer.bytes", "65536",
            "feed.resolved.interval.ms", "2000"),
        List.of(ExactlyOnceIT::restartWorker));
  }

  /**
   * Kafka refuses a row in the middle of a window. Its transaction is aborted, and the task does
   * not go on after it as if it had been sent: it fails, and nothing of the window is to be seen.
   */
  @Test
  void aRowThatKafkaRefusesFailsTheTaskAndLeavesOutNothing() throws Exception {
    String limit = "producer.override.max.request.size";
    parts.table("refused");
    parts.create("refused", "refused", Map.of(limit, "20000"));
    parts.cluster.execute("INSERT INTO refused VALUES (0, 'fits', 0)");
    Contents.until(parts.bootstrap(), parts.now(), "defaultdb.public.refused");
    HlcTimestamp before = parts.now();
    parts.cluster.execute(
        "INSERT INTO refused SELECT i, repeat('x', CASE i WHEN 5 THEN 50000 ELSE 5 END), i FROM"
            + " generate_series(1, 9) i");
    assertThat(parts.rest().awaitTaskFailure("refused", Parts.LIMIT))
        .contains("RecordTooLargeException");
    HlcTimestamp stored =
        HlcTimestamp.parse(
                parts
                    .rest()
                    .offsets("refused")
                    .path("offsets")
                    .path(0)
                    .path("offset")
                    .path("cursor")
                    .asText())
            .orElseThrow();
    parts.cluster.execute("INSERT INTO refused VALUES (10, 'after it', 0)");
    // which starts the task anew
    parts.rest().put("refused", parts.settings("refused", Map.of(limit, "1000000")));
    HlcTimestamp end = parts.now();
    Contents found = Contents.until(parts.bootstrap(), end, "defaultdb.public.refused");
    assertThat(
            TopicsAgainstLog.of(parts.cluster, end)
                .scanned(found, "defaultdb.public.refused", "refused")
                .differences())
        .isEmpty();
    HlcTimestamp refused =
        found.places().values().stream()
            .flatMap(List::stream)
            .filter(message -> message.key().equals("[5]"))
            .map(Contents.Message::time)
            .findFirst()
            .orElseThrow();
    assertThat(stored).isLessThan(refused);
    assertThat(before).isLessThan(refused);
    assertThat(found.brokenPromises()).isEmpty();
    parts.rest().delete("refused");
  }

  private static void cut() {
    Deadline.in(Parts.LIMIT)
        .await("a feed is there", () -> !parts.cluster.sinklessFeeds().isEmpty());
    parts.cluster.sinklessFeeds().forEach(SinklessFeed::cut);
  }

  private void survives(String name, Map<String, String> settings, List<Blow> blows)
      throws Exception {
    String[] tables = {name + "_x", name + "_y"};
    for (String table : tables) {
      parts.table(table);
    }
    HlcTimestamp begin = parts.now();
    String[] own = topics("", tables);
    String[] job = topics("job_", tables);
    for (String topic : job) {
      parts.topics.create(topic, 3);
    }
    long jobId = parts.job("job_", begin, tables);
    try (Connection session = parts.cluster.connect()) {
      Parts.work(session, new Random(3), 200, tables);
    }
    Writer writer = new Writer(tables);
    parts.create(name, tables[0] + "," + tables[1], settings);
    Deadline.in(Parts.LIMIT)
        .await(
            "the feed has begun",
            () -> parts.rest().offsets(name).path("offsets").size() == tables.length);
    writer.start();
    for (Blow blow : blows) {
      writer.awaitMore(40);
      blow.strike();
    }
    writer.awaitMore(40);
    writer.finish();
    HlcTimestamp end = parts.now();

    Contents found = Contents.until(parts.bootstrap(), end, own);
    Contents told = Contents.until(parts.bootstrap(), end, job);
    Map<String, List<String>> expected =
        Contents.afterScan(Contents.withoutRepeats(told.rowsByKey(end, "job_")), found.earliest());
    assertThat(Contents.differences(found.rowsByKey(end, ""), expected)).isEmpty();
    assertThat(expected).hasSizeGreaterThan(70);
    assertThat(found.brokenPromises()).isEmpty();
    assertThat(parts.rest().status(name).orElseThrow().isRunning()).isTrue();
    parts.rest().delete(name);
    parts.cluster.cancel(jobId);
  }

  private static String[] topics(String prefix, String... tables) {
    String[] topics = new String[tables.length];
    for (int i = 0; i < tables.length; i++) {
      topics[i] = prefix + "defaultdb.public." + tables[i];
    }
    return topics;
  }

  /** Commits without pause, on a thread that {@link #finish} ends. */
  private static final class Writer {
    private final String[] tables;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "writer");
    private volatile int commits;

    Writer(String... tables) {
      this.tables = tables;
    }

    void start() {
      thread.start();
    }

    private void run() {
      Random random = new Random(4);
      try (Connection session = parts.cluster.connect()) {
        while (!stop.await(5, TimeUnit.MILLISECONDS)) {
          Parts.work(session, random, 3, tables);
          commits += 3;
        }
      } catch (Exception e) {
        failure.set(e);
      }
    }

    void awaitMore(int count) {
      int before = commits;
      Deadline.in(Parts.LIMIT)
          .await("commits", () -> commits >= before + count || failure.get() != null);
    }

    void finish() throws Exception {
      stop.countDown();
      thread.join();
      if (failure.get() != null) {
        throw failure.get();
      }
    }
  }
}

package dev.belay.cli.demo;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectRestException;
import dev.belay.testkit.connect.ConnectorStatus;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Shows each second how things are, from the target's checkpoint and Connect's REST interface, as
 * an operator could. One thread, started and stopped by the demo; it raises the alarm when the
 * connector has failed.
 */
final class Progress {

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Duration BEAT = Duration.ofSeconds(1);

  private final Workload workload;
  private final TargetGauge gauge;
  private final ConnectRest rest;
  private final String bootstrapServers;
  private final Narrator narrator;
  private final Clock clock;
  private final Thread thread;
  private final CountDownLatch stopping = new CountDownLatch(1);

  Progress(
      Workload workload,
      TargetGauge gauge,
      ConnectRest rest,
      String bootstrapServers,
      Narrator narrator,
      Clock clock,
      Alarm alarm) {
    this.workload = workload;
    this.gauge = gauge;
    this.rest = rest;
    this.bootstrapServers = bootstrapServers;
    this.narrator = narrator;
    this.clock = clock;
    this.thread = alarm.guard("progress", this::show);
  }

  void start() {
    thread.start();
  }

  void stop() throws InterruptedException {
    stopping.countDown();
    thread.join();
  }

  private void show() throws SQLException, InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      long rows = gauge.read().rowsWritten();
      long transactions = workload.committed();
      long at = System.nanoTime();
      while (!stopping.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
        TargetGauge.Reading now = gauge.read();
        long transactionsNow = workload.committed();
        double seconds = (System.nanoTime() - at) / 1e9;
        at += (long) (seconds * 1e9);
        narrator.progress(
            String.format(
                Locale.ROOT,
                "%4.0f tx/s  %5.0f rows/s  %s behind  frontier %s  %s",
                (transactionsNow - transactions) / seconds,
                (now.rowsWritten() - rows) / seconds,
                behind(now.frontier()),
                now.frontier().map(Progress::time).map(CLOCK::format).orElse("none yet"),
                isUp() ? "lag " + Math.max(0, ends(admin) - now.records()) : "worker down"));
        rows = now.rowsWritten();
        transactions = transactionsNow;
      }
    }
  }

  private String behind(Optional<HlcTimestamp> frontier) {
    return frontier
        .map(
            reached ->
                String.format(
                    Locale.ROOT,
                    "%.1f s",
                    Math.max(0, Duration.between(time(reached), clock.instant()).toMillis())
                        / 1000.0))
        .orElse("?");
  }

  private static Instant time(HlcTimestamp reading) {
    return Instant.ofEpochSecond(0, reading.wallNanos());
  }

  /** How many records the topics have, were none deleted. */
  private static long ends(Admin admin) throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (String table : Shop.TABLES) {
      for (int partition = 0; partition < Failback.PARTITIONS; partition++) {
        wanted.put(new TopicPartition(table, partition), OffsetSpec.latest());
      }
    }
    return admin.listOffsets(wanted).all().get().values().stream()
        .mapToLong(ListOffsetsResultInfo::offset)
        .sum();
  }

  /**
   * Whether the worker answers.
   *
   * @throws DemoFailure if the connector has failed
   */
  private boolean isUp() {
    try {
      rest.status(Failback.CONNECTOR)
          .flatMap(ConnectorStatus::failure)
          .ifPresent(
              trace -> {
                throw new DemoFailure("The connector failed:\n" + trace);
              });
      return true;
    } catch (UncheckedIOException | ConnectRestException down) {
      return false;
    }
  }
}

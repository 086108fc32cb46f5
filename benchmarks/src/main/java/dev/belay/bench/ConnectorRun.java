package dev.belay.bench;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A connector in a Connect worker of its own: a worker is started, a first connector takes the
 * warm-up and is deleted, then the one that counts is made and watched.
 */
final class ConnectorRun {

  private static final Duration START_PATIENCE = Duration.ofMinutes(2);

  /** For every worker; the rest is Connect's and the testkit's. */
  static final List<String> JVM_OPTIONS = List.of("-Xmx1g");

  /** For every connector: large polls, so that the connector and not Kafka limits the batch. */
  static final Map<String, String> CONSUMER =
      Map.of(
          "consumer.override.max.poll.records", "10000",
          "consumer.override.fetch.min.bytes", "1048576",
          "consumer.override.fetch.max.wait.ms", "100",
          "consumer.override.max.partition.fetch.bytes", "8388608",
          "consumer.override.auto.offset.reset", "earliest");

  private ConnectorRun() {}

  /** The settings of a connector for a workload. */
  @FunctionalInterface
  interface Settings {
    Map<String, String> of(Workload workload, String jdbcUrl);
  }

  static Result run(String name, String pluginFolder, Settings settings, Race race)
      throws IOException, SQLException {
    Stage stage = race.stage();
    String database = stage.freshDatabase();
    String url = stage.server().jdbcUrl(database);
    try (TargetTable warm = TargetTable.create(stage.server(), database, race.warmUp());
        TargetTable table = TargetTable.create(stage.server(), database, race.workload());
        ConnectWorker worker = startWorker(name, pluginFolder, race)) {
      ConnectRest rest = worker.rest();
      warmUp(name + "-warm-up", settings.of(race.warmUp(), url), rest, warm);
      rest.create(name, settings.of(race.workload(), url));
      rest.awaitRunning(name, START_PATIENCE);
      Stopwatch watch = Stopwatch.start(worker.pid(), stage.server().pid());
      Stopwatch.Reading reading = watch.awaitFinish(table, () -> stillRunning(rest, name));
      delete(rest, name);
      worker.stop();
      return new Result(
          name, race.workload().records(), reading, table.written(), table.fingerprint());
    } finally {
      stage.drop(database);
    }
  }

  private static ConnectWorker startWorker(String name, String pluginFolder, Race race)
      throws IOException {
    List<String> options = new ArrayList<>(JVM_OPTIONS);
    race.recording(name)
        .ifPresent(
            file ->
                options.add(
                    "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + file));
    return ConnectWorker.in(
            race.stage().folder("connect-" + name), race.stage().kafka().bootstrapServers())
        .properties(
            Map.of(
                "plugin.path", race.plugins().resolve(pluginFolder).toString(),
                "group.id", "workers-" + name,
                "config.storage.topic", "config-" + name,
                "offset.storage.topic", "offset-" + name,
                "status.storage.topic", "status-" + name))
        .jvmOptions(options)
        .logLevel("warn")
        .start();
  }

  private static void warmUp(
      String name, Map<String, String> settings, ConnectRest rest, TargetTable table) {
    rest.create(name, settings);
    rest.awaitRunning(name, START_PATIENCE);
    Deadline.in(Duration.ofMinutes(30))
        .await(
            "the warm-up of " + name + " is in the target",
            () -> {
              stillRunning(rest, name);
              return table.isFinished();
            });
    delete(rest, name);
  }

  private static void delete(ConnectRest rest, String name) {
    rest.delete(name);
    Deadline.in(START_PATIENCE)
        .await("connector " + name + " is gone", () -> rest.status(name).isEmpty());
  }

  private static void stillRunning(ConnectRest rest, String name) {
    rest.status(name)
        .flatMap(status -> status.failure())
        .ifPresent(
            trace -> {
              throw new BenchFailure("Connector " + name + " has failed:\n" + trace);
            });
  }
}

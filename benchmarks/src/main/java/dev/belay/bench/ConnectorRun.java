package dev.belay.bench;

import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A connector in a Connect worker of its own: a worker is started, a first connector takes the
 * warm-up and is deleted, then the one that counts is made and watched.
 */
final class ConnectorRun {

  private static final Duration START_PATIENCE = Duration.ofMinutes(2);
  private static final Duration WARM_UP_PATIENCE = Duration.ofMinutes(30);

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

  /** The settings of a connector for these workloads. */
  @FunctionalInterface
  interface Settings {
    Map<String, String> of(List<Workload> workloads, String jdbcUrl);
  }

  static Result run(String name, String pluginFolder, Settings settings, Race race)
      throws IOException, SQLException {
    Stage stage = race.stage();
    String database = stage.freshDatabase();
    // A name that was never used: its consumer group has no offsets.
    String connector = name + "-" + database;
    List<Workload> warmUps = List.of(race.warmUp());
    try (Route route = Route.to(stage, database, race.delay());
        TargetTables warm = TargetTables.create(stage.engine(), stage.server(), database, warmUps);
        TargetTables tables =
            TargetTables.create(stage.engine(), stage.server(), database, race.workloads());
        ConnectWorker worker = startWorker(connector, pluginFolder, race, race.recording(name))) {
      ConnectRest rest = worker.rest();
      warmUp(connector + "-warm-up", settings.of(warmUps, route.url()), rest, warm);
      rest.create(connector, settings.of(race.workloads(), route.url()));
      rest.awaitRunning(connector, START_PATIENCE);
      tables.begin();
      Stopwatch watch = Stopwatch.start(worker.pid(), stage.server().pid());
      Stopwatch.Reading reading = watch.awaitFinish(tables, () -> stillRunning(rest, connector));
      delete(rest, connector);
      worker.stop();
      return new Result(name, race.records(), reading, tables.written(), tables.fingerprint());
    } finally {
      stage.drop(database);
    }
  }

  /** The way of a connector to its database. */
  private record Route(String url, List<DelayProxy> proxies) implements AutoCloseable {

    static Route to(Stage stage, String database, Duration delay) throws IOException {
      if (delay.isZero()) {
        return new Route(stage.server().jdbcUrl(database), List.of());
      }
      DelayProxy proxy = DelayProxy.start(stage.server().port(), delay);
      String port = ":" + stage.server().port() + "/";
      String url = stage.server().jdbcUrl(database).replace(port, ":" + proxy.port() + "/");
      return new Route(url, List.of(proxy));
    }

    @Override
    public void close() throws IOException {
      for (DelayProxy proxy : proxies) {
        proxy.close();
      }
    }
  }

  static ConnectWorker startWorker(
      String name, String pluginFolder, Race race, Optional<Path> recording) throws IOException {
    List<String> options = new ArrayList<>(JVM_OPTIONS);
    options.addAll(race.tuning().jvm());
    recording.ifPresent(
        file ->
            options.add(
                "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + file));
    return ConnectWorker.in(race.stage().folder(name), race.stage().kafka().bootstrapServers())
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
      String name, Map<String, String> settings, ConnectRest rest, TargetTables tables) {
    rest.create(name, settings);
    rest.awaitRunning(name, START_PATIENCE);
    Deadline.in(WARM_UP_PATIENCE)
        .await(
            "the warm-up of " + name + " is in the target",
            () -> {
              stillRunning(rest, name);
              return tables.isFinished();
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

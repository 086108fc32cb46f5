package dev.belay.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Belay's packaged sink with its default settings and the same large polls as the others.
 *
 * @param mode a word of {@code delivery.mode}
 * @param tasks {@code tasks.max}; more than one in mode immediate only
 */
record BelayContestant(String mode, int tasks) implements Contestant {

  @Override
  public String name() {
    return "belay-" + mode + (tasks == 1 ? "" : "-" + tasks);
  }

  @Override
  public String description() {
    return "Belay sink, delivery.mode="
        + mode
        + ", "
        + tasks
        + (tasks == 1 ? " task" : " tasks")
        + "; CockroachDB's JSON, envelope wrapped, updated, resolved";
  }

  @Override
  public Set<Prefill.Form> reads() {
    return Set.of(Prefill.Form.CHANGEFEED);
  }

  @Override
  public Result run(Race race) throws IOException, SQLException {
    return ConnectorRun.run(
        name(),
        race.stage().engine().belayPlugin(),
        (workloads, url) -> settings(race, workloads, url),
        race);
  }

  private Map<String, String> settings(Race race, List<Workload> workloads, String url) {
    Map<String, String> settings = new HashMap<>(ConnectorRun.CONSUMER);
    settings.put("connector.class", "dev.belay.sink.BelaySinkConnector");
    settings.put("tasks.max", Integer.toString(tasks));
    settings.put(
        "topics",
        workloads.stream()
            .map(workload -> Prefill.topic(Prefill.Form.CHANGEFEED, workload))
            .collect(Collectors.joining(",")));
    String bytes = "org.apache.kafka.connect.converters.ByteArrayConverter";
    settings.put("key.converter", bytes);
    settings.put("value.converter", bytes);
    settings.put("consumer.override.isolation.level", "read_committed");
    // Its best: it gathers windows by itself, and large fetches only fill the heap.
    settings.put("consumer.override.max.poll.records", "2500");
    settings.put("consumer.override.fetch.min.bytes", "1");
    settings.put("consumer.override.max.partition.fetch.bytes", "1048576");
    settings.put("delivery.mode", mode);
    settings.put("target.connection.url", url);
    settings.put("target.connection.user", race.stage().server().superuser());
    settings.put("kafka.admin.bootstrap.servers", race.stage().kafka().bootstrapServers());
    settings.putAll(race.tuning().belay());
    return settings;
  }
}

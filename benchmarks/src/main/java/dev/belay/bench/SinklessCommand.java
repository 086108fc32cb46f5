package dev.belay.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.Trees;
import dev.belay.testkit.connect.ConnectRest;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast one task of the source connector reads a feed over SQL and writes it to Kafka. */
@Command(
    name = "sinkless",
    description = {
      "Fills the CockroachDB stand-in with rows, then lets one task with feed.delivery=sinkless read"
          + " all of them into Kafka.",
      "",
      "The time is from the first row that readers of committed records can see to the last, so that"
          + " neither the start of a worker nor the wait for the first resolved time is in it; the whole"
          + " time from the creation of the connector is printed beside it. A first connector takes as"
          + " many rows before, as a warm-up."
    },
    mixinStandardHelpOptions = true)
final class SinklessCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
  private static final int ROWS_OF_A_STATEMENT = 1_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--rows",
      defaultValue = "1000000",
      description = "Rows to read (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--partitions",
      defaultValue = "4",
      description = "Partitions of the topic (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--at-least-once",
      description = "A worker without exactly-once, which is on unless this is given.")
  private boolean atLeastOnce;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the connector to try; may be repeated.")
  private Map<String, String> settings = Map.of();

  @Option(names = "--json", description = "Print the result as JSON as well.")
  private boolean json;

  /**
   * What was measured.
   *
   * @param whole from the creation of the connector
   * @param writing from the first row seen to the last
   * @param cpu of the worker meanwhile
   */
  private record Reading(long rows, Duration whole, Duration writing, Duration cpu) {
    double rowsPerSecond() {
      return rows / (writing.toNanos() / 1e9);
    }
  }

  @Override
  public Integer call() throws IOException, SQLException {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("belay-bench-");
    try (StandIn cluster = StandIn.builder().rowsKept(rows + ROWS_OF_A_STATEMENT).start();
        KafkaProcess kafka = KafkaProcess.start(folder.resolve("kafka"))) {
      String cursor = cluster.now().toString();
      fill(cluster);
      out.printf(Locale.ROOT, "%d rows are ready%n", rows);
      try (ConnectWorker worker = worker(folder, kafka)) {
        run("warm-up", cluster, kafka, worker, cursor);
        Reading reading = run("sinkless", cluster, kafka, worker, cursor);
        print(out, reading);
      }
    } finally {
      Trees.delete(folder);
    }
    return 0;
  }

  private void print(PrintWriter out, Reading reading) {
    out.printf(
        Locale.ROOT,
        "%s: %.0f rows/s, %d rows in %.1f s (%.1f s with reading up to the first resolved time),"
            + " worker CPU %.1f s%n",
        atLeastOnce ? "at least once" : "exactly once",
        reading.rowsPerSecond(),
        reading.rows(),
        reading.writing().toMillis() / 1e3,
        reading.whole().toMillis() / 1e3,
        reading.cpu().toMillis() / 1e3);
    if (json) {
      ObjectNode result = new JsonMapper().createObjectNode();
      result
          .put("rows", reading.rows())
          .put("rows_per_second", Math.round(reading.rowsPerSecond()));
      result.put("writing_ms", reading.writing().toMillis());
      result.put("whole_ms", reading.whole().toMillis()).put("cpu_ms", reading.cpu().toMillis());
      result.put("exactly_once", !atLeastOnce).put("partitions", partitions);
      out.println(result);
    }
  }

  private ConnectWorker worker(Path folder, KafkaProcess kafka) throws IOException {
    return ConnectWorker.in(folder.resolve("connect"), kafka.bootstrapServers())
        .properties(
            Map.of(
                "plugin.path",
                Plugins.folder().resolve("belay-source").toString(),
                "exactly.once.source.support",
                atLeastOnce ? "disabled" : "enabled"))
        .jvmOptions(ConnectorRun.JVM_OPTIONS)
        .logLevel("warn")
        .start();
  }

  private void fill(StandIn cluster) throws SQLException {
    try (Connection session = cluster.connect();
        Statement statement = session.createStatement()) {
      statement.execute(
          "CREATE TABLE orders (id INT PRIMARY KEY, customer STRING, total DECIMAL, at TIMESTAMPTZ,"
              + " note STRING)");
      for (int from = 0; from < rows; from += ROWS_OF_A_STATEMENT) {
        statement.execute(
            "INSERT INTO orders SELECT i, 'customer ' || i % 1000, i * 0.01, now(), repeat('n', 80)"
                + " FROM generate_series("
                + from
                + ", "
                + (Math.min(rows, from + ROWS_OF_A_STATEMENT) - 1)
                + ") i");
      }
      // the capture has them, too
      cluster.now();
    }
  }

  private Reading run(
      String name, StandIn cluster, KafkaProcess kafka, ConnectWorker worker, String cursor) {
    ConnectRest rest = worker.rest();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
      Duration cpu = CpuMeter.ofProcess(worker.pid());
      long begin = System.nanoTime();
      rest.create(name, connector(name, cluster, kafka, cursor));
      rest.awaitRunning(name, PATIENCE);
      String topic = name + ".defaultdb.public.orders";
      long[] first = {0, 0};
      long[] seen = {0};
      Deadline.in(PATIENCE)
          .await(
              "all rows are in Kafka",
              () -> {
                rest.status(name)
                    .flatMap(status -> status.failure())
                    .ifPresent(
                        trace -> {
                          throw new BenchFailure("The connector has failed:\n" + trace);
                        });
                seen[0] = committed(consumer, topic);
                if (seen[0] > 0 && first[0] == 0) {
                  first[0] = System.nanoTime();
                  first[1] = seen[0];
                }
                return seen[0] >= rows;
              });
      long end = System.nanoTime();
      Reading reading =
          new Reading(
              rows - first[1],
              Duration.ofNanos(end - begin),
              Duration.ofNanos(end - first[0]),
              CpuMeter.ofProcess(worker.pid()).minus(cpu));
      rest.delete(name);
      Deadline.in(PATIENCE).await("the connector is gone", () -> rest.status(name).isEmpty());
      return reading;
    }
  }

  private Map<String, String> connector(
      String name, StandIn cluster, KafkaProcess kafka, String cursor) {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    config.put("key.converter", BYTES);
    config.put("value.converter", BYTES);
    config.put("tasks.max", "1");
    config.put("source.connection.url", cluster.url());
    config.put("source.connection.user", StandIn.USER);
    config.put("feed.delivery", "sinkless");
    config.put("feed.tables", "orders");
    config.put("feed.initial.scan", "no");
    config.put("feed.cursor", cursor);
    config.put("feed.topic.prefix", name + ".");
    config.put("feed.buffer.bytes", "536870912");
    config.put("topic.partitions", Integer.toString(partitions));
    config.put("kafka.admin.bootstrap.servers", kafka.bootstrapServers());
    // as config/source advises for much data: one request for many rows
    config.put("producer.override.batch.size", "524288");
    config.put("producer.override.linger.ms", "20");
    config.putAll(settings);
    return config;
  }

  private static KafkaConsumer<byte[], byte[]> consumer(KafkaProcess kafka) {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            kafka.bootstrapServers(),
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  /** Records that readers can see: the rows, and some few of resolved times and transactions. */
  private long committed(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    if (consumer.partitionsFor(topic).size() < partitions) {
      return 0;
    }
    List<TopicPartition> all =
        IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
    return consumer.endOffsets(all).values().stream().mapToLong(Long::longValue).sum();
  }
}

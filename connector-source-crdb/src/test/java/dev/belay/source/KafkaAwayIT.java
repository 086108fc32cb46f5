package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** The brokers do not answer the task's admin client when it starts. */
class KafkaAwayIT extends SourceCase {
  private static final String NO_STATUS = "No status can be told yet";

  @Test
  void jobsAreMadeMeanwhileAndTheirStatusComesAfterwards() throws Exception {
    int port = LoopbackPort.free();
    Map<String, String> settings = Map.of("kafka.admin.bootstrap.servers", "127.0.0.1:" + port);
    long first;
    try (Way toKafka = new Way(port)) {
      create(settings);
      first = awaitRunning().id();
      awaitStatus("RUNNING");
      eventually(() -> assertThat(PARTS.worker().rest().offsets(name).path("offsets")).hasSize(1));
      PARTS.worker().rest().stop(name);
      PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
      moveTo(standIn().now().toString());
      assertThat(toKafka.connections()).isPositive();
    }
    PARTS.worker().rest().resume(name);
    eventually(
        () ->
            assertThat(live())
                .singleElement()
                .matches(job -> job.id() != first && job.highWater().isPresent()));
    JobStatus second = awaitRunning();
    assertThat(topics.values("belay-status")).noneMatch(value -> value.contains("" + second.id()));
    try (Way toKafka = new Way(port)) {
      eventually(
          () ->
              assertThat(topics.values("belay-status"))
                  .anyMatch(
                      value ->
                          value.contains("\"job\":\"" + second.id() + "\"")
                              && value.contains("\"state\":\"RUNNING\"")));
      assertThat(toKafka.connections()).isPositive();
    }
  }

  private void moveTo(String cursor) {
    ObjectNode body = new JsonMapper().createObjectNode();
    ObjectNode entry = body.putArray("offsets").addObject();
    entry.putObject("partition").put("feed", name).put("table", topic());
    entry.putObject("offset").put("cursor", cursor);
    PARTS.worker().rest().alterOffsets(name, body);
  }

  @Test
  void offsetsAreNotDeletedWhereNobodyCanNoteIt() throws Exception {
    int port = LoopbackPort.free();
    long job;
    try (Way toKafka = new Way(port)) {
      create(Map.of("kafka.admin.bootstrap.servers", "127.0.0.1:" + port));
      job = awaitRunning().id();
      eventually(() -> assertThat(PARTS.worker().rest().offsets(name).path("offsets")).hasSize(1));
      PARTS.worker().rest().stop(name);
      PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
      assertThat(toKafka.connections()).isPositive();
    }
    assertThatThrownBy(() -> PARTS.worker().rest().resetOffsets(name))
        .hasMessageContaining("The status topic must keep a note")
        .hasMessageContaining("Nothing was changed.");
    assertThat(standIn().job(job).orElseThrow().state()).isEqualTo(JobState.RUNNING);
    assertThat(PARTS.worker().rest().offsets(name).path("offsets")).hasSize(1);
  }

  @Test
  void aTaskFailsWhenItsStatusIsToldAndNotBefore() throws Exception {
    int port = LoopbackPort.free();
    long job;
    try (Way toKafka = new Way(port)) {
      create(Map.of("kafka.admin.bootstrap.servers", "127.0.0.1:" + port));
      job = awaitRunning().id();
      eventually(() -> assertThat(PARTS.worker().rest().offsets(name).path("offsets")).hasSize(1));
      PARTS.worker().rest().stop(name);
      PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
      standIn().cancel(job);
      eventually(
          () -> assertThat(standIn().job(job).orElseThrow().state()).isEqualTo(JobState.CANCELED));
      assertThat(toKafka.connections()).isPositive();
    }
    PARTS.worker().rest().resume(name);
    String reason = "The task fails as soon as Kafka takes its status: Job " + job;
    eventually(() -> assertThat(logged(reason)).isPositive());
    assertThat(PARTS.worker().rest().awaitRunning(name, LIMIT).failure()).isEmpty();
    assertThat(topics.values("belay-status"))
        .noneMatch(value -> value.contains(name) && value.contains("NEEDS_ACTION"));
    try (Way toKafka = new Way(port)) {
      assertThat(awaitStatus("NEEDS_ACTION").path("error").asText()).contains("cancelled");
      assertThat(PARTS.worker().rest().awaitTaskFailure(name, LIMIT))
          .contains("was cancelled by a person");
      assertThat(toKafka.connections()).isPositive();
    }
  }

  @Test
  void theStatusTopicOfATaskThatReadsIsMadeWhenKafkaIsBack() throws Exception {
    int port = LoopbackPort.free();
    String status = "status-" + name;
    Map<String, String> config = settings();
    config.remove("feed.sink.uri");
    config.remove("supervise.interval.ms");
    config.put("feed.delivery", "sinkless");
    config.put("status.topic", status);
    config.put("kafka.admin.bootstrap.servers", "127.0.0.1:" + port);
    try (Way toKafka = new Way(port)) {
      PARTS.worker().rest().create(name, config);
      awaitRow("before");
      PARTS.worker().rest().stop(name);
      PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
      assertThat(toKafka.connections()).isPositive();
    }
    try (Topics topics = new Topics(PARTS.kafka().bootstrapServers())) {
      topics.delete(status);
      long before = logged(NO_STATUS);
      PARTS.worker().rest().resume(name);
      eventually(() -> assertThat(logged(NO_STATUS)).isGreaterThan(before));
      assertThat(topics.describe(status)).isEmpty();
      try (Way toKafka = new Way(port)) {
        eventually(
            () ->
                assertThat(this.topics.values(status))
                    .anyMatch(value -> value.contains("\"state\":\"RUNNING\"")));
        assertThat(toKafka.connections()).isPositive();
      }
    }
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", PARTS.kafka().bootstrapServers()))) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, status);
      assertThat(
              admin
                  .describeConfigs(List.of(resource))
                  .all()
                  .get()
                  .get(resource)
                  .get("cleanup.policy")
                  .value())
          .isEqualTo("compact");
    }
    sql("INSERT INTO " + name + " VALUES (2, 'after it')");
    awaitRow("after it");
  }

  @Test
  void aTaskThatReadsAsksAgainUntilTheNameOfABrokerIsKnown() throws Exception {
    String broker = "broker-of-" + name;
    String port = PARTS.kafka().bootstrapServers().split(":")[1];
    Map<String, String> config = settings();
    config.remove("feed.sink.uri");
    config.remove("supervise.interval.ms");
    config.put("feed.delivery", "sinkless");
    config.put("kafka.admin.bootstrap.servers", broker + ":" + port);
    String known = Files.readString(PARTS.hosts());
    Files.writeString(PARTS.hosts(), known + "127.0.0.1 " + broker + "\n");
    PARTS.worker().rest().create(name, config);
    awaitRow("before");
    PARTS.worker().rest().stop(name);
    PARTS.worker().rest().awaitState(name, State.STOPPED, LIMIT);
    Files.writeString(PARTS.hosts(), known);
    long before = logged("No resolvable bootstrap urls");
    PARTS.worker().rest().resume(name);
    eventually(() -> assertThat(logged("No resolvable bootstrap urls")).isGreaterThan(before));
    sql("INSERT INTO " + name + " VALUES (2, 'after it')");
    assertThat(PARTS.worker().rest().awaitRunning(name, LIMIT).failure()).isEmpty();
    Files.writeString(PARTS.hosts(), known + "127.0.0.1 " + broker + "\n");
    awaitRow("after it");
  }

  /** Passes connections on to the broker until it is closed. Its threads end with their sockets. */
  private static final class Way implements AutoCloseable {
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int connections;

    Way(int port) throws IOException {
      server = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
      start(this::accept);
    }

    int connections() {
      return connections;
    }

    private void accept() {
      try {
        while (true) {
          Socket client = server.accept();
          sockets.add(client);
          connections++;
          String[] address = PARTS.kafka().bootstrapServers().split(":");
          Socket broker = new Socket(address[0], Integer.parseInt(address[1]));
          sockets.add(broker);
          start(() -> pass(client, broker));
          start(() -> pass(broker, client));
        }
      } catch (IOException closed) {
        // by the test
      }
    }

    private static void pass(Socket from, Socket to) {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException closed) {
        // by either side, or by the test
      }
    }

    private static void start(Runnable work) {
      Thread thread = new Thread(work, "way-to-kafka");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void close() {
      try {
        server.close();
        for (Socket socket : sockets) {
          socket.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

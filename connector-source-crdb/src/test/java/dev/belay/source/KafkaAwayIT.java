package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The brokers do not answer the task's admin client when it starts. */
class KafkaAwayIT extends SourceCase {

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
      PARTS.worker().rest().resetOffsets(name);
      eventually(
          () ->
              assertThat(standIn().job(first).orElseThrow().state()).isEqualTo(JobState.CANCELED));
      assertThat(toKafka.connections()).isPositive();
    }
    PARTS.worker().rest().resume(name);
    JobStatus second = awaitRunning();
    assertThat(second.id()).isNotEqualTo(first);
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

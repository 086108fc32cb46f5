package dev.belay.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that a real worker gives seldom. */
class ConnectClientTest {
  private HttpServer server;
  private final List<String> authorizations = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private ConnectClient client() throws IOException {
    return new ConnectClient(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"),
        Optional.of("operator:not to be seen"),
        Optional.empty());
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void connectorWhosePluginIsGoneHidesNoOther() throws Exception {
    server.createContext(
        "/connectors",
        exchange ->
            answer(
                exchange,
                200,
                """
                {"lost": {"info": {"config": {"connector.class": "com.example.Gone"}},
                  "status": {"connector": {"state": "FAILED"}, "tasks": [], "type": "unknown"}},
                 "back": {"info": {"config": {"connector.class": "dev.belay.sink.BelaySinkConnector"}},
                  "status": {"connector": {"state": "RUNNING"}, "type": "sink",
                    "tasks": [{"id": 0, "state": "RUNNING", "worker_id": "a:1"}]}}}
                """));

    List<Connector> connectors = client().connectors();

    assertThat(connectors).extracting(Connector::name).containsExactly("back", "lost");
    assertThat(connectors.get(0).isRunning()).isTrue();
    assertThat(connectors.get(1).kind()).isEqualTo(Connector.Kind.UNKNOWN);
  }

  @Test
  void ofFailedTasksOnlyWordsWithoutValuesAreTold() throws Exception {
    server.createContext(
        "/connectors",
        exchange ->
            answer(
                exchange,
                200,
                """
                {"ours": {"info": {"config": {"connector.class": "dev.belay.sink.BelaySinkConnector"}},
                  "status": {"connector": {"state": "RUNNING"}, "type": "sink", "tasks": [{"id": 0,
                    "state": "FAILED", "worker_id": "a:1", "trace":
                    "org.apache.kafka.connect.errors.ConnectException: outer\\n\\tat x.Y\\nCaused by: dev.belay.sink.failure.StopException: Mend it.\\n\\tat x.Y\\n"}]}},
                 "theirs": {"info": {"config": {"connector.class": "io.debezium.connector.mysql.MySqlConnector"}},
                  "status": {"connector": {"state": "RUNNING"}, "type": "source", "tasks": [{"id": 0,
                    "state": "FAILED", "worker_id": "a:1", "trace":
                    "x.OuterException: 'a value'\\nCaused by: x.InnerException: another value\\n"}]}}}
                """));

    List<Connector> connectors = client().connectors();

    assertThat(connectors.get(0).tasks().get(0).trouble()).isEqualTo("Mend it.");
    assertThat(connectors.get(1).tasks().get(0).trouble()).isEqualTo("InnerException");
  }

  @Test
  void rebalancesAreWaitedFor() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    server.createContext(
        "/connectors/back/stop",
        exchange ->
            answer(
                exchange,
                List.of(409, 500, 200).get(asked.getAndIncrement()),
                "{\"message\":\"Request cannot be completed because a rebalance is expected\"}"));

    client().stop("back");

    assertThat(asked).hasValue(3);
  }

  @Test
  void credentialsDoNotFollowARedirect() throws Exception {
    server.createContext(
        "/elsewhere",
        exchange -> {
          authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
          answer(exchange, 200, "{}");
        });
    server.createContext(
        "/connectors",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          answer(exchange, 302, "");
        });

    assertThatThrownBy(() -> client().connectors())
        .isInstanceOf(ConnectFailure.class)
        .hasMessageContaining("answers 302")
        .hasMessageContaining("It sends elsewhere, and is not followed")
        .hasMessageNotContaining("not to be seen");
    assertThat(authorizations).isEmpty();
  }

  @Test
  void somethingElseThanConnectIsToldSo() throws Exception {
    server.createContext("/connectors", exchange -> answer(exchange, 200, "<html>"));
    assertThatThrownBy(() -> client().connectors()).hasMessageContaining("does not answer in JSON");
  }

  @Test
  void aMissingConnectorIsNone() throws Exception {
    server.createContext(
        "/connectors",
        exchange -> answer(exchange, 404, "{\"message\": \"Connector x not found\"}"));
    assertThat(client().connector("x")).isEmpty();
  }
}

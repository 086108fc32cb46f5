package dev.belay.sink.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.belay.sink.failure.StopException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaRegistryTest {
  private static final String SCHEMA = "{\"schema\":\"{\\\"type\\\":\\\"string\\\"}\"}";

  private final List<HttpServer> servers = new ArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** A server that gives everybody one answer. */
  private String server(int status, String body) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    servers.add(server);
    return "http://localhost:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  private static SchemaRegistry registry(String... urls) {
    return new SchemaRegistry(
        new Access(
            List.of(urls),
            Optional.of("Basic c2VjcmV0"),
            Optional.empty(),
            Duration.ofSeconds(30)));
  }

  @Test
  void schemaIsFetchedOnceWithCredentials() throws Exception {
    SchemaRegistry registry = registry(server(200, SCHEMA) + "/base");

    assertThat(registry.schema(7)).isEqualTo("{\"type\":\"string\"}");
    assertThat(registry.schema(7)).isEqualTo("{\"type\":\"string\"}");

    assertThat(asked).containsExactly("/base/schemas/ids/7 [Basic c2VjcmV0]");
  }

  @Test
  void idsAreUnsigned() throws Exception {
    registry(server(200, SCHEMA)).schema(-1);

    assertThat(asked.get(0)).startsWith("/schemas/ids/4294967295 ");
  }

  @Test
  void serverInTroubleIsPassedOver() throws Exception {
    String sick = server(503, "");
    String well = server(200, SCHEMA);

    assertThat(registry(sick, nobody(), well).schema(1)).isEqualTo("{\"type\":\"string\"}");
  }

  @Test
  void noServerIsAnOutageThatNamesThem() throws Exception {
    String nobody = nobody();

    assertThatThrownBy(() -> registry(server(503, "trouble"), nobody).schema(1))
        .isInstanceOf(RegistryAwayException.class)
        .hasMessageContaining("no server of feed.schema.registry.url answers")
        .hasMessageContaining(nobody.substring("http://".length()));
    assertThat(registry(nobody).objection()).isPresent();
  }

  @Test
  void outageIsNotRemembered() throws Exception {
    HttpServer[] late = new HttpServer[1];
    String url = server(503, "");
    late[0] = servers.get(0);
    SchemaRegistry registry = registry(url);
    assertThatThrownBy(() -> registry.schema(1)).isInstanceOf(RegistryAwayException.class);

    late[0].removeContext("/");
    late[0].createContext(
        "/",
        exchange -> {
          byte[] bytes = SCHEMA.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });

    assertThat(registry.schema(1)).isEqualTo("{\"type\":\"string\"}");
  }

  @Test
  void unknownIdStopsWithWhatToDo() throws Exception {
    assertThatThrownBy(
            () -> registry(server(404, "{\"error_code\":40403,\"message\":\"no\"}")).schema(9))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("no schema of id 9")
        .hasMessageContaining("confluent_schema_registry")
        .hasMessageNotContaining("path");
    assertThatThrownBy(() -> registry(server(404, "<html>")).schema(9))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("/schemas/ids/9");
  }

  @Test
  void refusalNamesTheKeysAndNoSecret() throws Exception {
    SchemaRegistry registry = registry(server(401, "{}"));

    assertThatThrownBy(() -> registry.schema(9))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("basic.auth.user.info")
        .hasMessageNotContaining("c2VjcmV0");
    assertThat(registry.objection().orElseThrow()).contains("401").doesNotContain("c2VjcmV0");
  }

  @Test
  void registryWithoutTypesIsOneAllTheSame() throws Exception {
    assertThat(registry(server(404, "{}")).objection()).isEmpty();
    assertThat(registry(server(200, "[\"AVRO\"]")).objection()).isEmpty();
  }

  @Test
  void otherAnswersStop() throws Exception {
    for (String body :
        List.of("", "[]", "{\"schema\":", "{\"id\":3}", "{\"schema\":null}", "<html>")) {
      assertThatThrownBy(() -> registry(server(200, body)).schema(9))
          .as(body)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("is no schema registry");
    }
    assertThatThrownBy(
            () -> registry(server(200, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"x\"}")).schema(9))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("PROTOBUF");
    assertThatThrownBy(() -> registry(server(302, "")).schema(9))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("302");
  }

  private static String nobody() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://localhost:" + closed.getLocalPort();
    }
  }
}

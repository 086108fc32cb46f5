package dev.belay.testkit.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.tls.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * The part of a schema registry's HTTP interface that readers of messages use: {@code GET
 * /schemas/ids/N} and {@code GET /schemas/types}, answered as Confluent's documentation shows it.
 * It can be taken away and come back at the same address with what it knew. Any thread.
 */
public final class TestRegistry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int port = LoopbackPort.free();
  private final Optional<SSLContext> tls;
  private final Map<Integer, String> schemas = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();
  private volatile Optional<String> credentials = Optional.empty();
  private Optional<HttpServer> server = Optional.empty();

  private TestRegistry(Optional<SSLContext> tls) {
    this.tls = tls;
  }

  /** Begins to answer over HTTP. */
  public static TestRegistry start() {
    TestRegistry registry = new TestRegistry(Optional.empty());
    registry.comeBack();
    return registry;
  }

  /** Begins to answer over HTTPS. */
  public static TestRegistry startSecure(Authority.Identity identity)
      throws IOException, GeneralSecurityException {
    TestRegistry registry = new TestRegistry(Optional.of(identity.context()));
    registry.comeBack();
    return registry;
  }

  /** Answers only those who send this user and password from now on. */
  public void require(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    credentials = Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
  }

  public String url() {
    return (tls.isPresent() ? "https" : "http") + "://" + LoopbackPort.HOST + ":" + port;
  }

  /**
   * @return the id of the schema from now on
   */
  public int register(String schema) {
    int id = lastId.incrementAndGet();
    schemas.put(id, schema);
    return id;
  }

  /** Nobody answers any more. */
  public synchronized void goAway() {
    server.ifPresent(running -> running.stop(0));
    server = Optional.empty();
  }

  public synchronized void comeBack() {
    if (server.isPresent()) {
      return;
    }
    try {
      InetSocketAddress here =
          new InetSocketAddress(InetAddress.getByName(LoopbackPort.HOST), port);
      HttpServer starting;
      if (tls.isPresent()) {
        HttpsServer secure = HttpsServer.create(here, 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
        starting = secure;
      } else {
        starting = HttpServer.create(here, 0);
      }
      starting.createContext("/", this::answer);
      starting.start();
      server = Optional.of(starting);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String sent = exchange.getRequestHeaders().getFirst("Authorization");
      String path = exchange.getRequestURI().getPath();
      if (credentials.isPresent() && !credentials.get().equals(sent)) {
        send(exchange, 401, "{\"error_code\":401,\"message\":\"Unauthorized\"}");
      } else if (path.equals("/schemas/types")) {
        send(exchange, 200, "[\"AVRO\"]");
      } else if (path.matches("/schemas/ids/[0-9]{1,9}")) {
        String schema = schemas.get(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
        if (schema == null) {
          send(exchange, 404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
        } else {
          send(exchange, 200, JSON.writeValueAsString(Map.of("schema", schema)));
        }
      } else {
        send(exchange, 404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    goAway();
  }
}

package dev.belay.cli.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.cli.connect.Connector.Kind;
import dev.belay.cli.connect.Connector.Task;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks Kafka Connect by its REST interface. A cluster that rebalances, or whose leader is not known
 * at the moment, is asked again for a while. One thread.
 */
public final class ConnectClient {
  private static final Duration CONNECTING = Duration.ofSeconds(10);

  /** Connect itself gives a request up after 90 s. */
  private static final Duration ANSWER = Duration.ofSeconds(95);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final int CONFLICT = 409;
  private static final int NO_SERVICE = 503;
  private static final int NOT_FOUND = 404;
  private static final int FAILED = 500;
  private static final int LONGEST = 300;

  /** Of an exception's text: its class, a colon, what it says. */
  private static final Pattern FIRST_LINE = Pattern.compile("([\\w.$]+)(?:: (.*))?");

  private static final JsonMapper JSON = new JsonMapper();

  private final URI root;
  private final Optional<String> credentials;
  private final HttpClient http;

  /**
   * @param root ends in a slash
   * @param credentials user, colon, password
   * @param authorities a file of certificates in PEM
   * @throws IOException if the file cannot be used; the message is for the user
   */
  ConnectClient(URI root, Optional<String> credentials, Optional<Path> authorities)
      throws IOException {
    this.root = root;
    this.credentials = credentials;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECTING)
            // workers pass requests on themselves; credentials follow nobody's redirect
            .followRedirects(HttpClient.Redirect.NEVER);
    if (authorities.isPresent()) {
      builder.sslContext(trusting(authorities.get()));
    }
    this.http = builder.build();
  }

  private static SSLContext trusting(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
      known.load(null, null);
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        known.setCertificateEntry("ca" + number++, each);
      }
      if (number == 0) {
        throw new ConnectFailure(0, "--connect-ca " + file + " has no certificate in it.");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(known);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (ConnectFailure e) {
      throw e;
    } catch (IOException | GeneralSecurityException e) {
      throw new ConnectFailure(
          0, "--connect-ca " + file + " cannot be read as certificates in PEM.");
    }
  }

  /** For messages. */
  public String address() {
    return root.toString().replaceAll("/$", "");
  }

  /**
   * A connector's class that is installed.
   *
   * @param type the name of its class
   */
  public record Plugin(String type, String version) {}

  /** Of Kafka Connect. */
  public String version() throws IOException, InterruptedException {
    return ask("GET", "", Optional.empty()).path("version").asText("unknown");
  }

  /** All connectors that could be made. */
  public List<Plugin> plugins() throws IOException, InterruptedException {
    List<Plugin> plugins = new ArrayList<>();
    ask("GET", "connector-plugins", Optional.empty())
        .forEach(
            each ->
                plugins.add(
                    new Plugin(
                        each.path("class").asText(), each.path("version").asText("unknown"))));
    return plugins;
  }

  /** All connectors, by name. */
  public List<Connector> connectors() throws IOException, InterruptedException {
    JsonNode all = ask("GET", "connectors?expand=info&expand=status", Optional.empty());
    Map<String, Connector> connectors = new TreeMap<>();
    all.properties()
        .forEach(
            entry ->
                connectors.put(
                    entry.getKey(),
                    connector(
                        entry.getKey(),
                        entry.getValue().path("info").path("config"),
                        entry.getValue().path("status"))));
    return List.copyOf(connectors.values());
  }

  /** One connector; empty if there is none of that name. */
  public Optional<Connector> connector(String name) throws IOException, InterruptedException {
    try {
      JsonNode config = ask("GET", path(name, "/config"), Optional.empty());
      return Optional.of(
          connector(name, config, ask("GET", path(name, "/status"), Optional.empty())));
    } catch (ConnectFailure e) {
      if (e.status() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Connector connector(String name, JsonNode config, JsonNode status) {
    Map<String, String> settings = new TreeMap<>();
    config.properties().forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
    String type = settings.getOrDefault("connector.class", "");
    boolean isOurs =
        type.startsWith("dev.belay.")
            || type.equals("BelaySinkConnector")
            || type.equals("CockroachSourceConnector");
    List<Task> tasks = new ArrayList<>();
    status
        .path("tasks")
        .forEach(
            task ->
                tasks.add(
                    new Task(
                        task.path("id").asInt(),
                        task.path("state").asText("UNKNOWN"),
                        task.path("worker_id").asText(""),
                        trouble(task.path("trace").asText(""), isOurs))));
    return new Connector(
        name,
        settings,
        kind(status.path("type").asText("")),
        // until a worker has told, Connect has no status
        status.path("connector").path("state").asText("UNASSIGNED"),
        tasks);
  }

  /** Connect says unknown where the plugin is not installed. */
  private static Kind kind(String word) {
    return switch (word) {
      case "sink" -> Kind.SINK;
      case "source" -> Kind.SOURCE;
      default -> Kind.UNKNOWN;
    };
  }

  /** What the last cause says, of whose words no value is told; of others the class. */
  private static String trouble(String trace, boolean isOurs) {
    String last = "";
    for (String line : trace.lines().toList()) {
      if (!line.isBlank() && !Character.isWhitespace(line.charAt(0)) && !line.startsWith("\tat")) {
        last = line.replaceFirst("^Caused by: ", "");
      }
    }
    Matcher parts = FIRST_LINE.matcher(last);
    if (!parts.matches()) {
      return isOurs ? shortened(last) : "";
    }
    String kind = parts.group(1).substring(parts.group(1).lastIndexOf('.') + 1);
    boolean tells =
        isOurs
            && parts.group(2) != null
            && !parts.group(1).matches("java\\.sql\\..*|.*SQLException");
    return shortened(tells ? parts.group(2) : kind);
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }

  /**
   * What Connect and the plugin make of a configuration: for each key what is wrong with it.
   *
   * @param config with its name in it
   */
  public Map<String, List<String>> faults(Map<String, String> config)
      throws IOException, InterruptedException {
    JsonNode answer =
        ask(
            "PUT",
            "connector-plugins/" + encoded(config.get("connector.class")) + "/config/validate",
            Optional.of(JSON.valueToTree(config)));
    Map<String, List<String>> faults = new TreeMap<>();
    for (JsonNode each : answer.path("configs")) {
      List<String> errors = new ArrayList<>();
      each.path("value").path("errors").forEach(error -> errors.add(error.asText()));
      if (!errors.isEmpty()) {
        faults.put(each.path("value").path("name").asText(), errors);
      }
    }
    return faults;
  }

  /** Stops it: its tasks end, and its configuration and offsets stay. Kafka 3.5 and newer. */
  public void stop(String name) throws IOException, InterruptedException {
    ask("PUT", path(name, "/stop"), Optional.empty());
  }

  /** Lets a paused or stopped one go on. */
  public void resume(String name) throws IOException, InterruptedException {
    ask("PUT", path(name, "/resume"), Optional.empty());
  }

  /** Sets the whole configuration of a connector. */
  public void configure(String name, Map<String, String> config)
      throws IOException, InterruptedException {
    ask("PUT", path(name, "/config"), Optional.of(JSON.valueToTree(config)));
  }

  private static String path(String name, String end) {
    return "connectors/" + encoded(name) + end;
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode ask(String method, String path, Optional<JsonNode> body)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    while (true) {
      HttpResponse<String> answer = send(method, path, body);
      boolean passes =
          answer.statusCode() == CONFLICT
              || answer.statusCode() == NO_SERVICE
              // what a worker that is about to rebalance answers to some requests
              || answer.statusCode() == FAILED && answer.body().contains("rebalance is expected");
      if (passes && System.nanoTime() - began < PATIENCE.toNanos()) {
        Thread.sleep(PAUSE.toMillis());
      } else if (answer.statusCode() / 100 == 2) {
        return json(answer.body());
      } else {
        throw new ConnectFailure(answer.statusCode(), refusal(answer, path));
      }
    }
  }

  private HttpResponse<String> send(String method, String path, Optional<JsonNode> body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(root.resolve(path))
            .timeout(ANSWER)
            .header("Accept", "application/json")
            .method(
                method,
                body.map(json -> BodyPublishers.ofString(json.toString()))
                    .orElse(BodyPublishers.noBody()));
    body.ifPresent(json -> request.header("Content-Type", "application/json"));
    credentials.ifPresent(
        each ->
            request.header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(each.getBytes(StandardCharsets.UTF_8))));
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new ConnectFailure(
          0,
          "Kafka Connect does not answer at "
              + address()
              + " ("
              + reason
              + "). Is a worker up, and is --connect its REST address?");
    }
  }

  private String refusal(HttpResponse<String> answer, String path) {
    String said = "";
    try {
      said = json(answer.body()).path("message").asText("");
    } catch (IOException noJson) {
      // somebody between us and Connect
    }
    String hint =
        switch (answer.statusCode()) {
          case 301, 302, 303, 307, 308 ->
              " It sends elsewhere, and is not followed: give the address itself.";
          case 401, 403 -> " Give --connect-user and its password.";
          case NOT_FOUND ->
              path.startsWith("connectors/") ? "" : " Is this Connect's REST address?";
          default -> "";
        };
    return "Kafka Connect at "
        + address()
        + " answers "
        + answer.statusCode()
        + " to "
        + path.replaceFirst("\\?.*", "")
        + (said.isBlank() ? "." : ": " + shortened(said))
        + hint;
  }

  private JsonNode json(String body) throws IOException {
    try {
      return body == null || body.isBlank() ? JSON.createObjectNode() : JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new ConnectFailure(
          0, address() + " does not answer in JSON: is it Connect's REST address?");
    }
  }
}

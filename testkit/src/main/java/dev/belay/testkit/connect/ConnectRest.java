package dev.belay.testkit.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.connect.ConnectorStatus.TaskStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/**
 * The REST interface of a worker. A request which meets a rebalance (the worker answers 409) is
 * repeated for up to 30 seconds. May be called from any thread.
 *
 * <p>Methods throw {@link ConnectRestException} if the worker refuses, {@link UncheckedIOException}
 * if it cannot be reached.
 */
public final class ConnectRest {

  // Validation of a connector's settings may take the worker this long.
  private static final Duration ANSWER_WAIT = Duration.ofSeconds(100);
  private static final Duration REBALANCE_WAIT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<Consumer<String>> LISTENERS = new CopyOnWriteArrayList<>();
  private static final List<UnaryOperator<Map<String, String>>> EDITORS =
      new CopyOnWriteArrayList<>();

  private final URI root;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /**
   * @param root the worker's address, as {@code http://127.0.0.1:8083/}
   */
  public ConnectRest(URI root) {
    this.root = root;
  }

  /**
   * Hears the body of every answer of any worker from now on, for as long as this JVM lives; on the
   * thread that asks.
   */
  public static void onEveryAnswer(Consumer<String> listener) {
    LISTENERS.add(listener);
  }

  /** Gives the settings of every connector that is made or changed from now on, by those given. */
  public static void onEveryConnector(UnaryOperator<Map<String, String>> editor) {
    EDITORS.add(editor);
  }

  private static Map<String, String> edited(Map<String, String> config) {
    Map<String, String> edited = config;
    for (UnaryOperator<Map<String, String>> editor : EDITORS) {
      edited = editor.apply(edited);
    }
    return edited;
  }

  /**
   * A plugin the worker found.
   *
   * @param type source, sink, converter, header_converter, transformation or predicate
   */
  public record Plugin(String className, String type, String version) {}

  /**
   * The worker's opinion of a connector's settings.
   *
   * @param errors the messages of each key at fault, none for the others
   * @param recommended the values offered for each key that offers any
   */
  public record Validation(
      Map<String, List<String>> errors, Map<String, List<String>> recommended) {
    public boolean isValid() {
      return errors.isEmpty();
    }
  }

  /** Whether the worker has joined its group and takes requests; false if it cannot be reached. */
  public boolean isHealthy() {
    try {
      return exchange("GET", "health", Optional.empty()).statusCode() == 200;
    } catch (UncheckedIOException unreachable) {
      return false;
    }
  }

  /** Version and commit of the worker, and the id of its Kafka cluster. */
  public JsonNode about() {
    return request("GET", "");
  }

  /** Every plugin the worker found, in its order. */
  public List<Plugin> plugins() {
    List<Plugin> plugins = new ArrayList<>();
    for (JsonNode plugin : request("GET", "connector-plugins?connectorsOnly=false")) {
      plugins.add(
          new Plugin(
              plugin.path("class").asText(),
              plugin.path("type").asText(),
              plugin.path("version").asText()));
    }
    return plugins;
  }

  /**
   * Lets the worker validate settings; no connector is made.
   *
   * @param connectorClass name of the class or its short form; put among the settings by this
   *     method
   */
  public Validation validate(String connectorClass, Map<String, String> config) {
    Map<String, String> complete = new TreeMap<>(config);
    complete.put("connector.class", connectorClass);
    JsonNode answer =
        request(
            "PUT", "connector-plugins/" + encode(connectorClass) + "/config/validate", complete);
    Map<String, List<String>> errors = new LinkedHashMap<>();
    Map<String, List<String>> recommended = new LinkedHashMap<>();
    for (JsonNode field : answer.path("configs")) {
      JsonNode value = field.path("value");
      String key = value.path("name").asText();
      putIfAny(errors, key, value.path("errors"));
      putIfAny(recommended, key, value.path("recommended_values"));
    }
    return new Validation(errors, recommended);
  }

  /** Names of all connectors. */
  public List<String> connectors() {
    return texts(request("GET", "connectors"));
  }

  /** Makes a connector; there must be none of this name. It is not up yet on return. */
  public void create(String name, Map<String, String> config) {
    request("POST", "connectors", Map.of("name", name, "config", edited(config)));
  }

  /** Makes a connector or gives it these settings. It is not up yet on return. */
  public void put(String name, Map<String, String> config) {
    request("PUT", connector(name) + "/config", edited(config));
  }

  /** The settings of a connector, as given. */
  public Map<String, String> config(String name) {
    Map<String, String> config = new TreeMap<>();
    request("GET", connector(name) + "/config")
        .properties()
        .forEach(setting -> config.put(setting.getKey(), setting.getValue().asText()));
    return config;
  }

  /** Deletes a connector; its offsets stay. Its tasks may still be stopping on return. */
  public void delete(String name) {
    request("DELETE", connector(name));
  }

  /** Asks for a pause; {@link #awaitState} tells when it has come. */
  public void pause(String name) {
    request("PUT", connector(name) + "/pause");
  }

  /** Asks a connector that is paused or stopped to go on. */
  public void resume(String name) {
    request("PUT", connector(name) + "/resume");
  }

  /** Asks a connector to end its tasks; {@link #awaitState} tells when they have ended. */
  public void stop(String name) {
    request("PUT", connector(name) + "/stop");
  }

  /** Asks for a restart of the connector and all its tasks. */
  public void restart(String name) {
    request("POST", connector(name) + "/restart?includeTasks=true&onlyFailed=false");
  }

  /** Asks for a restart of one task. */
  public void restartTask(String name, int task) {
    request("POST", connector(name) + "/tasks/" + task + "/restart");
  }

  /** Empty if there is no such connector, or nothing is known of it yet. */
  public Optional<ConnectorStatus> status(String name) {
    JsonNode answer;
    try {
      answer = request("GET", connector(name) + "/status");
    } catch (ConnectRestException e) {
      if (e.status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
    List<TaskStatus> tasks = new ArrayList<>();
    for (JsonNode task : answer.path("tasks")) {
      tasks.add(
          new TaskStatus(
              task.path("id").asInt(),
              state(task),
              task.path("worker_id").asText(),
              task.path("trace").asText("")));
    }
    JsonNode connector = answer.path("connector");
    return Optional.of(
        new ConnectorStatus(
            name,
            state(connector),
            connector.path("worker_id").asText(),
            connector.path("trace").asText(""),
            tasks));
  }

  /**
   * Waits until the connector and its tasks (one at least) are running.
   *
   * @throws IllegalStateException at once with the stack trace if it or a task has failed; with the
   *     last status if the time is over
   */
  public ConnectorStatus awaitRunning(String name, Duration atMost) {
    AtomicReference<Optional<ConnectorStatus>> last = new AtomicReference<>(Optional.empty());
    Deadline.in(atMost)
        .await(
            () -> "connector " + name + " is running; it is " + last.get(),
            () -> {
              last.set(status(name));
              last.get()
                  .flatMap(ConnectorStatus::failure)
                  .ifPresent(
                      trace -> {
                        throw new IllegalStateException("Connector " + name + " failed:\n" + trace);
                      });
              return last.get().filter(ConnectorStatus::isRunning).isPresent();
            });
    return last.get().orElseThrow();
  }

  /**
   * Waits until the connector and every task are in this state. A stopped connector has no tasks;
   * in any other state it must have one at least.
   *
   * @throws IllegalStateException with the last status if the time is over
   */
  public ConnectorStatus awaitState(String name, State state, Duration atMost) {
    AtomicReference<Optional<ConnectorStatus>> last = new AtomicReference<>(Optional.empty());
    Deadline.in(atMost)
        .await(
            () -> "connector " + name + " is " + state + "; it is " + last.get(),
            () -> {
              last.set(status(name));
              return last.get().filter(status -> isIn(state, status)).isPresent();
            });
    return last.get().orElseThrow();
  }

  /** Waits until a task has failed and returns its stack trace. */
  public String awaitTaskFailure(String name, Duration atMost) {
    AtomicReference<Optional<String>> trace = new AtomicReference<>(Optional.empty());
    Deadline.in(atMost)
        .await(
            () -> "connector " + name + " fails; it is " + status(name),
            () -> {
              trace.set(status(name).flatMap(ConnectorStatus::failure));
              return trace.get().isPresent();
            });
    return trace.get().orElseThrow();
  }

  /** The offsets a sink has committed, from its consumer group. */
  public Map<TopicPartition, Long> sinkOffsets(String name) {
    Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
    for (JsonNode entry : offsets(name).path("offsets")) {
      JsonNode partition = entry.path("partition");
      offsets.put(
          new TopicPartition(
              partition.path("kafka_topic").asText(), partition.path("kafka_partition").asInt()),
          entry.path("offset").path("kafka_offset").asLong());
    }
    return offsets;
  }

  /** Sets offsets of a sink that is stopped; partitions that are not named keep theirs. */
  public void alterSinkOffsets(String name, Map<TopicPartition, Long> offsets) {
    ObjectNode body = JSON.createObjectNode();
    ArrayNode entries = body.putArray("offsets");
    offsets.forEach(
        (partition, offset) -> {
          ObjectNode entry = entries.addObject();
          entry
              .putObject("partition")
              .put("kafka_topic", partition.topic())
              .put("kafka_partition", partition.partition());
          entry.putObject("offset").put("kafka_offset", offset);
        });
    alterOffsets(name, body);
  }

  /** The offsets of a connector, as the worker writes them. */
  public JsonNode offsets(String name) {
    return request("GET", connector(name) + "/offsets");
  }

  /** Sets offsets of a connector that is stopped, as the worker reads them. */
  public void alterOffsets(String name, JsonNode body) {
    request("PATCH", connector(name) + "/offsets", body);
  }

  /** Forgets all offsets of a connector that is stopped. */
  public void resetOffsets(String name) {
    request("DELETE", connector(name) + "/offsets");
  }

  private static boolean isIn(State state, ConnectorStatus status) {
    return status.state() == state
        && status.tasks().stream().allMatch(task -> task.state() == state)
        && status.tasks().isEmpty() == (state == State.STOPPED);
  }

  private static State state(JsonNode node) {
    return State.valueOf(node.path("state").asText());
  }

  private static void putIfAny(Map<String, List<String>> map, String key, JsonNode values) {
    if (!values.isEmpty()) {
      map.put(key, texts(values));
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  private static String connector(String name) {
    return "connectors/" + encode(name);
  }

  private static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode request(String method, String path) {
    return send(method, path, Optional.empty());
  }

  private JsonNode request(String method, String path, Object body) {
    return send(method, path, Optional.of(JSON.valueToTree(body)));
  }

  private JsonNode send(String method, String path, Optional<JsonNode> body) {
    AtomicReference<HttpResponse<String>> last = new AtomicReference<>();
    Deadline.in(REBALANCE_WAIT)
        .await(
            () -> method + " " + path + " meets no rebalance: " + last.get().body(),
            () -> {
              last.set(exchange(method, path, body));
              return !isRebalance(last.get());
            });
    HttpResponse<String> answer = last.get();
    if (answer.statusCode() >= 400) {
      throw new ConnectRestException(
          answer.statusCode(),
          method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body().isEmpty() ? JSON.missingNode() : parse(answer.body());
  }

  /** Only a rebalance passes by itself; the worker says 409 as well when a name is taken. */
  private static boolean isRebalance(HttpResponse<String> answer) {
    return answer.statusCode() == 409 && answer.body().contains("rebalance");
  }

  private HttpResponse<String> exchange(String method, String path, Optional<JsonNode> body) {
    HttpRequest request =
        HttpRequest.newBuilder(root.resolve("/" + path))
            .timeout(ANSWER_WAIT)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .method(
                method,
                body.map(json -> HttpRequest.BodyPublishers.ofString(json.toString()))
                    .orElseGet(HttpRequest.BodyPublishers::noBody))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      LISTENERS.forEach(listener -> listener.accept(answer.body()));
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + request.uri() + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted during " + method + " " + request.uri(), e);
    }
  }

  private static JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException("The worker answered " + body, e);
    }
  }
}

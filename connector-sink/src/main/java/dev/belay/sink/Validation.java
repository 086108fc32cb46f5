package dev.belay.sink;

import dev.belay.sink.apply.Independence;
import dev.belay.sink.apply.Triggers;
import dev.belay.sink.change.TableName;
import dev.belay.sink.config.FeedRules;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.config.SinkKeys;
import dev.belay.sink.decode.FeedTopics;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.plan.TableMap;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import dev.belay.sink.topics.TopicWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;

/**
 * What a configuration gets wrong beyond each field's own rule: contradictions between fields,
 * reported on each of them, and whether the target takes the user. Never throws.
 */
final class Validation {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String ISOLATION = "consumer.override.isolation.level";

  private final Config config;
  private final Map<String, String> given;
  private final Map<String, ConfigValue> values = new HashMap<>();

  Validation(Config config, Map<String, String> given) {
    this.config = config;
    this.given = given;
    config.configValues().forEach(v -> values.put(v.name(), v));
  }

  Config run() {
    Optional<SinkConfig> read = read();
    if (read.isPresent()) {
      feedFits(read.get());
      convertersFit();
      isolationFits();
      toleranceFits();
      if (values.get(SinkKeys.TARGET_URL).errorMessages().isEmpty()) {
        targetAnswers(read.get());
      }
    }
    return config;
  }

  private Optional<SinkConfig> read() {
    try {
      return Optional.of(new SinkConfig(given));
    } catch (ConfigException alreadyOnItsField) {
      return Optional.empty();
    }
  }

  private void feedFits(SinkConfig sink) {
    for (FeedRules.Refusal refusal : FeedRules.refusals(sink)) {
      refusal.keys().forEach(key -> error(key, refusal.text()));
    }
  }

  private void convertersFit() {
    for (String which : List.of("key.converter", "value.converter")) {
      String converter = given.get(which);
      if (converter != null && converter.endsWith("JsonConverter")) {
        error(
            which,
            "JsonConverter turns DECIMAL into double, or refuses what is not in its own envelope."
                + " Set "
                + which
                + "=org.apache.kafka.connect.converters.ByteArrayConverter; the connector reads the"
                + " JSON itself, exactly.");
      }
    }
  }

  private void isolationFits() {
    String isolation = Optional.ofNullable(given.get(ISOLATION)).orElse("");
    if (!isolation.equals("read_committed")) {
      error(
          ISOLATION,
          (isolation.isEmpty() ? "Is not set" : "Is " + isolation)
              + ", so records of a producer's aborted transactions would be applied: a worker's"
              + " consumers read them unless told otherwise. Set "
              + ISOLATION
              + "=read_committed.");
    }
  }

  private void toleranceFits() {
    boolean queue = !given.getOrDefault("errors.deadletterqueue.topic.name", "").isBlank();
    boolean all = given.getOrDefault("errors.tolerance", "none").equalsIgnoreCase("all");
    if (queue && !all) {
      String text =
          "A dead letter queue is named, and errors.tolerance=none stops the task at the first"
              + " rejected record, so nothing would ever get there. Set errors.tolerance=all.";
      error("errors.deadletterqueue.topic.name", text);
      error("errors.tolerance", text);
    }
    if (all && !queue) {
      error(
          "errors.tolerance",
          "all without errors.deadletterqueue.topic.name loses rejected records. Name a topic.");
    }
  }

  private void targetAnswers(SinkConfig sink) {
    Optional<Databases> database = Databases.of(sink.url());
    if (database.isEmpty()) {
      error(SinkKeys.TARGET_URL, "No database of this plugin; it knows " + Databases.known() + ".");
      return;
    }
    Target target = database.get().target();
    try (Connection connection =
        database.get().connect(sink.url(), sink.driverProperties(), PATIENCE, PATIENCE)) {
      target.prepare(
          connection, new SessionLimits(Duration.ofSeconds(10), PATIENCE, "belay validation"));
      recommendTables(target.tables(connection));
      tablesFit("topics", sink.topics(), sink, target, connection);
      tablesFit("topics.regex", matching(sink), sink, target, connection);
      connection.rollback();
    } catch (SQLException e) {
      String text = target.name() + " does not take the connection: " + target.judge(e).describe();
      error(SinkKeys.TARGET_URL, text);
      error(SinkKeys.TARGET_USER, text);
    }
  }

  /** The topics that a pattern takes at present; those that come later are judged as they come. */
  private List<String> matching(SinkConfig sink) {
    Optional<Pattern> pattern;
    try {
      pattern = sink.topicsRegex();
    } catch (PatternSyntaxException reportedByConnect) {
      return List.of();
    }
    if (pattern.isEmpty()) {
      return List.of();
    }
    Map<String, Object> admin = sink.admin();
    // the task's own client may live in this worker: its meters have its id
    admin.merge("client.id", "-validation", (id, suffix) -> String.valueOf(id) + suffix);
    try (TopicWatch topics = new TopicWatch(() -> Admin.create(admin), List.of(), pattern)) {
      return List.copyOf(topics.surveyWithin(PATIENCE).topics().keySet());
    } catch (TopicWatch.KafkaAwayException | StopException e) {
      error(SinkKeys.KAFKA_ADMIN_BOOTSTRAP, e.getMessage());
    }
    return List.of();
  }

  /**
   * The tables of topics, as far as the topics' names tell.
   *
   * @param field where the topics come from
   */
  private void tablesFit(
      String field, List<String> topics, SinkConfig sink, Target target, Connection connection)
      throws SQLException {
    TableMap map = new TableMap(sink.tablesMap(), sink.targetSchema());
    for (String topic : topics) {
      Optional<TableName> table = FeedTopics.table(Wiring.format(sink), topic).map(map::target);
      if (table.isEmpty()) {
        continue;
      }
      TableShape shape = target.describe(connection, List.of(table.get())).get(table.get());
      if (shape == null) {
        error(
            field,
            "Topic "
                + topic
                + " needs target table "
                + table.get()
                + ". "
                + target.whyAbsent(connection, table.get()));
        continue;
      }
      if (shape.key().isEmpty()) {
        error(
            field,
            "Target table "
                + shape
                + " has no primary key, so its rows cannot be told apart. Add the primary key that"
                + " CockroachDB has.");
      }
      List<String> triggers = target.triggers(connection, shape.name());
      if (sink.refuseTriggers() && !triggers.isEmpty()) {
        error(SinkKeys.TRIGGERS, Triggers.refusal(target, shape.name(), triggers));
      }
      if (sink.tasksMax() > 1) {
        Independence.refusal(shape).ifPresent(text -> error("tasks.max", text));
      }
    }
  }

  private void recommendTables(List<TableName> tables) {
    ConfigValue map = values.get(SinkKeys.TABLES_MAP);
    if (map != null) {
      map.recommendedValues(tables.stream().map(t -> (Object) (t.name() + ":" + t)).toList());
    }
  }

  private void error(String field, String message) {
    ConfigValue value = values.get(field);
    if (value == null) {
      // A field of Connect's own: it shows beside ours. Without a value, since Connect wants one of
      // its own type (a Class, a List), and answers with error 500 to any other.
      value = new ConfigValue(field);
      config.configValues().add(value);
      values.put(field, value);
    }
    value.addErrorMessage(message);
  }
}

package dev.belay.sink;

import dev.belay.sink.apply.Independence;
import dev.belay.sink.apply.Triggers;
import dev.belay.sink.change.TableName;
import dev.belay.sink.config.FeedRules;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.config.SinkKeys;
import dev.belay.sink.decode.FeedTopics;
import dev.belay.sink.plan.TableMap;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;

/**
 * What a configuration gets wrong beyond each field's own rule: contradictions between fields,
 * reported on each of them, and whether the target takes the user. Never throws.
 */
final class Validation {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

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
    String isolation = given.get("consumer.override.isolation.level");
    if (isolation != null && !isolation.equals("read_committed")) {
      error(
          "consumer.override.isolation.level",
          "Must be read_committed, or records of aborted transactions are applied.");
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
      tablesFit(sink, target, connection);
      connection.rollback();
    } catch (SQLException e) {
      String text = target.name() + " does not take the connection: " + target.judge(e).describe();
      error(SinkKeys.TARGET_URL, text);
      error(SinkKeys.TARGET_USER, text);
    }
  }

  /** The tables of the topics that are named, as far as their names tell. */
  private void tablesFit(SinkConfig sink, Target target, Connection connection)
      throws SQLException {
    TableMap map = new TableMap(sink.tablesMap(), sink.targetSchema());
    for (String topic : sink.topics()) {
      Optional<TableName> table = FeedTopics.table(Wiring.format(sink), topic).map(map::target);
      if (table.isEmpty()) {
        continue;
      }
      TableShape shape = target.describe(connection, List.of(table.get())).get(table.get());
      if (shape == null) {
        error(
            "topics",
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
            "topics",
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

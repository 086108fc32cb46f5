package dev.belay.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.report.StatusField;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The latest records of a source connector's status topic. */
final class StatusTopic {
  private static final JsonMapper JSON = new JsonMapper();

  private StatusTopic() {}

  /** What a connector says, in the order of its jobs or tasks. */
  static List<FeedReport> of(KafkaLook kafka, String topic, String connector) {
    Map<String, FeedReport> latest = new TreeMap<>();
    kafka.read(List.of(topic), Map.of(), record -> take(record, connector, latest));
    return List.copyOf(latest.values());
  }

  private static void take(
      ConsumerRecord<byte[], byte[]> record, String connector, Map<String, FeedReport> latest) {
    JsonNode key = read(record.key());
    if (!key.path("connector").asText().equals(connector) || key.has("table")) {
      return;
    }
    String id = key.toString();
    JsonNode value = read(record.value());
    if (value.path(StatusField.STATE.shown()).isTextual()) {
      latest.put(id, report(key, value));
    } else {
      latest.remove(id);
    }
  }

  private static FeedReport report(JsonNode key, JsonNode value) {
    List<String> tables = new ArrayList<>();
    value.path(StatusField.TABLES.shown()).forEach(table -> tables.add(table.asText()));
    String job = key.path("job").asText();
    return new FeedReport(
        key.has("task")
            ? "task " + key.path("task").asText()
            : job.isEmpty() ? "tables without a job" : "job " + job,
        value.path(StatusField.STATE.shown()).asText(),
        tables,
        number(value, StatusField.SECONDS_BEHIND),
        number(value, StatusField.GC_WINDOW_LEFT),
        value.path(StatusField.ERROR.shown()).asText(""),
        value.path(StatusField.REMEDY.shown()).asText(""),
        at(value.path(StatusField.AT.shown()).asText("")));
  }

  private static OptionalLong number(JsonNode value, StatusField field) {
    JsonNode found = value.path(field.shown());
    return found.isNumber() ? OptionalLong.of(found.asLong()) : OptionalLong.empty();
  }

  private static Optional<Instant> at(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException none) {
      return Optional.empty();
    }
  }

  /** Nothing where there is no JSON. */
  private static JsonNode read(byte[] text) {
    try {
      return text == null ? JSON.missingNode() : JSON.readTree(text);
    } catch (IOException notOurs) {
      return JSON.missingNode();
    }
  }
}

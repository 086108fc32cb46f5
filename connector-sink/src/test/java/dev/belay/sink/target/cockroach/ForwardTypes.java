package dev.belay.sink.target.cockroach;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.change.ValueReading;
import dev.belay.sink.decode.DebeziumReading;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import dev.belay.sink.decode.SchemalessReading;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.forward.SourceColumn;
import dev.belay.sink.target.pgwire.ValueForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What becomes of values of the old database that real Debezium has sent: the samples, each column
 * by itself, read by the decoder and written for columns of CockroachDB.
 */
final class ForwardTypes {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path SAMPLES = Path.of("src/test/resources/debezium");
  private static final int FIRST_OF_SNAPSHOT = 1;
  private static final int FIRST_STREAMED = 101;
  private static final int LONG = 200;
  private static final int SOME = 20;

  /** An enum of the user's. */
  static final String MOOD = "app.mood";

  /**
   * A line of the page.
   *
   * @param type of the column in the old database
   * @param literal the value as it was written there
   * @param column type of the column in CockroachDB
   * @param streamed what is written of a value from the log
   * @param snapshot what is written of the same value read by the snapshot
   */
  record Line(String type, String literal, String column, String streamed, String snapshot) {}

  private final Decoder decoder;
  private final ValueReading reading;
  private final boolean schemaless;
  private final String topic;
  private final Map<Integer, JsonNode> samples = new HashMap<>();

  private ForwardTypes(String source, String topic) throws IOException {
    this.topic = topic;
    this.schemaless = source.endsWith("-schemaless");
    this.reading = schemaless ? new SchemalessReading() : new DebeziumReading();
    this.decoder =
        Decoder.of(
            FeedFormat.AUTO
                .withEnvelope(Envelope.DEBEZIUM)
                .withDebezium(
                    new FeedFormat.Debezium(
                        "__belay_unchanged_2f6c1e58__", false, List.of(), "", false, schemaless)));
    for (String line : Files.readAllLines(SAMPLES.resolve(source + ".jsonl"))) {
      JsonNode sample = JSON.readTree(line);
      if (sample.path("topic").asText().equals(topic)) {
        JsonNode key = JSON.readTree(sample.path("key").asText());
        samples.put(payload(key).path("id").intValue(), sample);
      }
    }
  }

  /**
   * @param source of the samples
   * @param columns those of the table in the samples
   * @param targets the columns that a type goes into; none, if it is left out
   */
  static List<Line> lines(
      String source,
      String topic,
      List<SourceColumn> columns,
      Function<SourceColumn, List<String>> targets)
      throws IOException {
    ForwardTypes types = new ForwardTypes(source, topic);
    List<Line> lines = new ArrayList<>();
    for (SourceColumn column : columns) {
      for (String target : targets.apply(column)) {
        for (int row = 0; row < column.literals().size(); row++) {
          lines.add(
              new Line(
                  column.type(),
                  column.literals().get(row),
                  target,
                  types.written(FIRST_STREAMED + row, column.name(), target),
                  types.written(FIRST_OF_SNAPSHOT + row, column.name(), target)));
        }
      }
    }
    return lines;
  }

  private JsonNode payload(JsonNode message) {
    return schemaless ? message : message.path("payload");
  }

  private String written(int id, String column, String target) throws IOException {
    JsonNode sample = samples.get(id);
    if (sample == null) {
      throw new IOException("no sample has the row " + id + " of " + topic);
    }
    Decoded decoded =
        decoder.decode(
            new Origin(topic, 0, 0),
            topic,
            sample.path("key").asText().getBytes(UTF_8),
            JSON.writeValueAsBytes(alone(JSON.readTree(sample.path("value").asText()), column)));
    if (decoded instanceof Rejected rejected) {
      return refused(rejected.reason());
    }
    Upsert upsert = (Upsert) decoded;
    Datum value = upsert.row().values().get(upsert.row().names().indexOf(column));
    ValueForm form = CockroachTypes.form(SqlType.parse(target), target.equals(MOOD) ? 'e' : 'b');
    if (value instanceof Datum.Null) {
      return "NULL";
    }
    try {
      return code(bound(form, value));
    } catch (UnfitValueException unfit) {
      return refused(unfit.getMessage());
    }
  }

  /** As the sink binds it, elements of arrays too. */
  private String bound(ValueForm form, Datum value) throws UnfitValueException {
    Datum meant =
        reading
            .read(form.kind(), value)
            .orElseThrow(() -> new UnfitValueException(reading.remedy()));
    Optional<ValueForm> element = form.elementForm();
    return element.isPresent()
        ? form.encode(meant, one -> bound(element.get(), one))
        : form.encode(meant);
  }

  private static String refused(String reason) {
    String first = reason.split("(?<=\\.) ")[0];
    return "*refused*: " + first.replace("|", "\\|");
  }

  /** The same record of a table that has the key and this column only. */
  private JsonNode alone(JsonNode record, String column) {
    Set<String> kept = Set.of("id", column);
    for (JsonNode field : record.path("schema").path("fields")) {
      if (Set.of("before", "after").contains(field.path("field").asText())) {
        ArrayNode all = (ArrayNode) field.path("fields");
        for (int i = all.size() - 1; i >= 0; i--) {
          if (!kept.contains(all.get(i).path("field").asText())) {
            all.remove(i);
          }
        }
      }
    }
    ((ObjectNode) payload(record).path("after")).retain(kept);
    return record;
  }

  /** As it stands in a table; a text with no end is cut off. */
  static String code(String text) {
    if (text.isEmpty()) {
      return "(empty)";
    }
    StringBuilder shown = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c < 0x20 || c == 0x7f) {
        shown.append("\\u%04x".formatted((int) c));
      } else {
        shown.append(c == '|' ? "\\|" : Character.toString(c));
      }
    }
    return text.length() > LONG
        ? "`" + shown.substring(0, SOME) + "...`, " + text.length() + " characters"
        : "`" + shown + "`";
  }
}

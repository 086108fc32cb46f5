package dev.belay.testkit.standin;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A message of a real changefeed, with what was done to get it.
 *
 * @param file where it stands, without the ending
 * @param how what the stand-in does otherwise than the sample says, from {@code how.json}
 */
record GoldenSample(String file, JsonNode json, JsonNode how) {

  static final List<String> FILES =
      List.of(
          "wrapped",
          "enriched",
          "bare",
          "row",
          "key_only",
          "resolved",
          "topics",
          "types_json",
          "keys",
          "families");

  /** Numbers keep the digits they are written with. */
  static final JsonMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  static List<GoldenSample> all() throws IOException {
    JsonNode how = EXACT.readTree(resource("how.json"));
    List<GoldenSample> samples = new ArrayList<>();
    for (String file : FILES) {
      for (String line : resource(file + ".jsonl").lines().toList()) {
        JsonNode json = EXACT.readTree(line);
        samples.add(new GoldenSample(file, json, how.path(json.path("id").asText())));
      }
    }
    return samples;
  }

  static String resource(String name) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                GoldenSample.class.getResourceAsStream("/golden/" + name),
                StandardCharsets.UTF_8))) {
      return String.join("\n", in.lines().toList());
    }
  }

  String id() {
    return json.path("id").asText();
  }

  JsonNode expect() {
    return json.path("expect");
  }

  boolean isResolved() {
    return expect().path("kind").asText().equals("resolved");
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(json.get(name)).filter(node -> !node.isNull()).map(JsonNode::asText);
  }

  JsonNode options() {
    return how.has("options") ? how.get("options") : json.path("options");
  }

  String table() {
    return expect().has("table") ? expect().get("table").asText() : json.path("topic").asText();
  }

  Optional<String> createTable() {
    return how.has("create_table")
        ? Optional.of(how.get("create_table").asText())
        : text("create_table");
  }

  /** Statements of {@code how.json} for a phase, if it has any. */
  Optional<List<String>> phase(String name) {
    return how.has(name) ? Optional.of(texts(how.get(name))) : Optional.empty();
  }

  private static List<String> texts(JsonNode array) {
    Stream<JsonNode> items = StreamSupport.stream(array.spliterator(), false);
    return items.map(JsonNode::asText).toList();
  }
}

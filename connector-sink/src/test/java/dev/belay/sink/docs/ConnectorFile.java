package dev.belay.sink.docs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file that is POSTed to Connect. */
record ConnectorFile(Path path, JsonNode body) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  static ConnectorFile read(Path path) throws IOException {
    return new ConnectorFile(path, JSON.readTree(Files.readString(path)));
  }

  static List<Path> all() throws IOException {
    return Repository.files(".json").stream()
        .filter(file -> file.startsWith(Repository.ROOT.resolve("config/sink")))
        .toList();
  }

  String name() {
    return body.path("name").asText();
  }

  /** The settings, in the order of the file. */
  Map<String, String> config() {
    Map<String, String> config = new LinkedHashMap<>();
    body.path("config").properties().forEach(e -> config.put(e.getKey(), e.getValue().asText()));
    return config;
  }

  @Override
  public String toString() {
    return path.getFileName().toString();
  }
}

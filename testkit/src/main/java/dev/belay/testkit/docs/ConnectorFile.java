package dev.belay.testkit.docs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file that is POSTed to Connect. */
public record ConnectorFile(Path path, JsonNode body) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  public static ConnectorFile read(Path path) throws IOException {
    return new ConnectorFile(path, JSON.readTree(Files.readString(path)));
  }

  /**
   * All of a folder.
   *
   * @param folder seen from the checkout's top, as {@code config/sink}
   */
  public static List<ConnectorFile> in(String folder) throws IOException {
    List<ConnectorFile> files = new ArrayList<>();
    for (Path file : Repository.files(".json")) {
      if (file.startsWith(Repository.ROOT.resolve(folder))) {
        files.add(read(file));
      }
    }
    return files;
  }

  public String name() {
    return body.path("name").asText();
  }

  /** The class that Connect makes of it. */
  public String connector() {
    return body.path("config").path("connector.class").asText();
  }

  /** The settings, in the order of the file. */
  public Map<String, String> config() {
    Map<String, String> config = new LinkedHashMap<>();
    body.path("config").properties().forEach(e -> config.put(e.getKey(), e.getValue().asText()));
    return config;
  }

  @Override
  public String toString() {
    return path.getFileName().toString();
  }
}

package dev.belay.source.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigException;

/**
 * The overrides file: JSON with {@code host}, {@code port}, {@code sink_query_parameters}, {@code
 * ca_cert}, {@code client_cert}, {@code client_key} and {@code options}.
 *
 * @param address host and port for the sink's URI; empty if the file has none
 * @param texts the other fields, but for the options
 */
record Overrides(Optional<String> address, Map<String, String> texts, Map<String, String> options) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> KNOWN =
      Set.of(
          "host",
          "port",
          "sink_query_parameters",
          "ca_cert",
          "client_cert",
          "client_key",
          "options");

  static final Overrides NONE = new Overrides(Optional.empty(), Map.of(), Map.of());

  static Overrides read(String path) {
    if (path.isBlank()) {
      return NONE;
    }
    JsonNode file;
    try {
      file = JSON.readTree(Files.readString(Path.of(path)));
    } catch (NoSuchFileException e) {
      throw refused(path, "is not there; each worker needs it");
    } catch (JsonProcessingException e) {
      // not the parser's text, which quotes the file
      throw refused(path, "is no JSON, near line " + e.getLocation().getLineNr());
    } catch (IOException | InvalidPathException e) {
      throw refused(path, "cannot be read: " + e.getClass().getSimpleName());
    }
    if (file == null || !file.isObject()) {
      throw refused(path, "is no JSON object");
    }
    Map<String, String> texts = new TreeMap<>();
    file.properties()
        .forEach(
            field -> {
              if (!KNOWN.contains(field.getKey())) {
                throw refused(
                    path,
                    "has the field "
                        + field.getKey()
                        + ", which is none of "
                        + String.join(", ", new TreeSet<>(KNOWN)));
              }
              if (field.getValue().isValueNode()) {
                texts.put(field.getKey(), field.getValue().asText());
              }
            });
    Map<String, String> options = new TreeMap<>();
    file.path("options")
        .properties()
        .forEach(field -> options.put(field.getKey(), field.getValue().asText()));
    Optional<String> host = Optional.ofNullable(texts.remove("host"));
    String port = Optional.ofNullable(texts.remove("port")).orElse("9092");
    return new Overrides(host.map(name -> name + ":" + port), texts, options);
  }

  String text(String field) {
    return texts.getOrDefault(field, "");
  }

  private static ConfigException refused(String path, String what) {
    return new ConfigException(SourceKeys.OVERRIDES_FILE + ": the file " + path + " " + what + ".");
  }
}

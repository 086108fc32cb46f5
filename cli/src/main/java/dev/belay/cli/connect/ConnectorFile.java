package dev.belay.cli.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/** The JSON that is POSTed to Connect, read as a worker reads it. */
public final class ConnectorFile {
  private static final JsonMapper JSON = new JsonMapper();

  private ConnectorFile() {}

  /** The file cannot be used; the message says why. */
  public static final class UnfitFileException extends IOException {
    private static final long serialVersionUID = 1;

    UnfitFileException(String message) {
      super(message);
    }
  }

  /**
   * The settings, with {@code ${env:...}}, {@code ${file:...}} and {@code ${directory:...}}
   * resolved here and now.
   *
   * @param file {@code {"name": ..., "config": {...}}}, or the config alone with a name in it
   * @param connector the class that it must be of
   * @throws IOException if it cannot be used; the message is for the user
   */
  public static Map<String, String> read(Path file, String connector) throws IOException {
    Map<String, String> settings = settings(file);
    if (!settings.getOrDefault("name", "").isBlank()
        && settings.getOrDefault("connector.class", connector).equals(connector)) {
      return resolved(settings);
    }
    throw new UnfitFileException(
        file
            + " is no "
            + (connector.endsWith("SourceConnector") ? "source" : "sink")
            + " connector with a name: {\"name\": ..., \"config\": {\"connector.class\": \""
            + connector
            + "\", ...}}, as it is POSTed to Connect.");
  }

  /**
   * The settings of a connector of any class, as they stand there.
   *
   * @throws IOException if it cannot be used; the message is for the user
   */
  public static Map<String, String> read(Path file) throws IOException {
    Map<String, String> settings = settings(file);
    if (settings.getOrDefault("name", "").isBlank()) {
      throw new UnfitFileException(
          file
              + " is no connector with a name: {\"name\": ..., \"config\": {...}}, as it is POSTed to"
              + " Connect.");
    }
    return settings;
  }

  private static Map<String, String> settings(Path file) throws IOException {
    JsonNode body;
    try {
      body = JSON.readTree(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new UnfitFileException("There is no file " + file + ".");
    } catch (JsonProcessingException e) {
      // not the parser's own text, which quotes the file
      throw new UnfitFileException(
          file + " is no JSON, near line " + e.getLocation().getLineNr() + ".");
    }
    Map<String, String> settings = new HashMap<>();
    JsonNode config = body.path("config").isObject() ? body.path("config") : body;
    config.properties().forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
    if (body.path("name").isTextual()) {
      settings.put("name", body.path("name").asText());
    }
    return settings;
  }

  /** The same with what stands for secrets put in. */
  public static Map<String, String> resolved(Map<String, String> settings) {
    Map<String, ConfigProvider> providers =
        Map.of(
            "env", new EnvVarConfigProvider(),
            "file", new FileConfigProvider(),
            "directory", new DirectoryConfigProvider());
    providers.values().forEach(provider -> provider.configure(Map.of()));
    return new ConfigTransformer(providers).transform(settings).data();
  }
}

package dev.belay.cli.init;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folder that is written to. It remembers in a file of its own what was written, so that what a
 * person has changed since is never written over.
 */
final class Folder {
  static final String MEMORY = "belay-init.json";
  private static final JsonMapper JSON = new JsonMapper();

  private final Path dir;

  Folder(Path dir) {
    this.dir = dir;
  }

  /**
   * Whether files may be written there.
   *
   * @param force whether those that were written before may be replaced
   * @return what stands in the way, for a person; empty if nothing does
   */
  List<String> objections(Map<String, String> files, boolean force) throws IOException {
    if (!Files.exists(dir)) {
      return List.of();
    }
    if (!Files.isDirectory(dir)) {
      return List.of(dir + " is a file. Name a folder that is empty or does not exist.");
    }
    List<Path> there;
    try (Stream<Path> entries = Files.list(dir)) {
      there = entries.toList();
    }
    if (there.isEmpty()) {
      return List.of();
    }
    if (!force) {
      return List.of(
          dir
              + " is not empty. Name another folder, or add --force, which replaces files that this"
              + " command wrote and nobody has changed since.");
    }
    Map<String, String> written = written();
    List<String> objections = new ArrayList<>();
    for (String file : files.keySet()) {
      Path path = dir.resolve(file);
      if (Files.exists(path) && !digest(Files.readString(path)).equals(written.get(file))) {
        objections.add(
            path
                + (written.containsKey(file)
                    ? " was changed since this command wrote it."
                    : " was not written by this command.")
                + " Move it away, or name another folder.");
      }
    }
    return objections;
  }

  /** Writes them, and takes away those of an earlier run that are none of them any more. */
  void write(Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> earlier : written().entrySet()) {
      Path path = dir.resolve(earlier.getKey());
      if (!files.containsKey(earlier.getKey())
          && Files.exists(path)
          && digest(Files.readString(path)).equals(earlier.getValue())) {
        Files.delete(path);
      }
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = dir.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    ObjectNode memory = JSON.createObjectNode();
    ObjectNode digests = memory.putObject("sha256");
    files.forEach((name, text) -> digests.put(name, digest(text)));
    Files.writeString(dir.resolve(MEMORY), ConnectorFiles.printed(memory));
  }

  /** What was written before, with the digests of the texts. */
  private Map<String, String> written() throws IOException {
    Map<String, String> written = new TreeMap<>();
    Path memory = dir.resolve(MEMORY);
    if (Files.exists(memory)) {
      try {
        for (Map.Entry<String, JsonNode> file :
            JSON.readTree(Files.readString(memory)).path("sha256").properties()) {
          // a name that leads out of the folder is none of ours
          if (dir.resolve(file.getKey()).normalize().startsWith(dir.normalize())) {
            written.put(file.getKey(), file.getValue().asText());
          }
        }
      } catch (JsonProcessingException e) {
        // then nothing there is known to be ours
        return Map.of();
      }
    }
    return written;
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

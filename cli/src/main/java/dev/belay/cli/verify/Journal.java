package dev.belay.cli.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was compared so far, a JSON object a line, so that a comparison which was interrupted goes
 * on where it was. Holds keys of rows and no other values. Any thread.
 */
final class Journal implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String OWNER_ONLY = "rw-------";

  private final Optional<BufferedWriter> out;
  private final Map<String, List<KeyRange>> plans = new HashMap<>();
  private final Map<Place, JsonNode> done = new HashMap<>();

  private record Place(String table, KeyRange range) {}

  private Journal(Optional<BufferedWriter> out) {
    this.out = out;
  }

  /**
   * Reads what there is, and goes on writing behind it.
   *
   * @throws IOException if the file cannot be used, or is of another comparison; the message is for
   *     the user
   */
  static Journal open(
      Optional<Path> file, Sides<Endpoint> endpoints, Selection selection, Settings settings)
      throws IOException {
    if (file.isEmpty()) {
      return new Journal(Optional.empty());
    }
    Path path = file.get();
    ObjectNode head = JSON.createObjectNode();
    head.put("source", endpoints.source().url());
    head.put("target", endpoints.target().url());
    head.put("selection", selection.toString());
    head.put("exact", settings.connector().isPresent());
    boolean isNew = !Files.exists(path) || Files.size(path) == 0;
    List<String> lines = isNew ? List.of() : Files.readAllLines(path, StandardCharsets.UTF_8);
    if (isNew && !Files.exists(path)) {
      if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
      }
    }
    Journal journal =
        new Journal(
            Optional.of(
                Files.newBufferedWriter(
                    path,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND)));
    if (isNew) {
      journal.write(head);
    } else {
      journal.read(path, lines, head);
    }
    return journal;
  }

  private void read(Path path, List<String> lines, ObjectNode head) throws IOException {
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line;
      try {
        line = JSON.readTree(lines.get(i));
      } catch (JsonProcessingException e) {
        if (i == lines.size() - 1) {
          // the last line of one that was killed
          out.orElseThrow().newLine();
          return;
        }
        throw new IOException(path + " is no journal of belay verify: line " + (i + 1) + ".");
      }
      if (i == 0 && !line.equals(head)) {
        throw new IOException(
            path
                + " is the journal of another comparison: its databases, tables, filters or way of"
                + " comparing are not these. Name another file.");
      } else if (line.has("ranges")) {
        List<KeyRange> ranges = new ArrayList<>();
        line.get("ranges").forEach(range -> ranges.add(range(range)));
        plans.put(line.path("table").asText(), ranges);
      } else if (line.has("range")) {
        done.put(new Place(line.path("table").asText(), range(line.get("range"))), line);
      }
    }
  }

  private static KeyRange range(JsonNode range) {
    return new KeyRange(bound(range.path("from")), bound(range.path("to")));
  }

  private static Optional<String> bound(JsonNode bound) {
    return bound.isTextual() ? Optional.of(bound.asText()) : Optional.empty();
  }

  private static ObjectNode json(KeyRange range) {
    ObjectNode json = JSON.createObjectNode();
    range.from().ifPresent(from -> json.put("from", from));
    range.to().ifPresent(to -> json.put("to", to));
    return json;
  }

  /** How a table was parted; empty if it was not begun. */
  synchronized Optional<List<KeyRange>> plan(String table) {
    return Optional.ofNullable(plans.get(table));
  }

  synchronized void planned(String table, List<KeyRange> ranges) throws IOException {
    ObjectNode line = JSON.createObjectNode();
    line.put("table", table);
    ArrayNode all = line.putArray("ranges");
    ranges.forEach(range -> all.add(json(range)));
    write(line);
  }

  /** What came of a range; empty if it is still to be compared. */
  synchronized Optional<Counts> done(String table, KeyRange range) {
    return Optional.ofNullable(done.get(new Place(table, range)))
        .map(
            line ->
                new Counts(
                    line.path("source_rows").asLong(),
                    line.path("target_rows").asLong(),
                    line.path("missing").asLong(),
                    line.path("extra").asLong(),
                    line.path("changed").asLong()));
  }

  /** The rows of a range that differed, without their values. */
  synchronized List<Difference> listed(String table, KeyRange range) {
    List<Difference> listed = new ArrayList<>();
    JsonNode line = done.get(new Place(table, range));
    if (line != null) {
      for (JsonNode row : line.path("differences")) {
        Map<String, String> key = new LinkedHashMap<>();
        row.path("key").properties().forEach(e -> key.put(e.getKey(), e.getValue().asText()));
        List<String> columns = new ArrayList<>();
        row.path("columns").forEach(column -> columns.add(column.asText()));
        listed.add(
            new Difference(
                table, Difference.Of.valueOf(row.path("of").asText()), key, columns, Map.of()));
      }
    }
    return listed;
  }

  synchronized void compared(
      String table, KeyRange range, Counts counts, List<Difference> differences)
      throws IOException {
    ObjectNode line = JSON.createObjectNode();
    line.put("table", table);
    line.set("range", json(range));
    line.put("source_rows", counts.source());
    line.put("target_rows", counts.target());
    line.put("missing", counts.missing());
    line.put("extra", counts.extra());
    line.put("changed", counts.changed());
    ArrayNode rows = line.putArray("differences");
    for (Difference difference : differences) {
      ObjectNode row = rows.addObject();
      row.put("of", difference.of().name());
      ObjectNode key = row.putObject("key");
      difference.key().forEach(key::put);
      ArrayNode columns = row.putArray("columns");
      difference.columns().forEach(columns::add);
    }
    write(line);
  }

  private void write(JsonNode line) throws IOException {
    if (out.isPresent()) {
      out.get().write(line.toString());
      out.get().newLine();
      out.get().flush();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (out.isPresent()) {
      out.get().close();
    }
  }
}

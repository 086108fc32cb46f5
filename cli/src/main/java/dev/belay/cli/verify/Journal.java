package dev.belay.cli.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.sink.change.HlcTimestamp;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
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
  private final Map<String, List<KeyRange>> plans;
  private final Map<Place, JsonNode> done;

  private record Place(String table, KeyRange range) {}

  private Journal(
      Optional<BufferedWriter> out, Map<String, List<KeyRange>> plans, Map<Place, JsonNode> done) {
    this.out = out;
    this.plans = plans;
    this.done = done;
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
      return new Journal(Optional.empty(), Map.of(), Map.of());
    }
    Path path = file.get();
    ObjectNode head = JSON.createObjectNode();
    head.put("source", endpoints.source().toString());
    head.put("target", endpoints.target().toString());
    head.put("selection", selection.toString());
    head.put("exact", settings.connector().isPresent());
    boolean isNew = !Files.exists(path) || Files.size(path) == 0;
    Map<String, List<KeyRange>> plans = new HashMap<>();
    Map<Place, JsonNode> done = new HashMap<>();
    if (isNew) {
      create(path);
    } else {
      read(path, head, plans, done);
    }
    Journal journal =
        new Journal(
            Optional.of(
                Files.newBufferedWriter(path, StandardCharsets.UTF_8, StandardOpenOption.APPEND)),
            plans,
            done);
    if (isNew) {
      journal.write(head);
    }
    return journal;
  }

  private static void create(Path path) throws IOException {
    if (Files.exists(path)) {
      return;
    }
    boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    Files.createFile(
        path,
        isPosix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY))
            }
            : new FileAttribute<?>[0]);
  }

  private static void read(
      Path path, ObjectNode head, Map<String, List<KeyRange>> plans, Map<Place, JsonNode> done)
      throws IOException {
    List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8);
    long good = 0;
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line;
      try {
        line = JSON.readTree(lines.get(i));
      } catch (JsonProcessingException e) {
        if (i == lines.size() - 1) {
          truncate(path, good);
          return;
        }
        throw new IOException(path + " is no journal of belay verify: line " + (i + 1) + ".");
      }
      good += lines.get(i).getBytes(StandardCharsets.UTF_8).length + 1;
      if (i == 0 && !line.equals(head)) {
        throw new IOException(
            path
                + " is the journal of another comparison: its databases, tables, filters or way of"
                + " comparing are not these. Name another file.");
      } else if (line.has("ended")) {
        throw new IOException(
            path
                + " is the journal of a comparison that has ended: there is nothing to go on with."
                + " Delete it, or name another file.");
      } else if (line.has("ranges")) {
        List<KeyRange> ranges = new ArrayList<>();
        line.get("ranges").forEach(range -> ranges.add(range(range)));
        plans.put(line.path("table").asText(), ranges);
      } else if (line.has("range")) {
        done.put(new Place(line.path("table").asText(), range(line.get("range"))), line);
      }
    }
  }

  /** What one that was killed had begun to write. */
  private static void truncate(Path path, long length) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.truncate(length);
    }
  }

  /** How many ranges were compared before. */
  synchronized int takenOver() {
    return done.size();
  }

  /** All is compared: nobody shall take these results for those of another day. */
  synchronized void end() throws IOException {
    write(JSON.createObjectNode().put("ended", true));
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

  /** What came of a range, without values; empty if it is still to be compared. */
  synchronized Optional<Compared> done(String table, KeyRange range) {
    return Optional.ofNullable(done.get(new Place(table, range)))
        .map(
            line ->
                new Compared(
                    new Counts(
                        line.path("source_rows").asLong(),
                        line.path("target_rows").asLong(),
                        line.path("missing").asLong(),
                        line.path("extra").asLong(),
                        line.path("changed").asLong()),
                    differences(table, line.path("differences")),
                    HlcTimestamp.parseOwn(line.path("as_of").asText())));
  }

  private static List<Difference> differences(String table, JsonNode rows) {
    List<Difference> differences = new ArrayList<>();
    for (JsonNode row : rows) {
      Map<String, String> key = new LinkedHashMap<>();
      row.path("key").properties().forEach(e -> key.put(e.getKey(), e.getValue().asText()));
      List<String> columns = new ArrayList<>();
      row.path("columns").forEach(column -> columns.add(column.asText()));
      differences.add(
          new Difference(
              table, Difference.Of.valueOf(row.path("of").asText()), key, columns, Map.of()));
    }
    return differences;
  }

  synchronized void compared(String table, KeyRange range, Compared compared) throws IOException {
    Counts counts = compared.counts();
    ObjectNode line = JSON.createObjectNode();
    line.put("table", table);
    line.set("range", json(range));
    compared.time().ifPresent(asOf -> line.put("as_of", asOf.toString()));
    line.put("source_rows", counts.source());
    line.put("target_rows", counts.target());
    line.put("missing", counts.missing());
    line.put("extra", counts.extra());
    line.put("changed", counts.changed());
    ArrayNode rows = line.putArray("differences");
    for (Difference difference : compared.listed()) {
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

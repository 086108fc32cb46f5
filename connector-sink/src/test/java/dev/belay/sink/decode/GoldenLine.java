package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.sink.decode.FeedFormat.Choice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A sample of what CockroachDB writes, with what it means. */
record GoldenLine(String file, Map<String, Object> json) {
  private static final Pattern KEY_CLAUSE = Pattern.compile("(?i)PRIMARY KEY \\(([^)]*)\\)");
  private static final Pattern FIRST_WORD = Pattern.compile("^(\"[^\"]+\"|\\w+)");
  private static final Pattern PREFIX = Pattern.compile("topic_prefix=([^&]*)");

  /** All samples, in the order of the files' names. */
  static Stream<GoldenLine> all() {
    try (Stream<Path> files = Files.list(folder())) {
      List<GoldenLine> lines = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(new GoldenLine(file.getFileName().toString(), ExactJson.object(line)));
        }
      }
      return lines.stream();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Path folder() {
    try {
      URI here = GoldenLine.class.getResource("/golden/wrapped.jsonl").toURI();
      return Path.of(here).getParent();
    } catch (URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }

  String id() {
    return (String) json.get("id");
  }

  String topic() {
    return (String) json.get("topic");
  }

  boolean isSequence() {
    return json.containsKey("messages");
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> expect() {
    return (Map<String, Object>) json.get("expect");
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> options() {
    return (Map<String, Object>) json.get("options");
  }

  /** {@code json}, {@code avro}, {@code protobuf} or {@code csv}. */
  String wireFormat() {
    return ((String) options().getOrDefault("format", "json")).toLowerCase(Locale.ROOT);
  }

  /** The columns of the primary key by the CREATE TABLE; {@code rowid} if it names none. */
  List<String> keyColumns() {
    String table = json.get("create_table") instanceof String sql ? sql : "";
    Matcher clause = KEY_CLAUSE.matcher(table);
    if (clause.find()) {
      return Stream.of(clause.group(1).split(","))
          .map(column -> unquoted(column.trim().replaceAll(" (ASC|DESC)$", "")))
          .toList();
    }
    return definitions(table)
        .filter(definition -> definition.toUpperCase(Locale.ROOT).contains("PRIMARY KEY"))
        .map(
            definition ->
                unquoted(FIRST_WORD.matcher(definition).results().findFirst().get().group()))
        .findFirst()
        .map(List::of)
        .orElse(List.of("rowid"));
  }

  /** What stands between the commas of a CREATE TABLE, but not those of {@code DECIMAL(10,2)}. */
  private static Stream<String> definitions(String table) {
    List<String> found = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < table.length(); i++) {
      char c = table.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      boolean opens = depth == 1 && c == '(';
      if (opens || (depth == 1 && c == ',') || (depth == 0 && c == ')')) {
        found.add(table.substring(from, i).trim());
        from = i + 1;
      }
    }
    return found.stream().skip(1);
  }

  private static String unquoted(String name) {
    return name.replace("\"", "");
  }

  /** What the options of the statement say about the records. */
  FeedFormat feed() {
    boolean isQuery = options().containsKey("query");
    String envelope = (String) options().getOrDefault("envelope", isQuery ? "bare" : "wrapped");
    Optional<Envelope> known = Envelope.parse(envelope.replace(" (default for queries)", ""));
    boolean isSplit =
        options().containsKey("families") || options().containsKey("split_column_families");
    boolean projectsOp = isQuery && ((String) options().get("query")).contains("event_op() AS op");
    return FeedFormat.AUTO
        .withEnvelope(known.orElseThrow())
        .withTopicPrefix(prefix())
        .withFullTableName(choice(options().containsKey("full_table_name")))
        .withSplitColumnFamilies(choice(isSplit))
        .withOpColumn(projectsOp ? "op" : "");
  }

  String prefix() {
    Matcher prefix = PREFIX.matcher((String) json.getOrDefault("sink_uri", ""));
    return prefix.find() ? prefix.group(1) : "";
  }

  private static Choice choice(boolean on) {
    return on ? Choice.TRUE : Choice.FALSE;
  }

  /** The bytes on the wire; null is Kafka's null. */
  byte[] key() {
    return bytes("key");
  }

  byte[] value() {
    return bytes("value");
  }

  private byte[] bytes(String part) {
    if (json.get(part + "_hex") instanceof String hex) {
      return HexFormat.of().parseHex(hex);
    }
    if (!(json.get(part) instanceof String text)) {
      return null;
    }
    return wireFormat().equals("protobuf")
        ? ProtobufWire.message(options(), part, text)
        : text.getBytes(UTF_8);
  }

  /** Whether the sample has the bytes of the wire, and not only a JSON rendering of Avro. */
  boolean hasBytes() {
    return !wireFormat().equals("avro")
        || json.containsKey("value_hex")
        || json.get("value") == ExactJson.Null.NULL;
  }

  @Override
  public String toString() {
    return file + " " + id();
  }
}

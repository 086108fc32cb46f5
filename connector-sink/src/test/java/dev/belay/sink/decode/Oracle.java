package dev.belay.sink.decode;

import dev.belay.sink.decode.FeedFormat.Choice;
import dev.belay.sink.decode.PlainJson.Field;
import dev.belay.sink.decode.PlainJson.Kind;
import dev.belay.sink.decode.PlainJson.Node;
import dev.belay.sink.decode.PlainJson.Refused;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A second, naive decoder: reads the whole message into a tree and looks at it from above. It
 * shares nothing with the decoders but the description of the feed, so that both are wrong in the
 * same way only where the contract is.
 */
final class Oracle {
  private static final Pattern TIME = Pattern.compile("([0-9]{1,19})(?:\\.([0-9]{1,10}))?");
  private static final Set<String> WRAPPED =
      Set.of("after", "before", "key", "topic", "updated", "mvcc_timestamp", "resolved");
  private static final Set<String> ENRICHED =
      Set.of("after", "before", "key", "topic", "op", "ts_ns", "source", "resolved");

  private final FeedFormat feed;
  private final String topic;
  private final byte[] key;
  private final byte[] value;

  private Oracle(FeedFormat feed, String topic, byte[] key, byte[] value) {
    this.feed = feed;
    this.topic = topic;
    this.key = key;
    this.value = value;
  }

  /** What the record means; key and value may be null, as Kafka has them. */
  static Meaning ask(FeedFormat feed, String topic, byte[] key, byte[] value) {
    try {
      return new Oracle(feed, topic, key, value).meaning(feed.envelope());
    } catch (Refused refused) {
      return Meaning.REJECTED;
    }
  }

  private Meaning meaning(Envelope envelope) throws Refused {
    return switch (envelope) {
      case AUTO -> meaning(look());
      case WRAPPED -> wrapped();
      case ENRICHED -> enriched();
      case BARE -> flat(false);
      case ROW -> value == null ? deleteByKey() : flat(true);
      case KEY_ONLY -> {
        Meaning read = flat(false);
        require(read.kind().equals("resolved"), "a row of a feed without rows");
        yield read;
      }
      case DEBEZIUM -> throw new IllegalArgumentException("it knows CockroachDB's only");
    };
  }

  private Envelope look() throws Refused {
    if (value == null) {
      return Envelope.ROW;
    }
    Node node = object();
    boolean after = has(node, "after", v -> v.is(Kind.OBJECT) || v.is(Kind.NULL));
    Set<String> names = new HashSet<>();
    node.fields().forEach(f -> names.add(f.name()));
    boolean debezium =
        names.contains("ts_ms") || names.contains("ts_us") || names.contains("transaction");
    require(!(after && names.contains("op") && debezium), "a Debezium event");
    if (node.fields().size() == 2
        && has(node, "payload", v -> v.is(Kind.OBJECT))
        && has(node, "schema", v -> v.is(Kind.OBJECT))) {
      return Envelope.ENRICHED;
    }
    Set<String> known = new HashSet<>(WRAPPED);
    known.addAll(ENRICHED);
    known.add("__crdb__");
    known.remove("resolved");
    boolean ofEnvelope =
        known.containsAll(names)
            && node.all("before").stream().allMatch(v -> v.is(Kind.OBJECT) || v.is(Kind.NULL));
    if (after && ofEnvelope) {
      boolean enriched =
          names.contains("op")
              || names.contains("ts_ns")
              || has(node, "source", v -> v.is(Kind.OBJECT));
      return enriched ? Envelope.ENRICHED : Envelope.WRAPPED;
    }
    boolean resolved =
        key == null && node.fields().size() == 1 && has(node, "resolved", v -> v.is(Kind.STRING));
    return resolved ? Envelope.WRAPPED : Envelope.ROW;
  }

  private Meaning wrapped() throws Refused {
    Node node = object();
    requireOnly(node, WRAPPED);
    String resolved = time(node, "resolved");
    if (!resolved.isEmpty()) {
      require(
          node.fields().stream()
              .allMatch(f -> f.name().startsWith("__crdb__") || is(f, "resolved")),
          "resolved beside a row");
      return Meaning.resolved(resolved);
    }
    return change(node, byTopic(node), "", time(node, "updated"), time(node, "mvcc_timestamp"));
  }

  private Meaning enriched() throws Refused {
    Node node = object();
    if (has(node, "payload", v -> v.is(Kind.OBJECT))
        || has(node, "schema", v -> v.is(Kind.OBJECT))) {
      require(node.fields().size() == 2, "payload and schema are not alone");
      Node payload = one(node, "payload");
      Node schema = one(node, "schema");
      require(
          payload != null && schema != null && payload.is(Kind.OBJECT) && schema.is(Kind.OBJECT),
          "payload without schema");
      node = payload;
    }
    requireOnly(node, ENRICHED);
    Node nanos = one(node, "ts_ns");
    require(nanos == null || nanos.text().matches("-?[0-9]+"), "ts_ns");
    require(nanos == null || nanos.is(Kind.NUMBER), "ts_ns");
    String resolved = time(node, "resolved");
    Node source = one(node, "source");
    require(source == null || source.is(Kind.OBJECT), "source");
    String op = string(node, "op");
    if (!resolved.isEmpty()) {
      Set<String> beside = Set.of("resolved", "ts_ns");
      require(
          node.fields().stream()
              .allMatch(f -> f.name().startsWith("__crdb__") || beside.contains(f.name())),
          "resolved beside a row");
      return Meaning.resolved(resolved);
    }
    require(!node.all("after").isEmpty(), "no after");
    require(List.of("c", "u", "d").contains(op), "op");
    require(op.equals("d") == one(node, "after").is(Kind.NULL), "op against after");
    String updated = "";
    String mvcc = "";
    Named named;
    if (source == null) {
      named = byTopic(node);
    } else {
      updated = timeOrNull(source, "ts_hlc");
      mvcc = timeOrNull(source, "mvcc_timestamp");
      String database = string(source, "database_name");
      String schema = string(source, "schema_name");
      String table = string(source, "table_name");
      if (table.isEmpty()) {
        named = byTopic(node);
      } else {
        boolean nameless = !feed.topicName().isEmpty() && string(node, "topic").isEmpty();
        String family = nameless ? requireShared("") : byTopic(node).family();
        named = new Named(String.join("/", database, schema, table), family);
      }
    }
    return change(node, named, op, updated, mvcc);
  }

  /** A row with {@code after}, {@code before} and {@code key}. */
  private Meaning change(Node node, Named named, String op, String updated, String mvcc)
      throws Refused {
    Node after = one(node, "after");
    require(after != null, "no after");
    require(after.is(Kind.NULL) || after.is(Kind.OBJECT), "after");
    Node before = one(node, "before");
    require(before == null || before.is(Kind.NULL) || before.is(Kind.OBJECT), "before");
    Map<String, String> image =
        before == null || before.is(Kind.NULL) ? Map.of() : columns(before.fields());
    Key read = key(one(node, "key"));
    boolean gone = after.is(Kind.NULL);
    require(!gone || !read.values().isEmpty() || !image.isEmpty(), "which row is gone?");
    return new Meaning(
        gone ? "delete" : "upsert",
        named.table(),
        named.family(),
        read.names(),
        read.values(),
        gone ? Map.of() : columns(after.fields()),
        before != null,
        image,
        updated,
        mvcc,
        op);
  }

  private Meaning flat(boolean row) throws Refused {
    Node node = object();
    Node metadata = one(node, "__crdb__");
    if (metadata == null) {
      metadata = new Node(Kind.OBJECT, "{}", List.of(), List.of());
    }
    require(metadata.is(Kind.OBJECT), row ? "row: __crdb__" : "bare: __crdb__");
    String opColumn = feed.envelope() == Envelope.KEY_ONLY ? "" : feed.opColumn();
    Node op = opColumn.isEmpty() ? null : one(node, opColumn);
    String did = op == null || op.is(Kind.NULL) ? "" : op.text();
    Map<String, String> columns =
        columns(
            node.fields().stream()
                .filter(f -> !is(f, "__crdb__") && (opColumn.isEmpty() || !is(f, opColumn)))
                .toList());
    String resolved = time(metadata, "resolved");
    if (!resolved.isEmpty()) {
      require(columns.isEmpty() && did.isEmpty(), "resolved beside columns");
      for (String other : List.of("key", "topic", "updated", "mvcc_timestamp")) {
        require(metadata.all(other).isEmpty(), "resolved beside " + other);
      }
      return Meaning.resolved(resolved);
    }
    if (!opColumn.isEmpty()) {
      require(List.of("insert", "update", "upsert", "delete").contains(did), "op");
    }
    Key read = key(one(metadata, "key"));
    boolean gone = did.equals("delete");
    require(!gone || !read.values().isEmpty(), "which row is gone?");
    Named named = byTopic(metadata);
    return new Meaning(
        gone ? "delete" : "upsert",
        named.table(),
        named.family(),
        read.names(),
        read.values(),
        gone ? Map.of() : columns,
        false,
        Map.of(),
        time(metadata, "updated"),
        time(metadata, "mvcc_timestamp"),
        did);
  }

  private Meaning deleteByKey() throws Refused {
    Key read = key(null);
    require(!read.values().isEmpty(), "which row is gone?");
    Named named = byTopic(new Node(Kind.OBJECT, "{}", List.of(), List.of()));
    return new Meaning(
        "delete",
        named.table(),
        named.family(),
        read.names(),
        read.values(),
        Map.of(),
        false,
        Map.of(),
        "",
        "",
        "");
  }

  /** A key; without names if it is an array. */
  private record Key(List<String> names, List<String> values) {}

  /** Kafka's key and the one in the value, or null, which must be of one row. */
  private Key key(Node inValue) throws Refused {
    Key inside = inValue == null ? new Key(List.of(), List.of()) : key(inValue, "in the value");
    if (key == null) {
      return inside;
    }
    Node node = PlainJson.read(key);
    if (node.is(Kind.OBJECT)
        && node.fields().size() == 2
        && has(node, "payload", v -> v.is(Kind.OBJECT))
        && has(node, "schema", v -> v.is(Kind.OBJECT))) {
      node = node.all("payload").get(0);
    }
    Key kafka = key(node, "of Kafka");
    if (inside.values().isEmpty()) {
      return kafka;
    }
    require(kafka.values().size() == inside.values().size(), "keys of different length");
    if (kafka.names().isEmpty() && inside.names().isEmpty()) {
      require(kafka.values().equals(inside.values()), "different keys");
    } else if (kafka.names().isEmpty() || inside.names().isEmpty()) {
      require(inside.values().containsAll(kafka.values()), "different keys");
    } else {
      require(byName(kafka).equals(byName(inside)), "different keys");
    }
    return kafka.names().isEmpty() && !inside.names().isEmpty() ? inside : kafka;
  }

  private static Map<String, String> byName(Key named) {
    Map<String, String> values = new TreeMap<>();
    for (int i = 0; i < named.names().size(); i++) {
      values.put(named.names().get(i), named.values().get(i));
    }
    return values;
  }

  private static Key key(Node node, String where) throws Refused {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    if (node.is(Kind.ARRAY)) {
      for (Node item : node.items()) {
        values.add(value(item));
      }
    } else {
      require(node.is(Kind.OBJECT), "a key " + where + " that is neither array nor object");
      columns(node.fields());
      for (Field field : node.fields()) {
        names.add(field.name());
        values.add(value(field.value()));
      }
    }
    require(!values.isEmpty(), "a key without columns");
    return new Key(names, values);
  }

  /** A table as {@code database/schema/name}, and a column family. */
  private record Named(String table, String family) {}

  private Named byTopic(Node node) throws Refused {
    String inValue = string(node, "topic");
    String name = topic;
    if (feed.topicName().isEmpty()) {
      require(name.startsWith(feed.topicPrefix()), "another prefix");
    } else {
      requireShared("");
      require(!inValue.isEmpty(), "no table's name");
      name = inValue;
    }
    if (name.startsWith(feed.topicPrefix())) {
      name = name.substring(feed.topicPrefix().length());
    }
    List<String> parts = new ArrayList<>();
    for (String part : name.split("\\.", -1)) {
      parts.add(unescaped(part));
    }
    Choice full = feed.fullTableName();
    Choice split = feed.splitColumnFamilies();
    boolean plain = full == Choice.FALSE && split == Choice.FALSE;
    require(plain || !parts.contains(""), "an empty part");
    int count = parts.size();
    boolean family;
    boolean qualified = false;
    if (full == Choice.FALSE) {
      family = (split == Choice.TRUE && count > 1) || (split == Choice.AUTO && count == 2);
    } else {
      qualified = count == 3 || (count == 4 && split != Choice.FALSE);
      require(qualified || (full == Choice.AUTO && count <= 2), "parts of the name");
      family = split != Choice.FALSE && count % 2 == 0;
    }
    String ofFamily = family ? parts.remove(count - 1) : "";
    return new Named(
        qualified ? String.join("/", parts) : "//" + String.join(".", parts), ofFamily);
  }

  private String requireShared(String family) throws Refused {
    require(
        topic.equals(feed.topicName()) || topic.equals(feed.topicPrefix() + feed.topicName()),
        "not the topic of all tables");
    return family;
  }

  private static String unescaped(String name) {
    StringBuilder plain = new StringBuilder();
    Matcher escape = Pattern.compile("_u([0-9a-fA-F]{2,8})_").matcher(name);
    int from = 0;
    while (escape.find()) {
      plain.append(name, from, escape.start());
      BigInteger code = new BigInteger(escape.group(1), 16);
      boolean character =
          code.bitLength() < 32
              && Character.isValidCodePoint(code.intValue())
              && Character.getType(code.intValue()) != Character.SURROGATE;
      plain.append(character ? Character.toString(code.intValue()) : escape.group());
      from = escape.end();
    }
    return plain.append(name, from, name.length()).toString();
  }

  private Node object() throws Refused {
    require(value != null, "a null value");
    Node node = PlainJson.read(value);
    require(node.is(Kind.OBJECT), "not an object");
    return node;
  }

  private static Map<String, String> columns(List<Field> fields) throws Refused {
    Map<String, String> values = new TreeMap<>();
    for (Field field : fields) {
      require(values.put(field.name(), value(field.value())) == null, "a name twice");
    }
    return values;
  }

  private static String value(Node node) throws Refused {
    require(!node.is(Kind.STRING) || isText(node.text()), "half a character");
    return switch (node.kind()) {
      case STRING -> "s" + node.text();
      case NUMBER -> "n" + node.text();
      case ARRAY, OBJECT -> "j" + node.text();
      default -> "w" + node.text();
    };
  }

  /** Whether the text is the same after a journey through UTF-8. */
  private static boolean isText(String text) {
    return java.nio.charset.StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static String string(Node node, String name) throws Refused {
    Node found = one(node, name);
    require(found == null || (found.is(Kind.STRING) && isText(found.text())), name);
    return found == null ? "" : found.text();
  }

  /** A time as {@code wall,logical}; empty if there is none. */
  private static String time(Node node, String name) throws Refused {
    Node found = one(node, name);
    if (found == null) {
      return "";
    }
    Matcher time = TIME.matcher(found.text());
    require(found.is(Kind.STRING) && time.matches(), name);
    // what stands behind the point is a fraction: .5 is .5000000000
    String fraction = time.group(2) == null ? "" : time.group(2);
    BigInteger wall = new BigInteger(time.group(1));
    BigInteger logical = new BigInteger(fraction + "0".repeat(10 - fraction.length()));
    require(wall.bitLength() < 64 && logical.bitLength() < 32, name);
    return wall + "," + logical;
  }

  private static String timeOrNull(Node node, String name) throws Refused {
    Node found = one(node, name);
    return found == null || found.is(Kind.NULL) ? "" : time(node, name);
  }

  /** The value of a field that may occur once; null if it does not. */
  private static Node one(Node node, String name) throws Refused {
    List<Node> found = node.all(name);
    require(found.size() < 2, name + " twice");
    return found.isEmpty() ? null : found.get(0);
  }

  private static boolean is(Field field, String name) {
    return field.name().equals(name);
  }

  private static boolean has(Node node, String name, Predicate<Node> such) {
    return node.all(name).stream().anyMatch(such);
  }

  private static void requireOnly(Node node, Set<String> names) throws Refused {
    for (Field field : node.fields()) {
      require(
          names.contains(field.name()) || field.name().startsWith("__crdb__"),
          "a field " + field.name());
    }
    for (String name : names) {
      one(node, name);
    }
  }

  private static void require(boolean holds, String what) throws Refused {
    if (!holds) {
      throw new Refused(what);
    }
  }
}

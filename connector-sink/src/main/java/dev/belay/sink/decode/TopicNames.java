package dev.belay.sink.decode;

import dev.belay.sink.change.TableName;
import dev.belay.sink.decode.FeedFormat.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads tables out of topic names: {@code prefix} + {@code table}, {@code table.family}, {@code
 * database.schema.table} or {@code database.schema.table.family}. CockroachDB escapes every
 * character but letters, digits, {@code .}, {@code _} and {@code -} as {@code _uXXXX_} (its
 * name.go); a dot inside a name is not escaped, so that the option texts decide where {@code AUTO}
 * cannot.
 */
final class TopicNames {
  private static final Pattern ESCAPE = Pattern.compile("_u([0-9a-fA-F]{2,8})_");

  private final String prefix;
  private final Choice full;
  private final Choice split;

  TopicNames(FeedFormat format) {
    this.prefix = format.topicPrefix();
    this.full = format.fullTableName();
    this.split = format.splitColumnFamilies();
  }

  /**
   * A topic's table.
   *
   * @param family empty if the topic carries whole rows
   */
  record Named(TableName table, String family) {}

  /** The table of a Kafka topic. */
  Named ofTopic(String topic) throws UnreadableException {
    if (!topic.startsWith(prefix)) {
      throw new UnreadableException(
          "The topic's name does not begin with the feed's topic prefix "
              + prefix
              + ", so its table is unknown. Subscribe to the feed's topics only, or correct the topic"
              + " prefix.");
    }
    return read(topic.substring(prefix.length()), topic);
  }

  /** The table that {@code topic} in a value names; CockroachDB puts no prefix there. */
  Named ofValue(String topic) throws UnreadableException {
    boolean prefixed = !prefix.isEmpty() && topic.startsWith(prefix);
    return read(prefixed ? topic.substring(prefix.length()) : topic, topic);
  }

  private Named read(String name, String topic) throws UnreadableException {
    List<String> parts = parts(name);
    int count = parts.size();
    if (full == Choice.FALSE && split == Choice.FALSE) {
      return simple(parts, false);
    }
    if (parts.contains("")) {
      throw unclear(topic, "has an empty part between dots");
    }
    boolean maySplit = split != Choice.FALSE;
    if (full == Choice.FALSE) {
      return simple(parts, split == Choice.TRUE ? count > 1 : count == 2);
    }
    if (count == 3 || (count == 4 && maySplit)) {
      return new Named(
          new TableName(parts.get(0), parts.get(1), parts.get(2)), count == 4 ? parts.get(3) : "");
    }
    if (full == Choice.AUTO && count <= 2) {
      return simple(parts, maySplit && count == 2);
    }
    throw unclear(topic, "has " + count + " parts between dots");
  }

  /** A name without database and schema, with dots of its own perhaps. */
  private static Named simple(List<String> parts, boolean family) {
    int last = parts.size() - 1;
    return family
        ? new Named(TableName.of(String.join(".", parts.subList(0, last))), parts.get(last))
        : new Named(TableName.of(String.join(".", parts)), "");
  }

  private static List<String> parts(String name) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', from)) {
      parts.add(unescape(name.substring(from, dot)));
      from = dot + 1;
    }
    parts.add(unescape(name.substring(from)));
    return parts;
  }

  static String unescape(String name) {
    Matcher matcher = ESCAPE.matcher(name);
    StringBuilder plain = new StringBuilder();
    while (matcher.find()) {
      long code = Long.parseLong(matcher.group(1), 16);
      boolean isCharacter = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
      String replacement = isCharacter ? Character.toString((int) code) : matcher.group();
      matcher.appendReplacement(plain, Matcher.quoteReplacement(replacement));
    }
    return matcher.appendTail(plain).toString();
  }

  private static UnreadableException unclear(String topic, String found) {
    return new UnreadableException(
        "The topic's name "
            + topic
            + " "
            + found
            + ", so its table is unknown. Set the topic prefix, full_table_name and"
            + " split_column_families as the changefeed was created.");
  }
}

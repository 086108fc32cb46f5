package dev.belay.source.feed;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The names of topics, as CockroachDB makes them of names that Kafka does not take. */
public final class TopicNames {
  private static final Pattern LOOKS_ESCAPED = Pattern.compile("_u[0-9a-fA-F]{2,8}_");
  private static final Pattern FORBIDDEN = Pattern.compile("[^A-Za-z0-9._-]");
  private static final int LONGEST = 249;

  private TopicNames() {}

  /**
   * The topic of a table.
   *
   * @param full whether names have database and schema
   * @param prefix of every topic
   */
  public static String of(TableName table, boolean full, String prefix) {
    return escaped(prefix + plain(table, full));
  }

  /**
   * The topic of a column family, where each has its own.
   *
   * @param full whether names have database and schema
   * @param prefix of every topic
   */
  public static String of(TableName table, String family, boolean full, String prefix) {
    return escaped(prefix + plain(table, full) + "." + family);
  }

  /** The table's name as it stands in a topic's, before anything is escaped. */
  public static String plain(TableName table, boolean full) {
    return full ? table.database() + "." + table.schema() + "." + table.name() : table.name();
  }

  public static String escaped(String name) {
    if (name.equals(".") || name.equals("..")) {
      return codes(name);
    }
    // what looks like an escape is escaped as a whole, so that it reads back as itself
    String clear = LOOKS_ESCAPED.matcher(name).replaceAll(TopicNames::codes);
    String escaped = FORBIDDEN.matcher(clear).replaceAll(TopicNames::codes);
    return escaped.length() > LONGEST ? escaped.substring(0, LONGEST) : escaped;
  }

  private static String codes(MatchResult found) {
    return codes(found.group());
  }

  private static String codes(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> out.append(String.format(c > 0xffff ? "_u%08x_" : "_u%04x_", c)));
    return out.toString();
  }
}

package dev.belay.testkit.standin.encode;

import dev.belay.testkit.standin.row.Family;
import dev.belay.testkit.standin.row.TableShape;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Names the topics of a changefeed.
 *
 * @param prefix before every name, may be empty
 * @param single one topic for all tables
 * @param full {@code database.schema.table} instead of the table's name
 */
public record TopicNames(String prefix, Optional<String> single, boolean full) {

  private static final Pattern LOOKS_ESCAPED = Pattern.compile("_u[0-9a-fA-F]{2,8}_");
  private static final Pattern FORBIDDEN = Pattern.compile("[^A-Za-z0-9._-]");
  private static final int LONGEST = 249;

  public String of(TableShape table) {
    return escape(prefix + single.orElseGet(() -> full ? table.fullName() : table.name()));
  }

  /** Of a column family, where each has a topic of its own. */
  public String of(TableShape table, Family family) {
    return escape(prefix + (full ? table.fullName() : table.name()) + "." + family.name());
  }

  /** Makes a name that Kafka accepts; reversible unless it is cut to 249 characters. */
  public static String escape(String name) {
    if (name.equals(".") || name.equals("..")) {
      return codes(name);
    }
    // What looks like an escape already is escaped as a whole, so that it reads back as itself.
    String unambiguous = replace(LOOKS_ESCAPED, name);
    String escaped = replace(FORBIDDEN, unambiguous);
    return escaped.length() > LONGEST ? escaped.substring(0, LONGEST) : escaped;
  }

  private static String replace(Pattern pattern, String text) {
    return pattern.matcher(text).replaceAll((MatchResult found) -> codes(found.group()));
  }

  private static String codes(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> out.append(String.format(c > 0xffff ? "_u%08x_" : "_u%04x_", c)));
    return out.toString();
  }
}

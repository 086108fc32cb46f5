package dev.belay.source.sinkless;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What CockroachDB makes of a name that Kafka does not take. */
final class TopicNames {
  private static final Pattern LOOKS_ESCAPED = Pattern.compile("_u[0-9a-fA-F]{2,8}_");
  private static final Pattern FORBIDDEN = Pattern.compile("[^A-Za-z0-9._-]");
  private static final int LONGEST = 249;

  private TopicNames() {}

  static String escaped(String name) {
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

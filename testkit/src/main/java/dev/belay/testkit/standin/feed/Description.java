package dev.belay.testkit.standin.feed;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A job's description: its statement as CockroachDB prints it. Tables are named as they were in
 * {@code CREATE CHANGEFEED}, in full only after an {@code ALTER}; options are sorted; the sink's
 * secrets are gone.
 */
final class Description {

  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_$]*");

  private Description() {}

  /**
   * @param tables as SQL, see {@link #name}
   */
  static String of(List<String> tables, SinkUri uri, Map<String, Optional<String>> options) {
    StringBuilder text = new StringBuilder("CREATE CHANGEFEED FOR TABLE ");
    text.append(String.join(", TABLE ", tables)).append(" INTO ").append(literal(uri.redacted()));
    if (!options.isEmpty()) {
      List<String> printed =
          new TreeMap<>(options)
              .entrySet().stream().map(e -> name(e.getKey()) + value(e.getValue())).toList();
      text.append(" WITH OPTIONS (").append(String.join(", ", printed)).append(')');
    }
    return text.toString();
  }

  private static String value(Optional<String> value) {
    return value.filter(v -> !v.isEmpty()).map(v -> " = " + literal(v)).orElse("");
  }

  /** A name with quotes if it needs them. Reserved words are not thought of. */
  static String name(String name) {
    return PLAIN_NAME.matcher(name).matches() ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A string as CockroachDB prints it: with escapes only where plain quotes would not do. */
  static String literal(String text) {
    boolean isPlain = text.chars().allMatch(c -> c >= ' ' && c < 127 && c != '\'' && c != '\\');
    if (isPlain) {
      return "'" + text + "'";
    }
    StringBuilder out = new StringBuilder("e'");
    text.codePoints().forEach(c -> out.append(escaped(c)));
    return out.append("'").toString();
  }

  private static String escaped(int c) {
    return switch (c) {
      case '\'' -> "\\'";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> {
        if (c >= ' ' && c < 127) {
          yield Character.toString(c);
        }
        yield c > 0xffff
            ? String.format(Locale.ROOT, "\\U%08X", c)
            : String.format(Locale.ROOT, c < 0x80 ? "\\x%02x" : "\\u%04X", c);
      }
    };
  }
}

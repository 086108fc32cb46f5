package dev.belay.cli.files;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which metrics a query of Prometheus asks for, and whether it is a query at all, in its form. */
final class PromQuery {
  private static final Set<String> FUNCTIONS =
      Set.of(
          "absent",
          "count",
          "increase",
          "label_values",
          "max",
          "min",
          "rate",
          "sum",
          "topk",
          "vector");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");
  private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern MATCHERS =
      Pattern.compile("\\{\\s*(?:\\w+\\s*(?:=~|!~|!=|=)\\s*\"\"\\s*(?:,\\s*)?)*}");
  private static final Pattern RANGE =
      Pattern.compile("\\[(?:\\d+[smhd]|\\$__rate_interval|\\$__range)]");
  private static final Pattern LABELS =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([\\w\\s,]*\\)");
  private static final Pattern WORD = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

  private PromQuery() {}

  /**
   * The names of the metrics.
   *
   * @throws IllegalArgumentException if it is no query
   */
  static Set<String> metrics(String query) {
    String bare = STRING.matcher(query).replaceAll("\"\"");
    bare = MATCHERS.matcher(bare).replaceAll(" ");
    bare = RANGE.matcher(bare).replaceAll(" ");
    bare = LABELS.matcher(bare).replaceAll(" ");
    if (!bare.matches("[\\w\\s():,.<>=!+*/-]*")) {
      throw new IllegalArgumentException("No query: " + query + "\nleft over: " + bare);
    }
    int open = 0;
    for (char c : bare.toCharArray()) {
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (open < 0) {
        break;
      }
    }
    if (open != 0) {
      throw new IllegalArgumentException("Brackets do not close: " + query);
    }
    Set<String> metrics = new TreeSet<>();
    Matcher word = WORD.matcher(bare);
    while (word.find()) {
      boolean called = bare.substring(word.end()).stripLeading().startsWith("(");
      if (OPERATORS.contains(word.group())) {
        continue;
      }
      if (called && !FUNCTIONS.contains(word.group())) {
        throw new IllegalArgumentException("No function " + word.group() + ": " + query);
      }
      if (!called) {
        metrics.add(word.group());
      }
    }
    return metrics;
  }
}

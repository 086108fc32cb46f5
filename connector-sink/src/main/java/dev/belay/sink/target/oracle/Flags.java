package dev.belay.sink.target.oracle;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a column of one character has for true and false, as its CHECK constraint says it.
 *
 * @param yes empty if unknown
 * @param no empty if unknown
 */
record Flags(String yes, String no) {
  static final Flags UNKNOWN = new Flags("", "");

  /** {@code "ACTIVE" IN ('Y', 'N')}, as people wrote it. */
  private static final Pattern TWO_VALUES =
      Pattern.compile(
          "(?is)\\s*\\(?\\s*(\"[^\"]+\"|[\\w$#]+)\\s+IN\\s*\\(\\s*'(.)'\\s*,\\s*'(.)'\\s*\\)\\s*\\)?\\s*");

  /** Which of the letters in use is the opposite of which. */
  private static final Map<String, String> OPPOSITE =
      Map.of("Y", "N", "T", "F", "1", "0", "y", "n", "t", "f");

  /**
   * Of a condition as the catalog has it; empty if it says something else, or of another column.
   */
  static Optional<Flags> of(String condition, String column) {
    Matcher values = TWO_VALUES.matcher(condition);
    if (!values.matches()) {
      return Optional.empty();
    }
    String name = values.group(1);
    boolean quoted = name.startsWith("\"");
    if (!(quoted ? name.equals('"' + column + '"') : name.equalsIgnoreCase(column))) {
      return Optional.empty();
    }
    for (int yes = 2; yes <= 3; yes++) {
      String no = values.group(5 - yes);
      if (no.equals(OPPOSITE.get(values.group(yes)))) {
        return Optional.of(new Flags(values.group(yes), no));
      }
    }
    return Optional.empty();
  }

  boolean areKnown() {
    return !yes.isEmpty();
  }
}

package dev.belay.sink.target.cockroach;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A type as {@code information_schema.columns.crdb_sql_type} words it: {@code DECIMAL(10,2)},
 * {@code VARCHAR(3)[]}, {@code STRING COLLATE en}, {@code INTERVAL DAY TO HOUR}, {@code
 * GEOMETRY(POINT,4326)}, {@code public.mood}.
 *
 * @param text the whole
 * @param base without arguments, in upper case unless it is a name of the user's
 * @param arguments what stands in the parentheses
 * @param words what follows: the fields of an interval
 * @param collation as SQL; empty if there is none
 * @param array whether it is an array of that
 */
record SqlType(
    String text,
    String base,
    List<String> arguments,
    List<String> words,
    Optional<String> collation,
    boolean array) {

  private static final Pattern FORM =
      Pattern.compile(
          "(?<base>\"char\"|[^\\s(\\[]*\"[^(]*\"|[^\\s(\\[]+)"
              + "(?<words>(?: (?!COLLATE )[A-Z]+)*)"
              + "(?:\\((?<args>[^)]*)\\))?"
              + "(?: COLLATE (?<collation>[^\\[]+))?"
              + "(?<array>\\[\\])?");

  private static final Pattern STRENGTH = Pattern.compile("(?i)[_-]ks[_-]level[12]");

  static SqlType parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return new SqlType(text, text, List.of(), List.of(), Optional.empty(), false);
    }
    String base = matcher.group("base");
    boolean ofTheUser = base.contains(".") || base.contains("\"");
    return new SqlType(
        text,
        ofTheUser ? base : base.toUpperCase(Locale.ROOT),
        split(matcher.group("args"), ","),
        split(matcher.group("words"), " "),
        Optional.ofNullable(matcher.group("collation")),
        matcher.group("array") != null);
  }

  private static List<String> split(String text, String separator) {
    return text == null
        ? List.of()
        : Stream.of(text.split(separator)).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /**
   * Whether its collation calls texts equal that differ by case: one with a strength ({@code ks})
   * of less than three, for example {@code en_US_u_ks_level2}. At the first level accents do not
   * count either.
   */
  boolean passesOverCase() {
    return collation.filter(name -> STRENGTH.matcher(name).find()).isPresent();
  }

  /** The element's type, with the same arguments. */
  SqlType element() {
    return new SqlType(text, base, arguments, words, collation, false);
  }

  /** A number in the parentheses. */
  int argument(int place, int otherwise) {
    return arguments.size() > place ? Integer.parseInt(arguments.get(place)) : otherwise;
  }
}

package dev.belay.sink.change;

/**
 * One value as the wire carried it, exact. What it means is decided by the target's column, not
 * here: a {@link Number} keeps its digits and exponent as text, a {@link Json} its own JSON text.
 */
public sealed interface Datum {

  /** SQL NULL (or JSON null: CockroachDB writes both the same way). */
  enum Null implements Datum {
    NULL;

    @Override
    public String text() {
      return "null";
    }
  }

  enum Bool implements Datum {
    TRUE,
    FALSE;

    @Override
    public String text() {
      return this == TRUE ? "true" : "false";
    }
  }

  /**
   * A JSON number.
   *
   * @param text the digits as written, for example {@code 1.10}, {@code 1E+1}, {@code
   *     -9223372036854775808}
   */
  record Number(String text) implements Datum {}

  /**
   * A JSON string.
   *
   * @param text its value, escapes resolved
   */
  record Text(String text) implements Datum {}

  /**
   * A JSON array or object.
   *
   * @param text the JSON as written, numbers untouched
   */
  record Json(String text) implements Datum {}

  /** The value as text: for a string its content, for all else its JSON. */
  String text();

  default boolean isNull() {
    return this == Null.NULL;
  }
}

package dev.belay.sink.decode;

import java.util.Locale;

/**
 * A column as the property {@code __crdb__} of an Avro field declares it, for example {@code a
 * TIMESTAMPTZ NOT NULL}, {@code "a b" DECIMAL(4,1)[] NULL}. What Avro's type leaves open is here:
 * the column's real name, and which of the types that travel alike it has.
 *
 * @param name as CockroachDB has it, without quotes
 * @param type upper case, without length, precision and brackets, for example {@code TIMESTAMPTZ};
 *     of an array the type of its elements
 */
record ColumnDeclaration(String name, String type) {

  /** A field that is no column. */
  static final ColumnDeclaration NONE = new ColumnDeclaration("", "");

  static ColumnDeclaration parse(String text) {
    StringBuilder name = new StringBuilder();
    int at = 0;
    if (text.startsWith("\"")) {
      for (at = 1; at < text.length(); at++) {
        if (text.charAt(at) == '"' && !(at + 1 < text.length() && text.charAt(at + 1) == '"')) {
          at++;
          break;
        }
        // of a doubled quote one is meant
        at += text.charAt(at) == '"' ? 1 : 0;
        name.append(text.charAt(at));
      }
    } else {
      for (; at < text.length() && text.charAt(at) != ' '; at++) {
        name.append(text.charAt(at));
      }
    }
    int from = Math.min(at + 1, text.length());
    int to = from;
    while (to < text.length() && " ([".indexOf(text.charAt(to)) < 0) {
      to++;
    }
    return new ColumnDeclaration(
        name.toString(), text.substring(from, to).toUpperCase(Locale.ROOT));
  }

  boolean isJson() {
    return type.equals("JSONB") || type.equals("JSON");
  }

  boolean isZoned() {
    return type.equals("TIMESTAMPTZ");
  }

  boolean isBits() {
    return type.equals("VARBIT") || type.equals("BIT");
  }

  boolean isShape() {
    return type.equals("GEOMETRY") || type.equals("GEOGRAPHY");
  }
}

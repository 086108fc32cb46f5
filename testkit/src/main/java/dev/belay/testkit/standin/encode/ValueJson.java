package dev.belay.testkit.standin.encode;

import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.ArrayOf;
import dev.belay.testkit.standin.row.SqlType.Composite;
import dev.belay.testkit.standin.row.SqlType.Scalar;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes an SQL value as JSON, by its type.
 *
 * @param jsonNullAsObject whether a JSONB null is marked, to tell it from an SQL NULL
 */
record ValueJson(boolean jsonNullAsObject) {

  private static final String MARKED_JSON_NULL = "{\"__crdb_json_null__\": true}";

  private static final Pattern TIMESTAMP =
      Pattern.compile("(\\d+)(-\\d\\d-\\d\\d) ([\\d:.]+)(\\+00)?( BC)?");

  /**
   * @param text PostgreSQL's text form; empty for NULL
   */
  String write(SqlType type, Optional<String> text) {
    return text.map(value -> write(type, value)).orElse(JsonText.NULL);
  }

  private String write(SqlType type, String text) {
    if (type instanceof ArrayOf array) {
      return JsonText.array(
          TextParts.ofArray(text).stream().map(item -> write(array.element(), item)).toList());
    } else if (type instanceof Composite composite) {
      return composite(composite, TextParts.ofComposite(text));
    }
    return scalar((Scalar) type, text);
  }

  private String composite(Composite type, List<Optional<String>> values) {
    Map<String, String> members = JsonText.members();
    for (int i = 0; i < values.size(); i++) {
      SqlType.Field field = type.fields().get(i);
      members.put(field.name(), write(field.type(), values.get(i)));
    }
    return JsonText.object(members);
  }

  private String scalar(Scalar type, String text) {
    return switch (type.kind()) {
      case INT -> text;
      case FLOAT -> floating(text);
      case DECIMAL -> decimal(text);
      case BOOL -> text.startsWith("t") ? "true" : "false";
      case CHAR -> string(text.stripTrailing());
      case TIMESTAMP -> string(timestamp(text, ""));
      case TIMESTAMPTZ -> string(timestamp(text, "Z"));
      case JSON -> json(text);
      case STRING, BYTES, UUID, INET, DATE, TIME, TIMETZ -> string(text);
      case INTERVAL, BIT, ENUM, OID, PG_LSN, TSVECTOR, TSQUERY, OTHER -> string(text);
    };
  }

  private static String string(String text) {
    return JsonText.string(text);
  }

  private static boolean isFinite(String number) {
    return !number.equals("NaN") && !number.endsWith("Infinity");
  }

  private static String decimal(String text) {
    if (isPlain(text)) {
      return text;
    }
    return isFinite(text) ? JsonText.number(new BigDecimal(text)) : string(text);
  }

  /** Most numbers are written as the database gives them: digits, and no small fraction. */
  private static boolean isPlain(String number) {
    int first = number.startsWith("-") ? 1 : 0;
    boolean isWhole = true;
    for (int i = first; i < number.length(); i++) {
      char c = number.charAt(i);
      isWhole &= c != '.';
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return isWhole || number.charAt(first) != '0';
  }

  private static String floating(String text) {
    if (isPlain(text) && !text.endsWith("0")) {
      return text;
    } else if (!isFinite(text)) {
      return string(text);
    }
    BigDecimal digits = new BigDecimal(text);
    if (digits.signum() == 0) {
      return text.startsWith("-") ? "-0" : "0";
    }
    // Shortest digits, then as a decimal: zeros before the point go into the exponent, 100 is 1E+2.
    return JsonText.number(digits.stripTrailingZeros());
  }

  private String json(String text) {
    String json = JsonText.reprint(text);
    return jsonNullAsObject && json.equals(JsonText.NULL) ? MARKED_JSON_NULL : json;
  }

  private static String timestamp(String text, String zone) {
    // CockroachDB has no infinite times: it stores the ends of its own range.
    if (text.equals("infinity")) {
      return "294277-01-01T23:59:59.999999" + zone;
    } else if (text.equals("-infinity")) {
      return "-4714-11-23T00:00:00" + zone;
    }
    int end = text.endsWith("+00") ? text.length() - 3 : text.length();
    if (text.charAt(4) == '-' && !text.endsWith("C")) { // of this era, with a year of four digits
      return text.substring(0, 10) + "T" + text.substring(11, end) + zone;
    }
    Matcher parts = TIMESTAMP.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("The database gave a timestamp in an unknown form");
    }
    String year = parts.group(5) == null ? parts.group(1) : astronomical(parts.group(1));
    return year + parts.group(2) + "T" + parts.group(3) + zone;
  }

  /** 44 BC is the year -0043, 1 BC is 0000. */
  private static String astronomical(String yearBeforeChrist) {
    int year = 1 - Integer.parseInt(yearBeforeChrist);
    return year == 0 ? "0000" : String.format("-%04d", -year);
  }
}

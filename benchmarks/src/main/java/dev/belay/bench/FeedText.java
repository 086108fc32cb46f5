package dev.belay.bench;

import java.math.BigDecimal;

/**
 * A change as a CockroachDB changefeed writes it: {@code format=json, envelope=wrapped, updated,
 * resolved}. Columns come in the order of their names.
 */
final class FeedText {

  private FeedText() {}

  static String key(long id) {
    return "[" + id + "]";
  }

  static String value(Change change) {
    StringBuilder text = new StringBuilder(512).append("{\"after\": ");
    if (change instanceof Change.Upsert upsert) {
      row(text, upsert.row());
    } else {
      text.append("null");
    }
    return text.append(", \"updated\": \"").append(hlc(change.nanos())).append("\"}").toString();
  }

  static String resolved(long nanos) {
    return "{\"resolved\":\"" + hlc(nanos) + "\"}";
  }

  private static String hlc(long nanos) {
    return nanos + ".0000000000";
  }

  /** In the shortest form: 100 is 1E+2. */
  private static String number(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toString();
  }

  /** Drawn texts hold nothing that JSON escapes. */
  private static void row(StringBuilder text, Row row) {
    text.append("{\"active\": ").append(row.active());
    text.append(", \"at\": \"").append(row.atText());
    text.append("\", \"day\": \"").append(row.dayText());
    text.append("\", \"doc\": ").append(row.doc());
    text.append(", \"id\": ").append(row.id());
    text.append(", \"name\": \"").append(row.name());
    text.append("\", \"note\": ");
    if (row.note().isEmpty()) {
      text.append("null");
    } else {
      text.append('"').append(row.note()).append('"');
    }
    text.append(", \"price\": ").append(row.priceText());
    text.append(", \"qty\": ").append(row.qty());
    text.append(", \"ref\": \"").append(row.ref());
    text.append("\", \"score\": ").append(number(row.score())).append('}');
  }
}

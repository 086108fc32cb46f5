package dev.belay.sink.plan;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Row;

/**
 * The columns of a record that its target table lacks, as one JSON object.
 *
 * @param sources their indexes in the wire's row
 */
@SuppressWarnings("ArrayRecordComponent")
record Extras(int[] sources) {
  /** By the feed's names, in its order; values as the feed has them. */
  Datum object(Row row) {
    StringBuilder json = new StringBuilder("{");
    for (int source : sources) {
      json.append(json.length() == 1 ? "" : ",");
      quote(json, row.names().get(source));
      json.append(':');
      Datum value = row.values().get(source);
      if (value instanceof Datum.Text text) {
        quote(json, text.text());
      } else {
        json.append(value.text());
      }
    }
    return new Datum.Json(json.append('}').toString());
  }

  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}

package dev.belay.sink.decode;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.Upsert;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a record comes to, in plain texts, so that two decoders can be compared.
 *
 * @param kind {@code upsert}, {@code delete}, {@code resolved} or {@code rejected}; of the last
 *     nothing else counts, since two decoders may stumble over different faults
 * @param row values by column; a value begins with the letter of its kind and goes on as written
 * @param updated {@code wall,logical}; empty if not known
 */
record Meaning(
    String kind,
    String table,
    String family,
    List<String> keyNames,
    List<String> key,
    Map<String, String> row,
    boolean beforeSent,
    Map<String, String> before,
    String updated,
    String mvcc,
    String op) {

  static final Meaning REJECTED =
      new Meaning("rejected", "", "", List.of(), List.of(), Map.of(), false, Map.of(), "", "", "");

  static Meaning resolved(String time) {
    return new Meaning(
        "resolved", "", "", List.of(), List.of(), Map.of(), false, Map.of(), time, "", "");
  }

  boolean isRejected() {
    return kind.equals("rejected");
  }

  static Meaning of(Decoded decoded) {
    if (decoded instanceof Rejected) {
      return REJECTED;
    }
    if (decoded instanceof Resolved resolved) {
      return resolved(time(resolved.time()));
    }
    Change change = (Change) decoded;
    KeyParts key = change.info().key();
    return new Meaning(
        change instanceof Delete ? "delete" : "upsert",
        String.join(
            "/",
            change.info().table().database(),
            change.info().table().schema(),
            change.info().table().name()),
        change.info().family(),
        key.names(),
        key.values().stream().map(Meaning::text).toList(),
        change instanceof Upsert upsert ? row(upsert.row()) : Map.of(),
        change.info().before().sent(),
        row(change.info().before().row()),
        time(change.info().updated()),
        time(change.info().mvcc()),
        change.info().op());
  }

  private static Map<String, String> row(Row row) {
    Map<String, String> values = new TreeMap<>();
    List<String> twice = new ArrayList<>();
    for (int i = 0; i < row.names().size(); i++) {
      if (values.put(row.names().get(i), text(row.values().get(i))) != null) {
        twice.add(row.names().get(i));
      }
    }
    if (!twice.isEmpty()) {
      throw new AssertionError("a row with twice " + twice);
    }
    return values;
  }

  private static String text(Datum datum) {
    String kind =
        datum instanceof Datum.Text
            ? "s"
            : datum instanceof Datum.Number ? "n" : datum instanceof Datum.Json ? "j" : "w";
    return kind + datum.text();
  }

  private static String time(HlcTimestamp time) {
    return time.isKnown() ? time.wallNanos() + "," + time.logical() : "";
  }
}

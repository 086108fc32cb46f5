package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Entry;
import dev.belay.testkit.standin.feed.TableScan.RowConsumer;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.TableShape;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Reads a table as it was at a place in the log: as it is now, without what the log has done to it
 * since. The columns must be the same. The log from that place on must be held.
 */
final class PastScan {

  private record Touched(TableShape shape, Optional<Row> before) {}

  private PastScan() {}

  /**
   * @param position in the log; what lies before it counts
   * @param time of that place; given for rows whose own commit time the log does not have any more
   * @param stop when to give up
   */
  static void rows(
      Capture capture,
      long table,
      long position,
      Hlc time,
      RowConsumer consumer,
      BooleanSupplier stop)
      throws SQLException {
    try (TableScan scan = TableScan.begin(capture)) {
      Map<List<String>, Touched> since = since(capture, table, position, scan.position());
      scan.rows(
          table,
          (shape, row, mvcc) -> {
            if (!stop.getAsBoolean() && !since.containsKey(row.keyOf(shape))) {
              consumer.accept(shape, row, mvcc);
            }
          });
      Map<List<String>, Hlc> committed =
          since.isEmpty() ? Map.of() : committed(capture, table, position);
      since.forEach(
          (key, touched) -> {
            if (!stop.getAsBoolean()) {
              Hlc mvcc = committed.getOrDefault(key, time);
              touched.before().ifPresent(row -> consumer.accept(touched.shape(), row, mvcc));
            }
          });
    }
  }

  /** When rows were written last before a place, as far as the log reaches back. */
  private static Map<List<String>, Hlc> committed(Capture capture, long table, long to) {
    Map<List<String>, Hlc> newest = new HashMap<>();
    for (Entry entry : capture.log().readKept(to)) {
      for (RowChange change : entry.changes()) {
        if (change.shape().id() == table) {
          newest.put(change.image().keyOf(change.shape()), entry.time());
        }
      }
    }
    return newest;
  }

  private static Map<List<String>, Touched> since(Capture capture, long table, long from, long to) {
    Map<List<String>, Touched> touched = new LinkedHashMap<>();
    for (Entry entry : capture.log().read(from, to, Integer.MAX_VALUE)) {
      for (RowChange change : entry.changes()) {
        if (change.shape().id() == table) {
          touched.putIfAbsent(
              change.image().keyOf(change.shape()), new Touched(change.shape(), change.before()));
        }
      }
    }
    return touched;
  }
}

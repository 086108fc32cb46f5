package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.capture.AlignedSnapshot;
import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Catalog;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.TableShape;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads whole tables as of one time in the order of commits, without holding anybody up; the same
 * again when asked again. One thread at a time.
 */
final class TableScan implements AutoCloseable {

  private static final int ROWS_AT_ONCE = 1000;

  /** Takes a row with the commit time of its version. */
  @FunctionalInterface
  interface RowConsumer {
    void accept(TableShape shape, Row row, Hlc mvcc);
  }

  private final Capture capture;
  private final AlignedSnapshot snapshot;

  private TableScan(Capture capture, AlignedSnapshot snapshot) {
    this.capture = capture;
    this.snapshot = snapshot;
  }

  static TableScan begin(Capture capture) throws SQLException {
    return new TableScan(capture, AlignedSnapshot.take(capture));
  }

  /** The time of the scan. */
  Hlc time() {
    return snapshot.time();
  }

  /** Where in the log the stream goes on. */
  long position() {
    return snapshot.position();
  }

  /** Reads a table in the order of its key; does nothing if it was dropped. */
  void rows(long tableId, RowConsumer consumer) throws SQLException {
    Optional<TableShape> found =
        new Catalog(snapshot.connection(), capture.database()).table(tableId);
    if (found.isEmpty()) {
      return;
    }
    TableShape shape = found.get();
    try (Statement statement = snapshot.connection().createStatement()) {
      statement.setFetchSize(ROWS_AT_ONCE);
      ResultSet rows = statement.executeQuery(query(shape));
      while (rows.next()) {
        String[] texts = new String[shape.columns().size()];
        for (int i = 0; i < texts.length; i++) {
          texts[i] = rows.getString(i + 3);
        }
        consumer.accept(shape, Row.owning(texts), commitTime(rows));
      }
    }
  }

  private Hlc commitTime(ResultSet row) throws SQLException {
    Optional<Hlc> moved = capture.movedTime(Integer.parseUnsignedInt(row.getString(1)));
    String micros = row.getString(2);
    // A version from before capture began, or frozen, has no commit time left: it is old.
    return moved.orElseGet(
        () -> micros == null ? time() : new Hlc(Long.parseLong(micros) * 1_000L, 0));
  }

  private static String query(TableShape shape) {
    String columns =
        shape.columns().stream()
            .map(c -> quote(c.name()) + "::text")
            .collect(Collectors.joining(", "));
    String key = shape.keyNames().stream().map(TableScan::quote).collect(Collectors.joining(", "));
    return "SELECT xmin::text, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::int8::text, "
        + columns
        + " FROM "
        + quote(shape.schema())
        + "."
        + quote(shape.name())
        + " ORDER BY "
        + key;
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public void close() {
    snapshot.close();
  }
}

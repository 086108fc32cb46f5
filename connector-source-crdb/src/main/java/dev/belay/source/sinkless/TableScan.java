package dev.belay.source.sinkless;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.SourceOffsets;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All rows of a table as of one time, by pages in the order of the key, whose offset is the last
 * key of each: after a crash it goes on where it was. The task's thread only.
 */
final class TableScan {
  private static final Logger LOG = LoggerFactory.getLogger(TableScan.class);

  /**
   * Texts as a changefeed has them, whatever the user's or the database's settings say: a
   * changefeed goes by none. One round trip.
   */
  private static final String TEXTS =
      "SET TIME ZONE 'UTC'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex';"
          + " SET datestyle = 'ISO, MDY'; SET extra_float_digits = 1";

  private record Line(byte[] key, byte[] value) {}

  private record Page(List<Line> lines, List<String> lastKey) {}

  private final Route route;
  private final ScanStatement statement;
  private List<String> key;
  private boolean done;

  /**
   * @param key of the last row that was read; none to begin
   */
  TableScan(Route route, ScanStatement statement, List<String> key) {
    this.route = route;
    this.statement = statement;
    this.key = List.copyOf(key);
    LOG.info(
        "Scanning table {} as of {}, {}",
        route.table(),
        statement.at(),
        key.isEmpty() ? "from its first row" : "going on after a key");
  }

  TableName table() {
    return route.table();
  }

  Route route() {
    return route;
  }

  HlcTimestamp at() {
    return statement.at();
  }

  /** How far it has come. */
  Map<String, String> offset() {
    return SourceOffsets.scanning(at(), position());
  }

  /** The same without the time. */
  String position() {
    return ScanKey.written(statement.shape().places(), key);
  }

  boolean isDone() {
    return done;
  }

  /** The next page's records; none after the last one. */
  List<SourceRecord> next(Cluster cluster, Records records) throws ClusterException {
    Page page = cluster.ask(this::read);
    Map<String, String> before = offset();
    List<SourceRecord> made = new ArrayList<>(page.lines().size());
    int last = page.lines().size() - 1;
    for (int i = 0; i < last; i++) {
      Line line = page.lines().get(i);
      made.add(records.row(route, line.key(), line.value(), before));
    }
    if (last >= 0) {
      key = page.lastKey();
      Line line = page.lines().get(last);
      made.add(records.row(route, line.key(), line.value(), offset()));
    }
    done = page.lines().size() < statement.rows();
    return made;
  }

  private Page read(Connection session) throws SQLException {
    List<Line> lines = new ArrayList<>();
    List<String> lastKey = List.of();
    try (Statement asking = session.createStatement()) {
      asking.execute(TEXTS);
      try (ResultSet row = asking.executeQuery(statement.after(key))) {
        while (row.next()) {
          lines.add(new Line(bytes(row, 1), bytes(row, 2)));
          lastKey = row.isLast() ? key(row) : lastKey;
        }
      }
    }
    return new Page(lines, lastKey);
  }

  private List<String> key(ResultSet row) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < statement.shape().keys().size(); i++) {
      texts.add(row.getString(i + 3));
    }
    return texts;
  }

  private static byte[] bytes(ResultSet row, int column) throws SQLException {
    return row.getString(column).getBytes(StandardCharsets.UTF_8);
  }
}

package dev.belay.source.sinkless;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
  private static final JsonMapper JSON = new JsonMapper();

  private record Line(byte[] key, byte[] value) {}

  private record Page(List<Line> lines, List<String> lastKey) {}

  private final Route route;
  private final ScanStatement statement;
  private List<String> key;
  private boolean done;

  /**
   * @param key where it was, as an offset has it; empty to begin
   * @throws IllegalArgumentException if that is no key
   */
  TableScan(Route route, ScanStatement statement, String key) {
    this.route = route;
    this.statement = statement;
    this.key = key.isEmpty() ? List.of() : parsed(key, statement.shape().keys().size());
    LOG.info(
        "Scanning table {} as of {}, {}",
        route.table(),
        statement.at(),
        key.isEmpty() ? "from its first row" : "going on after a key");
  }

  private static List<String> parsed(String text, int columns) {
    try {
      List<String> key = JSON.readValue(text, new TypeReference<>() {});
      if (key.size() == columns) {
        return key;
      }
    } catch (JsonProcessingException e) {
      // said below, without the key itself
    }
    throw new IllegalArgumentException(
        "key is no JSON array of " + columns + " texts, which is what the table's key has");
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
    return SourceOffsets.scanning(at(), written(key));
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
      // times with a zone are written in it, here as in a changefeed
      asking.execute("SET TIME ZONE 'UTC'");
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

  private static String written(List<String> key) {
    try {
      return key.isEmpty() ? "" : JSON.writeValueAsString(key);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts are always JSON", e);
    }
  }
}

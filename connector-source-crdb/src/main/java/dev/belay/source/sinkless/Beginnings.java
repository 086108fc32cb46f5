package dev.belay.source.sinkless;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.SourceOffsets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where each table of a task begins: at its offset, or where the configuration says if it has none.
 * The task's thread only.
 */
final class Beginnings {
  private static final Logger LOG = LoggerFactory.getLogger(Beginnings.class);

  private final SourceConfig config;
  private final Cluster cluster;
  private final Following following;
  private final Scans scans;

  /** Offsets of tables that had none, until they are handed over. */
  private final SortedMap<TableName, Map<String, String>> begin = new TreeMap<>();

  Beginnings(SourceConfig config, Cluster cluster, Following following, Scans scans) {
    this.config = config;
    this.cluster = cluster;
    this.following = following;
    this.scans = scans;
  }

  /**
   * Sends every table to the feed, or to the scans.
   *
   * @param stored Connect's offsets; empty where there is none
   * @param now the cluster's clock
   */
  void read(
      SortedSet<TableName> tables, Map<TableName, Map<String, Object>> stored, HlcTimestamp now)
      throws ClusterException, IOException {
    // an earlier try may have come half way
    following.clear();
    scans.clear();
    begin.clear();
    for (TableName table : tables) {
      read(table, stored.getOrDefault(table, Map.of()), now);
    }
  }

  private void read(TableName table, Map<String, Object> offset, HlcTimestamp now)
      throws ClusterException {
    Position position = SourceOffsets.position(offset);
    if (position instanceof Position.Moved moved) {
      follow(table, moved.cursor(), SourceOffsets.ahead(offset));
    } else if (position instanceof Position.Reached reached) {
      follow(table, reached.cursor(), SourceOffsets.ahead(offset));
    } else if (position instanceof Position.Scanning scanning) {
      scans.add(table, scanning.at(), scanning.key());
    } else if (config.initialScan()) {
      scan(table, now);
    } else {
      withoutScan(table, now);
    }
  }

  private void follow(TableName table, HlcTimestamp cursor, Optional<HlcTimestamp> handedAhead) {
    following.begin(table, cursor, handedAhead, cursor);
  }

  private void scan(TableName table, HlcTimestamp now) throws ClusterException {
    String key = scans.add(table, now, "");
    // after a crash they shall all go on with the same time, those not begun yet too
    begin.put(table, SourceOffsets.scanning(now, key));
  }

  /**
   * A table that is younger than the configured cursor begins with its rows: all of them came after
   * that time, and a feed that begins before its table is refused.
   */
  private void withoutScan(TableName table, HlcTimestamp now) throws ClusterException {
    HlcTimestamp cursor = config.cursor().orElse(now);
    if (config.cursor().isEmpty() || cluster.ask(s -> Catalog.wasThere(s, table, cursor))) {
      follow(table, cursor, Optional.empty());
      begin.put(table, SourceOffsets.complete(cursor));
    } else if (config.bidirectional()) {
      throw new IllegalArgumentException(
          "Table "
              + table
              + " was not there at feed.cursor, and a scan could overwrite newer rows on the other"
              + " side. Set feed.cursor to a time since the table was made.");
    } else {
      LOG.info("Table {} was not there at feed.cursor, and begins with its rows", table);
      scan(table, now);
    }
  }

  /** Puts what is to be remembered beside a record: Connect keeps no offset alone. */
  List<SourceRecord> carriedBy(List<SourceRecord> carriers, Records records) {
    if (carriers.isEmpty() || begin.isEmpty()) {
      return carriers;
    }
    List<SourceRecord> made = new ArrayList<>();
    begin.forEach((table, offset) -> made.add(records.carrying(carriers.get(0), table, offset)));
    begin.clear();
    return made;
  }
}

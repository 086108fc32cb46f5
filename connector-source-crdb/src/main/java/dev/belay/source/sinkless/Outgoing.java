package dev.belay.source.sinkless;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.SourceOffsets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Rows on their way to Connect, in as many polls as it takes, and the resolved time that ends them.
 * The task's thread only.
 *
 * <p>Invariant LastOfTable: only the last record of a table carries its new cursor; all before it
 * carry the old one. Without exactly-once Connect stores the offset of what Kafka has acknowledged
 * so far, and a row that already carried the new cursor would take the others' place.
 */
final class Outgoing {

  /**
   * What a poll may bring, which is what a transaction may have.
   *
   * @param records whole windows may have a few more: their resolved messages
   * @param bytes of keys and values
   */
  record Limits(int records, long bytes) {}

  private final Records records;
  private final Cursors cursors;
  private final HeldRows.Release rows;
  private final Optional<FeedItem.Resolved> resolved;
  private final Collection<Route> routes;
  private final Map<TableName, Map<String, String>> offsets = new HashMap<>();
  private long sent;
  private boolean done;

  /**
   * @param resolved the time up to which {@code rows} is all there is; empty for rows that leave
   *     before their time
   * @param routes that get the resolved message
   */
  Outgoing(
      Records records,
      Cursors cursors,
      HeldRows.Release rows,
      Optional<FeedItem.Resolved> resolved,
      Collection<Route> routes) {
    this.records = records;
    this.cursors = cursors;
    this.rows = rows;
    this.resolved = resolved;
    this.routes = routes;
  }

  /** Whether there is no more. */
  boolean isDone() {
    return done;
  }

  /** Whether its rows leave before their time. */
  boolean isEarly() {
    return resolved.isEmpty();
  }

  /** Rows so far. */
  long sent() {
    return sent;
  }

  /** The next records. */
  List<SourceRecord> next(Limits limits) throws IOException {
    List<SourceRecord> chunk = new ArrayList<>();
    long bytes = 0;
    while (chunk.size() < limits.records() && bytes < limits.bytes()) {
      Optional<FeedItem.Row> next = rows.next();
      if (next.isEmpty()) {
        resolved.ifPresent(time -> resolve(time, chunk));
        done = true;
        return chunk;
      }
      FeedItem.Row row = next.get();
      bytes += row.key().length + row.value().length;
      chunk.add(record(row));
      sent++;
    }
    return chunk;
  }

  private SourceRecord record(FeedItem.Row row) {
    TableName table = row.route().table();
    if (resolved.isEmpty() && cursors.handedAhead(table, row.time())) {
      offsets.remove(table);
    }
    return records.row(row.route(), row.key(), row.value(), before(table));
  }

  /** The old cursor, and how far rows above it may be in Kafka when it is found. */
  private Map<String, String> before(TableName table) {
    return offsets.computeIfAbsent(
        table,
        name -> {
          if (resolved.isPresent()) {
            cursors.handedAhead(name, resolved.get().time());
          }
          return cursors.offsetBefore(name);
        });
  }

  private void resolve(FeedItem.Resolved time, List<SourceRecord> chunk) {
    Map<TableName, List<Route>> byTable = new HashMap<>();
    for (Route route : routes) {
      byTable.computeIfAbsent(route.table(), table -> new ArrayList<>()).add(route);
    }
    byTable.keySet().removeIf(table -> !time.time().isAfter(cursors.of(table)));
    byTable.forEach((table, topics) -> resolve(table, topics, time, chunk));
    // only now: had a topic not been found, none of these records would leave
    byTable.keySet().forEach(table -> cursors.reach(table, time.time()));
  }

  private void resolve(
      TableName table, List<Route> topics, FeedItem.Resolved time, List<SourceRecord> chunk) {
    Map<String, String> old = before(table);
    HlcTimestamp reached = time.time();
    for (int i = 0; i < topics.size(); i++) {
      int partitions = records.partitions(topics.get(i));
      for (int partition = 0; partition < partitions; partition++) {
        boolean last = i == topics.size() - 1 && partition == partitions - 1;
        chunk.add(
            records.resolved(
                topics.get(i),
                partition,
                time.value(),
                last ? SourceOffsets.complete(reached) : old));
      }
    }
  }
}

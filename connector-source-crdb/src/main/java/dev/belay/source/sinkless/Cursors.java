package dev.belay.source.sinkless;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.SourceOffsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How far each table has been handed to Connect. The task's thread only.
 *
 * <p>Invariant Complete: every change of a table at or below its cursor was handed over. Invariant
 * NeverBack: a cursor only goes forward.
 */
final class Cursors {
  private final Map<TableName, HlcTimestamp> cursors = new HashMap<>();
  private final Map<TableName, HlcTimestamp> ahead = new HashMap<>();
  private final Map<TableName, HlcTimestamp> scans = new HashMap<>();
  // as it was when the feed began
  private final Map<TableName, HlcTimestamp> doubtful = new HashMap<>();

  void begin(TableName table, HlcTimestamp cursor, Optional<HlcTimestamp> handedAhead) {
    cursors.put(table, cursor);
    handedAhead.ifPresent(time -> ahead.put(table, time));
  }

  /** A table whose rows as of a time are still to be handed over; nothing is complete before. */
  void beginScan(TableName table, HlcTimestamp at) {
    cursors.put(table, at.previous());
    scans.put(table, at);
  }

  /** Whether a table's rows are not complete yet. */
  boolean isScanning() {
    return !scans.isEmpty();
  }

  /** The offset that goes with a row before its window is complete. */
  Map<String, String> offsetBefore(TableName table) {
    HlcTimestamp scan = scans.get(table);
    return scan == null
        ? SourceOffsets.partly(cursors.get(table), ahead(table))
        : SourceOffsets.scanning(scan, "");
  }

  /** A table that is followed elsewhere from now on. */
  void end(TableName table) {
    scans.remove(table);
    cursors.remove(table);
    ahead.remove(table);
    doubtful.remove(table);
  }

  /** A table is followed by others from now on, from where it is. */
  void moveTo(Cursors others, TableName table) {
    others.begin(table, cursors.get(table), ahead(table));
    end(table);
  }

  Set<TableName> tables() {
    return Collections.unmodifiableSet(cursors.keySet());
  }

  HlcTimestamp of(TableName table) {
    return cursors.get(table);
  }

  /** Up to where rows above the cursor may have been handed over, too, by a window cut short. */
  Optional<HlcTimestamp> ahead(TableName table) {
    return Optional.ofNullable(ahead.get(table));
  }

  /** Where a feed over all tables must begin. */
  HlcTimestamp least() {
    return Collections.min(cursors.values());
  }

  /** Whether a row was handed over with its window. */
  boolean has(FeedItem.Row row) {
    return !row.time().isAfter(cursors.get(row.route().table()));
  }

  /** A feed begins anew: what was handed over above the cursors will come again. */
  void again() {
    doubtful.clear();
    doubtful.putAll(ahead);
  }

  /** Whether a row comes that may have been handed over by a window that was cut short. */
  boolean mayHave(FeedItem.Row row) {
    if (doubtful.isEmpty()) {
      return false;
    }
    HlcTimestamp time = doubtful.get(row.route().table());
    return time != null && !row.time().isAfter(time);
  }

  /**
   * A row above the cursor is handed over.
   *
   * @return whether that is further ahead than any before
   */
  boolean handedAhead(TableName table, HlcTimestamp time) {
    HlcTimestamp before = ahead.get(table);
    if (before != null && !time.isAfter(before)) {
      return false;
    }
    ahead.put(table, time);
    return true;
  }

  /** Moves a table's cursor, if that is forward. */
  void reach(TableName table, HlcTimestamp time) {
    cursors.merge(table, time, (a, b) -> a.isAfter(b) ? a : b);
    scans.remove(table);
    HlcTimestamp before = ahead.get(table);
    if (before != null && !before.isAfter(time)) {
      ahead.remove(table);
      doubtful.remove(table);
    }
  }
}

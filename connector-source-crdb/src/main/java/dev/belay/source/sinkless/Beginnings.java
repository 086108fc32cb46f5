package dev.belay.source.sinkless;

import dev.belay.source.cluster.Catalog;
import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.TableName;
import dev.belay.source.plan.Trouble;
import dev.belay.source.report.SourceOffsets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where each table of a task begins: at its offset, or where the configuration says if it has none.
 * The task's thread only.
 *
 * <p>Invariant FirstTimeIsKept: nothing of a table that begins is read, and the feed does not count
 * as running, before Connect has stored the time at which it begins. A task that dies earlier has
 * left nothing that depends on that time, and its successor may take another. Tables that have
 * begun do not wait for it.
 */
final class Beginnings {
  private static final Logger LOG = LoggerFactory.getLogger(Beginnings.class);

  /** To look is to read a topic. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(400);

  private final SourceConfig config;
  private final Cluster cluster;
  private final FormerJobs formerJobs;
  private final Function<SortedSet<TableName>, Map<TableName, Map<String, Object>>> offsets;
  private final Following following;
  private final Scans scans;

  /** Offsets of tables that had none, until they are handed over. */
  private final SortedMap<TableName, Map<String, String>> begin = new TreeMap<>();

  /** The same, until Connect has stored them. */
  private final SortedMap<TableName, Map<String, String>> unstored = new TreeMap<>();

  /** What is read of each table of those once they are. */
  private final SortedMap<TableName, Start> starts = new TreeMap<>();

  private OptionalLong looked = OptionalLong.empty();

  /**
   * @param from nothing of the table that is older is needed
   */
  private record Start(HlcTimestamp from, Runnable action) {}

  /**
   * @param offsets Connect's, of each table; empty where there is none
   */
  Beginnings(
      SourceConfig config,
      Cluster cluster,
      FormerJobs formerJobs,
      Function<SortedSet<TableName>, Map<TableName, Map<String, Object>>> offsets,
      Following following,
      Scans scans) {
    this.config = config;
    this.cluster = cluster;
    this.formerJobs = formerJobs;
    this.offsets = offsets;
    this.following = following;
    this.scans = scans;
  }

  /**
   * Sends every table to the feed, or to the scans.
   *
   * @param now the cluster's clock
   */
  void read(SortedSet<TableName> tables, HlcTimestamp now) throws ClusterException, IOException {
    // an earlier try may have come half way
    following.clear();
    scans.clear();
    begin.clear();
    unstored.clear();
    starts.clear();
    Map<TableName, Map<String, Object>> stored = offsets.apply(tables);
    Map<TableName, Position> positions = new TreeMap<>();
    tables.forEach(
        table ->
            positions.put(table, SourceOffsets.position(stored.getOrDefault(table, Map.of()))));
    Map<TableName, FoundJob> former = formerJobs.of(cluster, positions);
    for (TableName table : tables) {
      Position position = positions.get(table);
      Optional<FoundJob> job = Optional.ofNullable(former.get(table));
      if (!goOn(table, position, stored.getOrDefault(table, Map.of()))) {
        begin(table, position, job, now);
      }
    }
    unstored.putAll(begin);
  }

  /** Whether there is a time to go on from. */
  private boolean goOn(TableName table, Position position, Map<String, Object> offset)
      throws ClusterException {
    if (position instanceof Position.Moved moved) {
      follow(table, moved.cursor(), SourceOffsets.ahead(offset));
    } else if (position instanceof Position.Reached reached) {
      follow(table, reached.cursor(), SourceOffsets.ahead(offset));
    } else if (position instanceof Position.Scanning scanning) {
      scans.add(scans.find(table, scanning.at(), scanning.key()));
    } else {
      return false;
    }
    return true;
  }

  private void begin(
      TableName table, Position position, Optional<FoundJob> former, HlcTimestamp now)
      throws ClusterException {
    boolean hadBegun = position instanceof Position.Begun;
    // read without that job, whose licence is no matter here, and by itself
    Optional<Trouble> hopeless =
        former
            .flatMap(job -> Trouble.ofTables(job.trouble(), job.tables(), Set.of(table)))
            .filter(trouble -> trouble != Trouble.LICENCE);
    if (hadBegun && hopeless.isPresent()) {
      throw new IllegalArgumentException(
          "Job "
              + former.get().id()
              + " stopped: "
              + former.get().trouble()
              + ". "
              + hopeless.get().why()
              + " "
              + hopeless.get().remedy());
    } else if (former.isPresent() && hopeless.isEmpty()) {
      takeOver(table, former.get(), now);
    } else if (hadBegun && !config.initialScan() && config.cursor().isEmpty()) {
      throw new IllegalArgumentException(
          "A job had begun table "
              + table
              + " and is not listed any more, so nobody knows from which time on its changes are"
              + " wanted. Stop the connector and PATCH the table's offset to a cursor, or delete it for"
              + " a fresh start.");
    } else if (config.initialScan()) {
      scan(table, now);
    } else {
      withoutScan(table, now);
    }
  }

  /**
   * Everything since the job's beginning is wanted, whatever of it the job has sent. Its scan is
   * done again as of the same time, so that no delete since is missed.
   */
  private void takeOver(TableName table, FoundJob job, HlcTimestamp now) throws ClusterException {
    HlcTimestamp began = job.cursor().orElse(now);
    HlcTimestamp from = job.highWater().orElse(began);
    if (job.highWater().isPresent() || !config.initialScan()) {
      LOG.info("Table {} goes on from {}, to which job {} had come", table, from, job.id());
      begin(table, from);
    } else {
      boolean isReadable = isReadable(table, began, now);
      if (!isReadable) {
        LOG.warn(
            "Table {} is scanned as of now: the time of the scan that job {} had begun cannot be read"
                + " any more, and rows that were deleted since stay in the target",
            table,
            job.id());
      }
      scan(table, isReadable ? began : now);
    }
  }

  private boolean isReadable(TableName table, HlcTimestamp time, HlcTimestamp now)
      throws ClusterException {
    Duration ttl = cluster.ask(session -> Catalog.gcTtl(session, List.of(table))).get(table);
    return ttl == null || time.until(now).compareTo(ttl) < 0;
  }

  private void follow(TableName table, HlcTimestamp cursor, Optional<HlcTimestamp> handedAhead) {
    following.begin(table, cursor, handedAhead, cursor);
  }

  private void begin(TableName table, HlcTimestamp cursor) {
    begin.put(table, SourceOffsets.complete(cursor));
    starts.put(table, new Start(cursor, () -> follow(table, cursor, Optional.empty())));
  }

  private void scan(TableName table, HlcTimestamp at) throws ClusterException {
    Scans.Found found = scans.find(table, at, "");
    // after a crash they shall all go on with the same time, those not begun yet too
    begin.put(table, SourceOffsets.scanning(at, found.position()));
    starts.put(table, new Start(at, () -> scans.add(found)));
  }

  /**
   * A table that is younger than the configured cursor begins with its rows: all of them came after
   * that time, and a feed that begins before its table is refused.
   */
  private void withoutScan(TableName table, HlcTimestamp now) throws ClusterException {
    HlcTimestamp cursor = config.cursor().orElse(now);
    if (config.cursor().isEmpty() || cluster.ask(s -> Catalog.wasThere(s, table, cursor))) {
      begin(table, cursor);
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

  /** When each of the tables begins that wait for that to be stored: see FirstTimeIsKept. */
  SortedMap<TableName, HlcTimestamp> awaited() {
    SortedMap<TableName, HlcTimestamp> times = new TreeMap<>();
    starts.forEach((table, start) -> times.put(table, start.from()));
    return times;
  }

  /**
   * Looks at what Connect has stored since, which it tells nobody, and lets those tables begin. A
   * predecessor that was thought dead may store its own time after ours, which is then what the
   * next task goes by: so this one does, as soon as it knows that ours does not come.
   *
   * @param nanos of a clock that only goes forward
   * @param isLate whether Connect has had its time to store ours
   * @throws ClusterException if the cluster does not tell how such a table can be read
   */
  void look(long nanos, boolean isLate) throws ClusterException {
    boolean isEarly = looked.isPresent() && nanos - looked.getAsLong() < LOOK_EVERY.toNanos();
    if (unstored.isEmpty() || !begin.isEmpty() || isEarly) {
      return;
    }
    looked = OptionalLong.of(nanos);
    Map<TableName, Map<String, Object>> stored = offsets.apply(new TreeSet<>(unstored.keySet()));
    for (TableName table : Set.copyOf(unstored.keySet())) {
      Map<String, Object> found = stored.getOrDefault(table, Map.of());
      if (unstored.get(table).equals(found)) {
        starts.get(table).action().run();
      } else if (isLate && goOn(table, SourceOffsets.position(found), found)) {
        LOG.warn(
            "Table {} begins where another task had said, whose offset came after ours", table);
      } else {
        continue;
      }
      starts.remove(table);
      unstored.remove(table);
    }
  }
}

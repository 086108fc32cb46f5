package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.access.Access.TableRef;
import dev.belay.testkit.standin.row.Hlc;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How much of each table's past is gone: what is older than its time to live, but for what a job
 * protects. Any thread.
 *
 * <p>Invariant NeverBack: what is gone stays gone.
 */
final class Garbage {

  private final Rules.TimeToLive timeToLive;
  // What was collected on demand: of every table, but for those which have an entry.
  private Hlc collected = new Hlc(0, 0);
  private final Map<TableRef, Hlc> spared = new HashMap<>();

  Garbage(Rules.TimeToLive timeToLive) {
    this.timeToLive = timeToLive;
  }

  /**
   * Collects everything up to now, whatever the time to live.
   *
   * @param protections the time from which a table's past is needed
   */
  synchronized void collect(Hlc now, Map<TableRef, Hlc> protections) {
    Set<TableRef> tables = new HashSet<>(protections.keySet());
    Map<TableRef, Hlc> next = new HashMap<>();
    for (TableRef table : tables) {
      next.put(table, later(onDemand(table), earlier(now, justBefore(protections.get(table)))));
    }
    spared.clear();
    spared.putAll(next);
    collected = now;
  }

  private Hlc onDemand(TableRef table) {
    return spared.getOrDefault(table, collected);
  }

  /**
   * Only what is later than this is left.
   *
   * @param protection the time from which the table's past is needed; empty for none
   */
  synchronized Hlc threshold(TableRef table, Optional<Hlc> protection, Hlc now) {
    Duration kept = timeToLive.of(table.database(), table.id());
    Hlc aged = new Hlc(Math.max(0, now.wallNanos() - kept.toNanos()), 0);
    Hlc byAge = protection.map(time -> earlier(aged, justBefore(time))).orElse(aged);
    return later(onDemand(table), byAge);
  }

  private static Hlc justBefore(Hlc time) {
    return new Hlc(time.wallNanos() - 1, 0);
  }

  private static Hlc earlier(Hlc a, Hlc b) {
    return a.isAfter(b) ? b : a;
  }

  private static Hlc later(Hlc a, Hlc b) {
    return a.isAfter(b) ? a : b;
  }
}

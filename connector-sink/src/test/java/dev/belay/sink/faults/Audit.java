package dev.belay.sink.faults;

import dev.belay.sink.faults.AuditTables.Moved;
import dev.belay.sink.faults.AuditTables.Transaction;
import dev.belay.sink.faults.AuditTables.Written;
import dev.belay.sink.faults.FeedLog.Entry;
import dev.belay.sink.faults.FeedLog.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * Whether every record of the topics took effect exactly once (invariant I1 ExactlyOnce). It
 * compares two things that the sink does not write: Kafka's own records, read anew, and the {@link
 * AuditTables}, which the target's triggers fill. So it holds over any number of killed processes,
 * whose meters begin again at zero.
 *
 * <p>Proved in both modes, transaction by transaction:
 *
 * <ul>
 *   <li>a row's versions strictly increase, so that none is written twice; each that was written is
 *       in the topics; a delete removes what was there;
 *   <li>rows change only in a transaction that moves a position with them;
 *   <li>no position goes back, and none covers a record that has not taken effect by then: its
 *       version, or a newer one of its row, is in the target, or it was reported;
 *   <li>in the end the positions are the ends of the topics, and applied, superseded, repeated,
 *       reported and resolved records add up to them.
 * </ul>
 *
 * In {@code consistent} mode more: between two frontiers exactly one version of each row is due,
 * and each transaction must have written these and no others. There is no room for a record that
 * was taken for a repetition and was none; in {@code immediate} mode a lost version would go
 * unnoticed if a newer one of its row was written in or before the transaction that covers it,
 * since that is what folding looks like.
 *
 * <p>Not proved: values other than key and version (the bank's observer and the types' tests look
 * at those), and what the sink's own meters say, which {@code AuditIT} compares for a task that
 * nobody kills.
 */
final class Audit {

  /**
   * What became of the records of the topics.
   *
   * @param applied versions written, and deletes, also those of rows that were not there
   * @param superseded never written, since a newer version of the row was: folded, or older than
   *     what was there
   * @param repeated the same row and version as an earlier record, or of a time that was complete
   * @param transactions that moved a position
   */
  record Account(
      long applied,
      long superseded,
      long repeated,
      long reported,
      long resolved,
      long transactions) {
    long records() {
      return applied + superseded + repeated + reported + resolved;
    }
  }

  /** A row's state: its version, and whether it is there. */
  private record State(long version, boolean isThere) {
    static final State NONE = new State(Long.MIN_VALUE, false);
  }

  private final FeedLog log;
  private final List<Transaction> transactions;
  private final Set<String> reported;
  private final boolean consistent;

  /** Of each row: its records by version. */
  private final Map<String, TreeMap<Long, Kind>> versions = new HashMap<>();

  private final Map<String, State> states = new HashMap<>();
  private final Set<String> appliedVersions = new HashSet<>();
  private final Map<TopicPartition, Moved> positions = new HashMap<>();
  private final Map<TopicPartition, List<Entry>> waiting = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private long frontier = Long.MIN_VALUE;

  private Audit(
      FeedLog log, List<Transaction> transactions, Set<String> reported, boolean consistent) {
    this.log = log;
    this.transactions = transactions;
    this.reported = reported;
    this.consistent = consistent;
    for (Entry entry : log.entries()) {
      if (isRow(entry)) {
        versions
            .computeIfAbsent(entry.row(), row -> new TreeMap<>())
            .put(entry.version(), entry.kind());
      }
      waiting.computeIfAbsent(entry.partition(), p -> new ArrayList<>()).add(entry);
    }
  }

  /**
   * Looks at everything.
   *
   * @param reported records in the dead letter queue, as {@code topic-partition@offset}
   * @param consistent whether all was written in {@code consistent} mode
   * @throws AssertionError with everything that is wrong
   */
  static Account of(
      FeedLog log, List<Transaction> transactions, Set<String> reported, boolean consistent) {
    Audit audit = new Audit(log, transactions, reported, consistent);
    transactions.forEach(audit::replay);
    audit.judgeEnd();
    if (!audit.problems.isEmpty()) {
      throw new AssertionError(
          audit.problems.size() + " problems:\n" + String.join("\n", audit.problems));
    }
    return audit.account();
  }

  private boolean isRow(Entry entry) {
    return (entry.kind() == Kind.UPSERT || entry.kind() == Kind.DELETE)
        && !reported.contains(name(entry));
  }

  private static String name(Entry entry) {
    return entry.partition() + "@" + entry.offset();
  }

  private void replay(Transaction transaction) {
    if (!transaction.rows().isEmpty() && transaction.positions().isEmpty()) {
      problems.add("rows without a position: " + transaction.rows());
    }
    if (consistent) {
      replayWindow(transaction);
    } else {
      transaction.rows().forEach(this::replayRow);
      transaction.positions().forEach(this::replayDeletesOfNothing);
    }
    transaction.positions().forEach(this::replayPosition);
  }

  /** What was due between the last frontier and this one, and nothing else. */
  private void replayWindow(Transaction transaction) {
    long next = Math.max(frontier, transaction.frontier().orElse(frontier));
    Set<Written> due = new HashSet<>();
    if (next > frontier) {
      versions.forEach(
          (row, found) -> {
            Map<Long, Kind> within = found.subMap(frontier, false, next, true);
            if (within.isEmpty()) {
              return;
            }
            Map.Entry<Long, Kind> newest = found.floorEntry(next);
            State before = states.getOrDefault(row, State.NONE);
            boolean isThere = newest.getValue() == Kind.UPSERT;
            if (isThere) {
              due.add(new Written(row, false, newest.getKey()));
            } else if (before.isThere()) {
              due.add(new Written(row, true, before.version()));
            }
            states.put(row, new State(newest.getKey(), isThere));
            appliedVersions.add(row + "@" + newest.getKey());
          });
    }
    Set<Written> written = new HashSet<>(transaction.rows());
    if (written.size() != transaction.rows().size()) {
      problems.add("written twice in one transaction: " + transaction.rows());
    }
    String window = "window (" + frontier + ", " + next + "]: ";
    due.stream()
        .filter(w -> !written.contains(w))
        .forEach(w -> problems.add(window + "due and not written: " + w));
    written.stream()
        .filter(w -> !due.contains(w))
        .forEach(w -> problems.add(window + "written and not due: " + w));
    frontier = next;
  }

  private void replayRow(Written written) {
    String row = written.row();
    State before = states.getOrDefault(row, State.NONE);
    TreeMap<Long, Kind> found = versions.getOrDefault(row, new TreeMap<>());
    if (!written.isGone()) {
      if (found.get(written.version()) != Kind.UPSERT) {
        problems.add("written, and in no topic: " + written);
      }
      if (written.version() <= before.version()) {
        problems.add("written after version " + before.version() + ": " + written);
      }
      states.put(row, new State(written.version(), true));
      appliedVersions.add(row + "@" + written.version());
      return;
    }
    if (written.version() != before.version() || !before.isThere()) {
      problems.add("deleted, and was " + before + ": " + written);
    }
    // which delete it was the row does not tell: the first one is the least that it can be
    found.tailMap(written.version(), false).entrySet().stream()
        .filter(version -> version.getValue() == Kind.DELETE)
        .findFirst()
        .ifPresentOrElse(
            version -> {
              states.put(row, new State(version.getKey(), false));
              appliedVersions.add(row + "@" + version.getKey());
            },
            () -> problems.add("deleted, and no delete in any topic: " + written));
  }

  private void replayPosition(Moved moved) {
    Moved before = positions.put(moved.partition(), moved);
    if (before != null) {
      boolean isNext =
          moved.epoch() > before.epoch()
              || (moved.epoch() == before.epoch() && moved.sequence() == before.sequence() + 1);
      if (!isNext || moved.applied() < before.applied()) {
        problems.add("a position goes back: " + moved + " after " + before);
      }
    }
    covered(moved)
        .filter(entry -> !isInEffect(entry))
        .forEach(entry -> problems.add("covered by " + moved + " and not in effect: " + entry));
    waiting.get(moved.partition()).removeAll(covered(moved).toList());
  }

  /** What a position says to be in effect, and none before it did. */
  private Stream<Entry> covered(Moved moved) {
    return waiting.computeIfAbsent(moved.partition(), p -> new ArrayList<>()).stream()
        .filter(e -> e.offset() < moved.applied() && !moved.held().contains(e.offset()));
  }

  /** Deletes of rows that are not there, of which no trigger tells. */
  private void replayDeletesOfNothing(Moved moved) {
    covered(moved)
        .filter(entry -> isRow(entry) && entry.kind() == Kind.DELETE)
        .forEach(
            entry -> {
              State state = states.getOrDefault(entry.row(), State.NONE);
              if (!state.isThere() && entry.version() > state.version()) {
                states.put(entry.row(), new State(entry.version(), false));
                appliedVersions.add(entry.row() + "@" + entry.version());
              }
            });
  }

  private boolean isInEffect(Entry entry) {
    return isRow(entry)
        ? states.getOrDefault(entry.row(), State.NONE).version() >= entry.version()
        : entry.kind() == Kind.RESOLVED || reported.contains(name(entry));
  }

  private void judgeEnd() {
    log.ends()
        .forEach(
            (partition, end) -> {
              Moved moved = positions.get(partition);
              boolean isAtEnd =
                  end == 0
                      || (moved != null
                          && moved.applied() == end
                          && moved.held().first().isEmpty());
              if (!isAtEnd) {
                problems.add(partition + " ends at " + end + ", and its position is " + moved);
              }
            });
    versions.forEach(
        (row, found) -> {
          State state = states.getOrDefault(row, State.NONE);
          if (state.version() != found.lastKey()) {
            problems.add(row + " is " + state + ", and its newest version " + found.lastKey());
          }
        });
  }

  private Account account() {
    long applied = 0;
    long superseded = 0;
    long repeated = 0;
    long told = 0;
    long resolved = 0;
    Set<String> met = new HashSet<>();
    List<Entry> inOrder = new ArrayList<>(log.entries());
    inOrder.sort(Comparator.comparingLong(Entry::offset));
    for (Entry entry : inOrder) {
      String version = entry.row() + "@" + entry.version();
      if (reported.contains(name(entry))) {
        told++;
      } else if (entry.kind() == Kind.RESOLVED) {
        resolved++;
      } else if (!met.add(version)) {
        repeated++;
      } else if (appliedVersions.contains(version)) {
        applied++;
      } else {
        superseded++;
      }
    }
    long moving = transactions.stream().filter(t -> !t.positions().isEmpty()).count();
    Account account = new Account(applied, superseded, repeated, told, resolved, moving);
    long ends = log.ends().values().stream().mapToLong(Long::longValue).sum();
    if (account.records() != ends) {
      throw new AssertionError(account + " does not add up to the offsets, " + ends);
    }
    return account;
  }
}

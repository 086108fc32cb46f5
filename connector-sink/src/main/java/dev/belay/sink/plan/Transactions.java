package dev.belay.sink.plan;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.TransactionEnd;
import dev.belay.sink.change.TransactionEvent;
import dev.belay.sink.failure.StopException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Finds out how far the transactions of the source have come as a whole (invariant I4 Snapshot),
 * where their events are spread over topics and only an end of each says how many there are.
 *
 * <pre>
 *   orders     801#1  801#2                 803#1
 *   items      801#1          802#1
 *   ends       801: orders 2, items 1;  802: items 1;  803: orders 1, items 1
 *              complete up to 802
 * </pre>
 *
 * Ends come in order of commit, in one partition. Events may come before or after the end of their
 * transaction, and again after a crash of the connector that sends them. One thread.
 */
public final class Transactions {
  /** Ends of transactions that are known to be over, where they carry no position. */
  static final int REMEMBERED = 10_000;

  private final String topic;
  private final String prefix;
  private final Predicate<String> isSubscribed;
  private final Map<String, Boolean> subscribed = new HashMap<>();
  private final Map<String, String> topics = new HashMap<>();

  /** Those whose end was read, in order of commit. */
  private final Map<String, TransactionEnd> open = new LinkedHashMap<>();

  private final Map<String, Seen> seen = new HashMap<>();
  private final Set<String> over = Collections.newSetFromMap(new Remembered());
  private HlcTimestamp complete = HlcTimestamp.NONE;
  private final Deque<Complete> untold = new ArrayDeque<>();
  private HlcTimestamp committed = HlcTimestamp.NONE;

  private static final class Remembered extends LinkedHashMap<String, Boolean> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  }

  /** The events of one transaction that were read. */
  private static final class Seen {
    private final Map<String, BitSet> orders = new HashMap<>();
    private HlcTimestamp newest = HlcTimestamp.NONE;
  }

  /**
   * @param topic where the ends are; what is before its last dot begins the names of the others
   * @param isSubscribed whether a topic's records come here; of others nothing is waited for
   */
  public Transactions(String topic, Predicate<String> isSubscribed) {
    this.topic = topic;
    this.prefix = topic.substring(0, topic.lastIndexOf('.') + 1);
    this.isSubscribed = isSubscribed;
  }

  /** Where the ends are. */
  public String topic() {
    return topic;
  }

  /**
   * Starts over: everything above a version is read again.
   *
   * @param from up to where everything has taken effect
   */
  public void start(HlcTimestamp from) {
    open.clear();
    seen.clear();
    over.clear();
    untold.clear();
    complete = from;
  }

  /**
   * Takes an event; one that came before does no harm.
   *
   * @throws StopException if its topic is not named after its table, so that it could not be told
   *     which events are still to come
   */
  public void take(TransactionEvent event) {
    Origin origin = event.origin();
    if (!origin.topic().equals(topicOf(event.collection()))) {
      throw new StopException(
          "The record at "
              + origin
              + " is of table "
              + event.collection()
              + ", and the topic of that table would be "
              + topicOf(event.collection())
              + ". With delivery.mode=consistent the ends of transactions name tables, and tables are"
              + " found by the names that Debezium gives to topics (of Oracle's they cannot be)."
              + " Take transforms that route records out of Debezium's connector, or give"
              + " feed.transaction.topic the topic of that connector; or make a connector of another"
              + " name with delivery.mode=immediate.");
    }
    if (event.version().isKnown() && !event.version().isAfter(complete)) {
      // its transaction is over, whatever end of it comes again
      over.add(event.transaction());
      TransactionEnd end = open.get(event.transaction());
      if (end != null && !end.position().isKnown()) {
        open.remove(event.transaction());
      }
      return;
    }
    Seen transaction = seen.computeIfAbsent(event.transaction(), t -> new Seen());
    transaction
        .orders
        .computeIfAbsent(origin.topic(), t -> new BitSet())
        .set((int) Math.min(Integer.MAX_VALUE - 1, event.order()));
    transaction.newest = HlcTimestamp.max(transaction.newest, event.version());
  }

  /** Takes an end; one that came before does no harm. */
  public void take(TransactionEnd end) {
    boolean isOver =
        end.position().isKnown()
            ? !end.position().isAfter(complete)
            : over.contains(end.transaction());
    if (!isOver) {
      open.putIfAbsent(end.transaction(), end);
    }
  }

  /** Offset of the first end that is not covered by a position; empty if all that came are. */
  public OptionalLong firstAbove(HlcTimestamp position) {
    for (Complete one : untold) {
      if (one.upTo().isAfter(position)) {
        return OptionalLong.of(one.offset());
      }
    }
    return next().map(end -> OptionalLong.of(end.origin().offset())).orElse(OptionalLong.empty());
  }

  /** How many transactions are remembered: their ends, their events, or both. */
  public int remembered() {
    return open.size() + seen.size() + untold.size();
  }

  /** Whether any transaction was ever complete. */
  public boolean hasCompleted() {
    return complete.isKnown();
  }

  /** The topics whose records the next transaction that can become complete waits for. */
  public Set<String> awaited() {
    return next().map(end -> missing(end).keySet()).orElse(Set.of(topic));
  }

  /** The first whose end was read and that is not complete. */
  private Optional<TransactionEnd> next() {
    return open.values().stream().findFirst();
  }

  /**
   * A transaction that has become complete.
   *
   * @param offset of its end
   * @param upTo every version at or below it has been read
   * @param committed when that was at the source; {@link HlcTimestamp#NONE} if not told
   */
  public record Complete(long offset, HlcTimestamp upTo, HlcTimestamp committed) {}

  /** Those that have become complete since this was last asked, in order of commit. */
  public List<Complete> complete() {
    List<Complete> found = new ArrayList<>();
    Iterator<TransactionEnd> ends = open.values().iterator();
    while (ends.hasNext()) {
      TransactionEnd end = ends.next();
      if (!missing(end).isEmpty()) {
        break;
      }
      ends.remove();
      Seen events = seen.remove(end.transaction());
      over.add(end.transaction());
      HlcTimestamp newest = events == null ? HlcTimestamp.NONE : events.newest;
      complete = HlcTimestamp.max(complete, end.position().isKnown() ? end.position() : newest);
      if (complete.isKnown()) {
        found.add(new Complete(end.origin().offset(), complete, end.committed()));
      }
    }
    untold.addAll(found);
    if (!found.isEmpty()) {
      // what was counted of transactions whose end was passed over
      seen.values().removeIf(events -> events.newest.isKnown() && !events.newest.isAfter(complete));
    }
    return found;
  }

  /**
   * When the newest transaction was committed at the source that has taken effect; {@link
   * HlcTimestamp#NONE} if none has since this began.
   *
   * @param frontier up to where all have
   */
  public HlcTimestamp committedAt(HlcTimestamp frontier) {
    while (!untold.isEmpty() && !untold.peekFirst().upTo().isAfter(frontier)) {
      committed = HlcTimestamp.max(committed, untold.removeFirst().committed());
    }
    return committed;
  }

  /** What the next transaction lacks; empty if no end waits. */
  public String finding() {
    return next().map(this::finding).orElse("");
  }

  private String finding(TransactionEnd end) {
    StringBuilder text =
        new StringBuilder("the transaction whose end is at ").append(end.origin()).append(" lacks");
    String separator = " ";
    for (Map.Entry<String, Long> lack : missing(end).entrySet()) {
      text.append(separator)
          .append(lack.getValue())
          .append(" events of topic ")
          .append(lack.getKey());
      separator = ", ";
    }
    return text.append(
            ". Either they are still to come, or a transform or Kafka's retention has taken them. If"
                + " so, give Debezium another topic.prefix, and this connector another name")
        .toString();
  }

  /** Debezium's name for the topic of a table: what Kafka does not take is replaced. */
  private String topicOf(String collection) {
    return topics.computeIfAbsent(
        collection, name -> prefix + name.replaceAll("[^a-zA-Z0-9._-]", "_"));
  }

  /** How many events are still to come, by topic. */
  private Map<String, Long> missing(TransactionEnd end) {
    Map<String, Long> missing = new TreeMap<>();
    Seen events = seen.get(end.transaction());
    end.events()
        .forEach(
            (collection, count) -> {
              String of = topicOf(collection);
              BitSet read = events == null ? null : events.orders.get(of);
              long lack = count - (read == null ? 0 : read.cardinality());
              if (lack > 0 && subscribed.computeIfAbsent(of, isSubscribed::test)) {
                missing.put(of, lack);
              }
            });
    return missing;
  }
}

package dev.belay.sink;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.checkpoint.OpenRejection;
import dev.belay.sink.checkpoint.RejectedKey;
import dev.belay.sink.checkpoint.RejectionChange;
import dev.belay.sink.checkpoint.RejectionStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rejected records of the claimed partitions that nothing has mended yet: the target's snapshot
 * is complete but for their rows. What is here is in the target too, in table {@code
 * belay_rejection}, written in the transaction whose checkpoint covers the records. One thread.
 *
 * <p>Beyond {@link #MOST}, records are counted and not told apart, so that only a person can say
 * that they are mended.
 */
final class OpenRejections {
  private static final Logger LOG = LoggerFactory.getLogger(OpenRejections.class);

  /** So many are told apart by a task. */
  static final int MOST = 10_000;

  private record Place(TopicPartition partition, long offset) {
    static Place of(OpenRejection rejection) {
      return new Place(rejection.partition(), rejection.offset());
    }
  }

  private final RejectionStore store;
  private final Map<String, OpenRejection> byKey = new HashMap<>();
  private final Map<Place, OpenRejection> unkeyed = new HashMap<>();

  OpenRejections(RejectionStore store) {
    this.store = store;
  }

  /** Takes over what the target has of partitions that are being claimed. */
  void claim(Connection connection, Set<TopicPartition> partitions) throws SQLException {
    forget(partitions);
    store.read(connection, partitions).forEach(this::add);
  }

  /** Forgets those of partitions that are not claimed any more; the target keeps them. */
  void forget(Collection<TopicPartition> partitions) {
    byKey.values().removeIf(rejection -> partitions.contains(rejection.partition()));
    unkeyed.keySet().removeIf(place -> partitions.contains(place.partition()));
  }

  void clear() {
    byKey.clear();
    unkeyed.clear();
  }

  /** How many records there are. */
  long count() {
    return byKey.size() + countUnkeyed();
  }

  /** How many of them no newer version can mend, since nobody knows of which row they are. */
  long countUnkeyed() {
    return unkeyed.values().stream().mapToLong(OpenRejection::records).sum();
  }

  /** Whether a change that is applied could mend one. */
  boolean mayBeMended() {
    return !byKey.isEmpty();
  }

  /** Whether a change is of a row of which one is open. */
  boolean mayMend(Change change) {
    return !byKey.isEmpty() && byKey.containsKey(RejectedKey.hash(change.info()));
  }

  /**
   * What a transaction does to them; changes nothing here until {@link #committed}.
   *
   * @param applied what it writes
   * @param rejected what its checkpoint covers besides, at most once each
   */
  RejectionChange after(Stream<Change> applied, List<OpenRejection> rejected) {
    Map<String, OpenRejection> newest = new LinkedHashMap<>();
    List<OpenRejection> opened = new ArrayList<>();
    for (OpenRejection rejection : rejected) {
      if (rejection.hasKey()) {
        newest.merge(
            rejection.keyHash(), rejection, (a, b) -> b.version().isAfter(a.version()) ? b : a);
      } else {
        opened.add(rejection);
      }
    }
    Map<String, OpenRejection> closed = new LinkedHashMap<>();
    applied.forEach(
        change -> {
          String key = RejectedKey.hash(change.info());
          if (isMended(byKey.get(key), change)) {
            closed.put(key, byKey.get(key));
          }
          if (isMended(newest.get(key), change)) {
            newest.remove(key);
          }
        });
    newest.forEach(
        (key, rejection) -> {
          OpenRejection before = byKey.get(key);
          if (before == null || closed.containsKey(key)) {
            opened.add(rejection);
          } else if (!before.version().isAfter(rejection.version())) {
            closed.put(key, before);
            opened.add(rejection);
          }
        });
    return new RejectionChange(List.copyOf(closed.values()), bounded(opened, closed.size()));
  }

  /** An older version than the rejected one, sent again, mends nothing, nor does half a row. */
  private static boolean isMended(OpenRejection rejection, Change applied) {
    boolean isWhole = !(applied instanceof Upsert upsert) || upsert.whole();
    return rejection != null && isWhole && !rejection.version().isAfter(applied.version());
  }

  private List<OpenRejection> bounded(List<OpenRejection> opened, int closing) {
    int room = Math.max(0, MOST - byKey.size() - unkeyed.size() + closing);
    if (opened.size() <= room) {
      return opened;
    }
    List<OpenRejection> kept = new ArrayList<>(opened.subList(0, room));
    Map<TopicPartition, Long> beyond = new LinkedHashMap<>();
    opened
        .subList(room, opened.size())
        .forEach(rejection -> beyond.merge(rejection.partition(), 1L, Long::sum));
    beyond.forEach((partition, records) -> kept.add(OpenRejection.overflow(partition, records)));
    return kept;
  }

  void write(Connection connection, RejectionChange change) throws SQLException {
    if (!change.isEmpty()) {
      store.write(connection, change);
    }
  }

  /** Takes over what was committed. */
  void committed(RejectionChange change) {
    change.closed().forEach(rejection -> byKey.remove(rejection.keyHash()));
    boolean overflowed = overflows();
    change.opened().forEach(this::add);
    if (!overflowed && overflows()) {
      LOG.warn(
          "More than {} rejected records are open: overflow. Further ones are counted and not told"
              + " apart, so newer versions of their rows do not lower open-rejections",
          MOST);
    }
  }

  private boolean overflows() {
    return unkeyed.keySet().stream().anyMatch(place -> place.offset() == OpenRejection.OVERFLOW);
  }

  private void add(OpenRejection rejection) {
    if (rejection.hasKey()) {
      byKey.put(rejection.keyHash(), rejection);
    } else if (rejection.offset() == OpenRejection.OVERFLOW) {
      unkeyed.merge(
          Place.of(rejection),
          rejection,
          (a, b) -> OpenRejection.overflow(a.partition(), a.records() + b.records()));
    } else {
      unkeyed.put(Place.of(rejection), rejection);
    }
  }
}

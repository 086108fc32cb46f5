package dev.belay.sink;

import dev.belay.sink.apply.OutageException;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Ignored;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.TransactionEnd;
import dev.belay.sink.change.TransactionEvent;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.UnreadableException;
import dev.belay.sink.failure.Rejector;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.metrics.SinkMetrics;
import dev.belay.sink.plan.RecentRecords;
import dev.belay.sink.plan.Transactions;
import dev.belay.sink.registry.RegistryAwayException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads records into their partitions: each is held, or promised something (resolved), or is a
 * repetition, or is rejected. Takes a batch that Connect delivers again as if it came once.
 */
final class Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  /** Records; decoding so many takes a fraction of a millisecond. */
  private static final int BETWEEN_PAUSES = 200;

  /** Of its end, or of the count of its events; about. */
  private static final int BYTES_OF_A_TRANSACTION = 500;

  private final RecordParts parts;
  private final Decoder decoder;
  private final Rejector rejector;
  private final RecentRecords recent;
  private final SinkMetrics metrics;
  private final boolean failOnSuspect;
  private final boolean ignoreDeletes;
  private final Optional<Transactions> transactions;

  /**
   * @param transactions where transactions of the source are counted, and partitions resolve
   *     together; empty where each partition has resolved times of its own
   */
  Intake(
      RecordParts parts,
      Decoder decoder,
      Rejector rejector,
      RecentRecords recent,
      SinkMetrics metrics,
      boolean failOnSuspect,
      boolean ignoreDeletes,
      Optional<Transactions> transactions) {
    this.parts = parts;
    this.decoder = decoder;
    this.rejector = rejector;
    this.recent = recent;
    this.metrics = metrics;
    this.failOnSuspect = failOnSuspect;
    this.ignoreDeletes = ignoreDeletes;
    this.transactions = transactions;
  }

  /** Whether partitions resolve together, and are to be read again together. */
  boolean countsTransactions() {
    return transactions.isPresent();
  }

  /**
   * When a frontier was, at the source; empty where it is a time itself.
   *
   * @return {@link HlcTimestamp#NONE} in it if that is not known
   */
  Optional<HlcTimestamp> committedAt(HlcTimestamp frontier) {
    return transactions.map(counting -> counting.committedAt(frontier));
  }

  /** Starts over with partitions that were claimed, all of them. */
  void claimed(Map<TopicPartition, PartitionState> claimed) {
    transactions.ifPresent(
        counting ->
            counting.start(
                claimed.values().stream()
                    .map(PartitionState::resolvedAtClaim)
                    .reduce(HlcTimestamp::max)
                    .orElse(HlcTimestamp.NONE)));
  }

  static TopicPartition partition(SinkRecord record) {
    return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
  }

  /**
   * Partitions of which Kafka gives something else than the record after the last one. Compacted
   * and transactional topics have gaps by nature; else records were lost, or the topic is another
   * one.
   *
   * @param again whether the batch was given before, so that records below are no surprise
   */
  Set<TopicPartition> gaps(
      Collection<SinkRecord> records, Map<TopicPartition, PartitionState> claimed, boolean again) {
    Map<TopicPartition, Long> due = new HashMap<>();
    Set<TopicPartition> gaps = new HashSet<>();
    for (SinkRecord record : records) {
      TopicPartition partition = partition(record);
      PartitionState state = claimed.get(partition);
      if (state != null) {
        long offset = record.originalKafkaOffset();
        long expected = due.getOrDefault(partition, state.next());
        if (offset > expected || (offset < expected && !again)) {
          gaps.add(partition);
        }
        due.put(partition, Math.max(expected, offset + 1));
      }
    }
    return gaps;
  }

  /** What is to be done from time to time while a batch is read. */
  @FunctionalInterface
  interface Pause {
    void run() throws OutageException;
  }

  /**
   * @param claimed may lose partitions during a pause, or get others in their place
   * @throws StopException if the feed or the connector's settings cannot work, or a record is
   *     rejected and may not be
   * @throws OutageException from a pause, or if a schema cannot be had; the rest of the batch is
   *     unread
   */
  void accept(
      Collection<SinkRecord> records, Map<TopicPartition, PartitionState> claimed, Pause pause)
      throws OutageException {
    int read = 0;
    for (SinkRecord record : records) {
      if (++read % BETWEEN_PAUSES == 0) {
        pause.run();
      }
      PartitionState state = claimed.get(partition(record));
      if (state != null && record.originalKafkaOffset() >= state.next()) {
        try {
          take(record, state);
        } catch (RegistryAwayException e) {
          throw new OutageException(e.getMessage());
        }
        state.read(record.originalKafkaOffset());
      }
    }
    transactions.ifPresent(counting -> resolve(counting, claimed));
  }

  /** Tells the partitions what the transactions that have become complete mean for them. */
  private static void resolve(Transactions counting, Map<TopicPartition, PartitionState> claimed) {
    PartitionState ends = claimed.get(new TopicPartition(counting.topic(), 0));
    if (ends == null) {
      return;
    }
    for (Transactions.Complete complete : counting.complete()) {
      claimed.values().forEach(state -> state.resolve(complete.upTo()));
    }
    ends.awaits(counting::firstAbove, (long) counting.remembered() * BYTES_OF_A_TRANSACTION);
    // a row that waits may wait for any partition's next
    boolean all =
        !counting.hasCompleted() || claimed.values().stream().anyMatch(s -> s.blocked() > 0);
    Set<String> awaited = counting.awaited();
    claimed.forEach(
        (partition, state) -> state.holdsBack(all || awaited.contains(partition.topic())));
  }

  private void take(SinkRecord record, PartitionState state) {
    Origin origin =
        new Origin(
            record.originalTopic(), record.originalKafkaPartition(), record.originalKafkaOffset());
    byte[] key = null;
    byte[] value = null;
    Decoded decoded;
    try {
      key = parts.key(record, origin);
      value = parts.value(record, origin);
      decoded = decoder.decode(origin, record.topic(), key, value);
    } catch (UnreadableException e) {
      decoded = new Rejected(origin, e.getMessage());
    }
    boolean known = state.isKnown(origin.offset());
    if (transactions.isPresent()) {
      decoded = counted(decoded, transactions.get(), state);
    }
    if (decoded instanceof TransactionEnd) {
      metrics.resolved(known);
    } else if (decoded instanceof Delete && ignoreDeletes) {
      metrics.ignored(known);
    } else if (decoded instanceof Change change) {
      takeChange(change, record, key, length(key) + length(value), state, known);
    } else if (decoded instanceof Resolved resolved) {
      state.resolve(resolved);
      metrics.resolved(known);
    } else if (decoded instanceof Rejected rejected) {
      if (!known) {
        rejector.report(record, origin, rejected.reason(), Map.of());
        state.unreadable(origin.offset());
        metrics.rejected(1);
      }
    } else if (decoded instanceof Ignored ignored) {
      metrics.ignored(known);
      if (ignored.echo()) {
        metrics.echo(known);
      }
    }
  }

  /** The record as what it is beside being one of a transaction's. */
  private static Decoded counted(Decoded decoded, Transactions counting, PartitionState state) {
    if (decoded instanceof TransactionEnd end) {
      counting.take(end);
      return end;
    }
    if (decoded instanceof Rejected rejected
        && rejected.origin().topic().equals(counting.topic())) {
      throw new StopException(
          "The record at "
              + rejected.origin()
              + " should tell the beginning or end of a transaction. "
              + rejected.reason()
              + " Without it the events of a transaction cannot be counted, and none is passed over. If"
              + " nothing else helps, make a connector of another name for topics that begin anew.");
    }
    if (decoded instanceof TransactionEvent event) {
      counting.take(event);
      if (event.version().isKnown()) {
        // also of what has nothing to apply: a restart counts it again
        state.passed(event.origin().offset(), event.version());
      }
      return event.event();
    }
    if (decoded instanceof Change change && !change.info().isRead()) {
      throw new StopException(
          "The record at "
              + change.origin()
              + " does not say which transaction of the source it belongs to, and"
              + " delivery.mode=consistent applies whole transactions. Set"
              + " provide.transaction.metadata=true on Debezium's connector from the beginning, with"
              + " another topic.prefix; or make a connector of another name with"
              + " delivery.mode=immediate.");
    }
    return decoded;
  }

  private void takeChange(
      Change change,
      SinkRecord record,
      byte[] key,
      int bytes,
      PartitionState state,
      boolean known) {
    if (!change.version().isKnown()) {
      throw new StopException(
          "The record at "
              + change.origin()
              + " has no commit time, so the versions of a row cannot be told apart. Create the"
              + " changefeed with the option updated"
              + " (envelope=enriched: enriched_properties='source' as well). A delete of envelope=row"
              + " never has one: create the changefeed with envelope=wrapped.");
    }
    if (state.fallsBack(change.version().wallNanos() == HlcTimestamp.OF_A_SNAPSHOT) && !known) {
      throw new StopException(
          "The record at "
              + change.origin()
              + " is of a snapshot, and changes from the source's log came before it in its"
              + " partition. Debezium's connector for PostgreSQL has begun anew, and its rows do not"
              + " say whether they are newer than what was applied. Give it another topic.prefix, and"
              + " this connector another name and those topics; or read single tables again by a"
              + " signal of type incremental, and never of type blocking.");
    }
    byte[] keyBytes = key == null ? new byte[0] : key;
    String topic = change.origin().topic();
    // Rows that were read from their table are of no transaction, so none waits for them. They come
    // before every later change of theirs, and nothing was complete without those.
    boolean late = transactions.isPresent() && change.info().isRead() && !known;
    if (!change.version().isAfter(state.settled()) && !late) {
      if (!known) {
        metrics.replayed(1);
        judge(change, topic, keyBytes, state);
      }
      return;
    }
    recent.saw(topic, keyBytes, change.version());
    state.hold(new HeldChange(change, record, bytes, known));
  }

  private static int length(byte[] part) {
    return part == null ? 0 : part.length;
  }

  /**
   * A record at or below the resolved time should have been sent before. What this task would
   * remember and does not was promised not to come (invariant I3 NeverBackwards). A row of a scan
   * is another telling of a version that was sent before, by the time of the scan and not by its
   * own: a feed that was made twice at one moment scans twice.
   */
  private void judge(Change change, String topic, byte[] key, PartitionState state) {
    boolean judgeable =
        change.version().isAfter(state.resolvedAtClaim())
            && recent.reaches(change.version())
            && !change.info().isOfScan();
    if (!judgeable || recent.contains(topic, key, change.version())) {
      return;
    }
    metrics.suspect();
    String finding =
        "The record at "
            + change.origin()
            + " has the commit time "
            + change.version()
            + ", and its partition was resolved up to "
            + state.settled()
            + " before it came, without it. Either the changefeed resolved too early (technical"
            + " advisory A-104309), or a second changefeed writes to the topic, or a table was added"
            + " to the changefeed with an initial scan.";
    if (failOnSuspect) {
      throw new StopException(
          finding
              + " Dropping it could lose a row. Compare the row in both databases; to drop such"
              + " records and go on, set replay.suspect=warn.");
    }
    LOG.warn("{} It is dropped (replay.suspect=warn).", finding);
  }
}

package dev.belay.cli.handover;

import dev.belay.cli.status.KafkaLook;
import dev.belay.cli.verify.Comparison;
import dev.belay.cli.verify.Endpoint;
import dev.belay.cli.verify.Passing;
import dev.belay.sink.apply.SequenceSync;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.target.CheckpointSql;
import dev.belay.sink.target.Sequences;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The old database gets everything that was committed before a time, and it is shown that it has.
 * Nothing is stopped here. One thread.
 */
final class Drain {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);
  private static final Duration BETWEEN_WORDS = Duration.ofSeconds(2);

  /** Records say when a broker or a writer got them, by a clock that is not CockroachDB's. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int LOOKS = 10;
  private static final long NANOS = 1_000_000_000;

  private final Line line;
  private final Consumer<String> told;

  /**
   * @param told a line at a time, for who waits
   */
  Drain(Line line, Consumer<String> told) {
    this.line = line;
    this.told = told;
  }

  /** It cannot be done; the message says why, and what to do. */
  static final class NotDrainedException extends Exception {
    private static final long serialVersionUID = 1;

    NotDrainedException(String message) {
      super(message);
    }
  }

  /**
   * A time, and where in Kafka all that was committed after it is.
   *
   * @param from offsets below which nothing is later; from the beginning where there is none
   */
  record Mark(HlcTimestamp time, Map<TopicPartition, Long> from) {}

  /**
   * What came after a time.
   *
   * @param changes by topic
   * @param unread records that tell no time, or cannot be read
   * @param resolved of each partition the newest resolved time
   */
  record Later(Map<String, Long> changes, long unread, Map<TopicPartition, HlcTimestamp> resolved) {
    boolean isQuiet() {
      return changes.isEmpty() && unread == 0;
    }
  }

  /**
   * How far the target is.
   *
   * @param snapshot whether it is as CockroachDB was at the frontier
   * @param openRejections records that were rejected and that nothing has mended
   */
  record Arrival(
      HlcTimestamp frontier,
      boolean snapshot,
      Collection<PartitionCheckpoint> partitions,
      long openRejections) {
    Set<String> topics() {
      return partitions.stream()
          .map(row -> row.partition().topic())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** CockroachDB's time now: what is committed from here on is later. */
  HlcTimestamp now() throws SQLException {
    try (Connection session = opened(line.ends().source());
        Statement query = session.createStatement();
        ResultSet row = query.executeQuery("SELECT cluster_logical_timestamp()::STRING")) {
      row.next();
      String text = row.getString(1);
      session.rollback();
      return HlcTimestamp.parse(text)
          .orElseThrow(() -> new SQLException("CockroachDB tells no time"));
    }
  }

  /** CockroachDB's time now, with where in Kafka to look for what is later. */
  Mark mark() throws SQLException {
    // what the target had before the time was taken was committed before
    Map<TopicPartition, Long> from = new HashMap<>();
    arrival()
        .ifPresent(
            here ->
                here.partitions().forEach(row -> from.put(row.partition(), row.rewindOffset())));
    return new Mark(now(), from);
  }

  /** A time that is over; what is later may have taken effect, and is looked for by its age. */
  Mark mark(HlcTimestamp time, Set<String> topics) throws IOException {
    Instant wall = Instant.ofEpochSecond(0, time.wallNanos()).minus(CLOCKS);
    try (KafkaLook kafka = new KafkaLook(line.kafka(), Map.of())) {
      return new Mark(time, kafka.since(topics, wall));
    } catch (KafkaException e) {
      throw unreadable(e);
    }
  }

  private static IOException unreadable(KafkaException e) {
    return new IOException("Kafka cannot be read: " + e.getMessage(), e);
  }

  /**
   * Waits until the target has everything up to a time, on every partition.
   *
   * @throws NotDrainedException if it has not within the limit
   * @throws SQLException if the target cannot be read, of the kind that waiting does not mend
   */
  Arrival await(HlcTimestamp time, Duration limit)
      throws SQLException, InterruptedException, NotDrainedException {
    long began = System.nanoTime();
    long lastWord = began;
    while (true) {
      Optional<Arrival> arrival = arrivalOrNone();
      if (arrival.filter(here -> hasPassed(here, time)).isPresent()) {
        return arrival.get();
      }
      long now = System.nanoTime();
      if (now - began > limit.toNanos()) {
        throw new NotDrainedException(
            "The target has not come to "
                + time
                + " within "
                + limit.toSeconds()
                + " s. "
                + missing(arrival, time)
                + " See belay status for why, mend it, and begin again: nothing is lost.");
      }
      if (now - lastWord > BETWEEN_WORDS.toNanos()) {
        lastWord = now;
        told.accept(missing(arrival, time));
      }
      Thread.sleep(BETWEEN_LOOKS.toMillis());
    }
  }

  private static boolean hasPassed(Arrival here, HlcTimestamp time) {
    return here.frontier().isKnown()
        && here.frontier().compareTo(time) >= 0
        && here.partitions().stream()
            .allMatch(row -> row.resolved().isKnown() && row.resolved().compareTo(time) >= 0);
  }

  private static String missing(Optional<Arrival> arrival, HlcTimestamp time) {
    if (arrival.isEmpty()) {
      return "Its checkpoint cannot be read at the moment, or there is none.";
    }
    Arrival here = arrival.get();
    if (!here.frontier().isKnown()) {
      return "It has no frontier yet.";
    }
    double behind = (time.wallNanos() - here.frontier().wallNanos()) / (double) NANOS;
    List<String> late =
        here.partitions().stream()
            .filter(row -> !row.resolved().isKnown() || row.resolved().compareTo(time) < 0)
            .map(row -> row.partition().toString())
            .sorted()
            .toList();
    return String.format(
        Locale.ROOT,
        "The frontier is %.1f s before it; %d of %d partitions are, %s first.",
        Math.max(0, behind),
        late.size(),
        here.partitions().size(),
        late.isEmpty() ? "none" : late.get(0));
  }

  /** A session that gives a server up which has frozen, so that the time limit holds. */
  private static Connection opened(Endpoint endpoint) throws SQLException {
    Connection session = endpoint.open();
    session.setNetworkTimeout(Runnable::run, Math.toIntExact(ANSWER.toMillis()));
    return session;
  }

  /** A target that is away for a moment is waited for. */
  private Optional<Arrival> arrivalOrNone() throws SQLException {
    try {
      return arrival();
    } catch (SQLException e) {
      if (!Passing.is(e)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** By the checkpoint; empty if there is none. */
  private Optional<Arrival> arrival() throws SQLException {
    Endpoint target = line.ends().target();
    CheckpointSql sql = target.dialect().orElseThrow().catalog().checkpointSql();
    try (Connection session = opened(target)) {
      Checkpoints found = new CheckpointStore(sql, line.sinkName()).read(session);
      long open = 0;
      try (PreparedStatement query = session.prepareStatement(sql.readRejections())) {
        query.setString(1, line.sinkName());
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            open += rows.getLong("records");
          }
        }
      }
      session.rollback();
      // topics that were taken out of the connector leave their rows
      List<PartitionCheckpoint> read =
          found.partitions().values().stream()
              .filter(row -> line.reads(row.partition().topic()))
              .toList();
      return read.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Arrival(found.frontier().frontier(), found.frontier().isSnapshot(), read, open));
    }
  }

  /**
   * What was committed after a time, as far as it is in Kafka. Empty if the records cannot be read
   * here.
   *
   * @throws IOException if Kafka cannot be read; the message is for the user
   */
  Optional<Later> after(Mark mark, Set<String> topics) throws IOException {
    Optional<Decoder> decoder = line.decoder();
    if (decoder.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Long> changes = new TreeMap<>();
    Map<TopicPartition, HlcTimestamp> resolved = new HashMap<>();
    AtomicLong unread = new AtomicLong();
    try (KafkaLook kafka = new KafkaLook(line.kafka(), Map.of())) {
      kafka.read(
          topics,
          mark.from(),
          record -> {
            Origin origin = new Origin(record.topic(), record.partition(), record.offset());
            Decoded decoded =
                decoder.get().decode(origin, record.topic(), record.key(), record.value());
            if (decoded instanceof Resolved time) {
              resolved.merge(
                  new TopicPartition(record.topic(), record.partition()),
                  time.time(),
                  HlcTimestamp::max);
            } else if (decoded instanceof Rejected
                || decoded instanceof Change change && !change.info().updated().isKnown()) {
              unread.incrementAndGet();
            } else if (decoded instanceof Change change
                && change.info().updated().isAfter(mark.time())) {
              changes.merge(record.topic(), 1L, Long::sum);
            }
          });
    } catch (KafkaException e) {
      throw unreadable(e);
    } catch (IllegalStateException e) {
      // of the schema registry
      throw new IOException(e.getMessage(), e);
    }
    return Optional.of(new Later(changes, unread.get(), resolved));
  }

  /**
   * What was committed after a time and before now: waits until the feed says that it has sent all
   * of that.
   *
   * @throws NotDrainedException if it does not say so within the limit
   */
  Optional<Later> afterUntilNow(Mark mark, Set<String> topics, Duration limit)
      throws IOException, SQLException, InterruptedException, NotDrainedException {
    long began = System.nanoTime();
    Optional<HlcTimestamp> asked = Optional.empty();
    while (asked.isEmpty()) {
      try {
        asked = Optional.of(now());
      } catch (SQLException e) {
        if (!Passing.is(e) || System.nanoTime() - began > limit.toNanos()) {
          throw e;
        }
        Thread.sleep(BETWEEN_LOOKS.toMillis());
      }
    }
    HlcTimestamp now = asked.get();
    while (true) {
      Optional<Later> later = after(mark, topics);
      if (later.isEmpty() || hasSentAll(later.get(), topics, now)) {
        return later;
      }
      if (System.nanoTime() - began > limit.toNanos()) {
        throw new NotDrainedException(
            "The feed has not sent a resolved time past "
                + now
                + " on every partition within "
                + limit.toSeconds()
                + " s, so that it is not known whether somebody has written. See its job: belay feed"
                + " status.");
      }
      Thread.sleep(BETWEEN_LOOKS.toMillis());
    }
  }

  private boolean hasSentAll(Later later, Set<String> topics, HlcTimestamp time)
      throws IOException {
    try (KafkaLook kafka = new KafkaLook(line.kafka(), Map.of())) {
      return kafka.partitions(topics).stream()
          .allMatch(
              each -> later.resolved().getOrDefault(each, HlcTimestamp.NONE).compareTo(time) >= 0);
    } catch (KafkaException e) {
      throw unreadable(e);
    }
  }

  /** Compares the rows of both databases as of the checkpoint's time. */
  Comparison.Outcome compare(FeedTables feed, Set<String> tables)
      throws IOException, SQLException, InterruptedException {
    return Comparison.run(line.comparison(feed, tables), told);
  }

  /** The tables of the comparison as the target has them. */
  List<TableName> targets(FeedTables feed, Set<String> tables) throws SQLException {
    return Comparison.tables(line.comparison(feed, tables), (table, text, isDifference) -> {})
        .stream()
        .map(Comparison.Pair::target)
        .toList();
  }

  /**
   * Sets the old database's sequences ahead of the rows. Where somebody draws from one at the same
   * moment it is looked at again.
   *
   * @param tables as the target has them
   * @return empty where sequences follow the rows by themselves
   */
  Optional<List<SequenceSync.Found>> sequences(List<TableName> tables, boolean dryRun)
      throws SQLException, InterruptedException {
    Endpoint target = line.ends().target();
    Optional<Sequences> sequences = target.dialect().orElseThrow().catalog().sequences();
    if (sequences.isEmpty()) {
      return Optional.empty();
    }
    SequenceSync sync = new SequenceSync(sequences.get(), line.sink().sequenceMargin(), dryRun);
    try (Connection session = target.open()) {
      for (int look = 1; ; look++) {
        List<SequenceSync.Found> found = sync.run(session, tables);
        session.commit();
        boolean isSettled =
            found.stream().noneMatch(each -> each.state() == SequenceSync.State.CONTESTED);
        if (isSettled || look == LOOKS) {
          return Optional.of(found);
        }
        Thread.sleep(BETWEEN_LOOKS.toMillis());
      }
    }
  }
}

package dev.belay.sink;

import dev.belay.sink.apply.OutageException;
import dev.belay.sink.apply.TargetConnection;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.topics.TopicSurvey;
import dev.belay.sink.topics.TopicWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which partitions this task has, and the right to commit for them (invariant I2 Fenced). A
 * partition that Connect assigned is paused until it is claimed in the target, and then read from
 * where the target says.
 */
final class Ownership {
  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);
  private static final Duration KAFKA_LIMIT = Duration.ofSeconds(10);

  private final SinkTaskContext context;
  private final TargetConnection connection;
  private final CheckpointStore checkpoints;
  private final OpenRejections rejections;
  private final TopicWatch topics;
  private final boolean createTables;
  private final boolean wholeFeed;
  private final int memoryWithoutResolved;
  private final FeedAge age;
  private final Set<TopicPartition> assigned = new HashSet<>();
  private final Map<TopicPartition, PartitionState> claimed = new HashMap<>();
  private FrontierCheckpoint frontier =
      new FrontierCheckpoint(0, 0, HlcTimestamp.NONE, HlcTimestamp.NONE);
  private boolean fenced;
  private boolean tablesThere;

  Ownership(
      SinkTaskContext context,
      TargetConnection connection,
      CheckpointStore checkpoints,
      OpenRejections rejections,
      TopicWatch topics,
      boolean createTables,
      boolean wholeFeed,
      int memoryWithoutResolved,
      FeedAge age) {
    this.context = context;
    this.connection = connection;
    this.checkpoints = checkpoints;
    this.rejections = rejections;
    this.topics = topics;
    this.createTables = createTables;
    this.wholeFeed = wholeFeed;
    this.memoryWithoutResolved = memoryWithoutResolved;
    this.age = age;
  }

  /** Takes note of an assignment; touches no database. */
  void assign(Collection<TopicPartition> partitions) {
    assigned.addAll(partitions);
    partitions.forEach(claimed::remove);
    fenced = false;
    if (!partitions.isEmpty()) {
      context.pause(partitions.toArray(TopicPartition[]::new));
    }
  }

  /** Forgets partitions that were taken away; never fails. */
  void revoke(Collection<TopicPartition> partitions) {
    assigned.removeAll(partitions);
    partitions.forEach(claimed::remove);
    rejections.forget(partitions);
    // Connect has decided anew who has what: those that are left are ours to claim again
    fenced = false;
  }

  /** The partitions that this task may commit for. */
  Map<TopicPartition, PartitionState> claimed() {
    return claimed;
  }

  /** Whether this task has all partitions, and so the frontier. */
  boolean isWholeFeed() {
    return wholeFeed;
  }

  /**
   * The time up to which a partition is resolved for good. Where one task has the whole topic it is
   * that of the whole topic: keys move between partitions when a topic gains some, and then what
   * one partition has resolved may come again on another.
   */
  HlcTimestamp resolved(PartitionState state) {
    if (!wholeFeed) {
      return state.confirmed();
    }
    return ofTopic(state.committed().partition().topic())
        .map(PartitionState::confirmed)
        .reduce(HlcTimestamp::min)
        .orElse(HlcTimestamp.NONE);
  }

  private Stream<PartitionState> ofTopic(String topic) {
    return claimed.values().stream().filter(s -> s.committed().partition().topic().equals(topic));
  }

  /**
   * Whether only ends of transactions are times to resolve up to: a restart counts the events of
   * those behind it, and must find all of them.
   */
  boolean resolvesWholeTransactions() {
    return age.countsTransactions();
  }

  /** What was rejected of the claimed partitions and is not mended yet. */
  OpenRejections rejections() {
    return rejections;
  }

  FrontierCheckpoint frontier() {
    return frontier;
  }

  void committedFrontier(FrontierCheckpoint row) {
    frontier = row;
  }

  boolean isFenced() {
    return fenced;
  }

  boolean hasUnclaimed() {
    return !fenced && claimed.size() < assigned.size();
  }

  boolean isAssigned() {
    return !assigned.isEmpty();
  }

  /** Somebody else has taken over: nothing is ours any more until Connect assigns it anew. */
  void fence() {
    fenced = true;
    claimed.clear();
    rejections.clear();
    if (!assigned.isEmpty()) {
      context.pause(assigned.toArray(TopicPartition[]::new));
    }
    LOG.warn(
        "Another task has claimed partitions of this one in the target: this task stops applying."
            + " That is usual when partitions move between workers.");
  }

  /** The target is behind what was committed: everything is to be claimed and read again. */
  void startOver() {
    claimed.clear();
    if (!assigned.isEmpty()) {
      context.pause(assigned.toArray(TopicPartition[]::new));
    }
  }

  /**
   * Claims what is assigned and not claimed, and rewinds it.
   *
   * @return what Kafka's metadata said, for the frontier
   * @throws OutageException if the target or Kafka does not answer now
   * @throws StopException if the position in the target does not fit the topics any more
   */
  TopicSurvey claim() throws OutageException {
    Set<TopicPartition> mine = new HashSet<>(assigned);
    mine.removeAll(claimed.keySet());
    Logs kafka = logs();
    Map<TopicPartition, LogRange> logs = kafka.ranges();
    for (TopicPartition partition : mine) {
      if (!logs.containsKey(partition)) {
        throw new OutageException(
            "Kafka does not know " + partition + " that it assigned; it may be deleted");
      }
    }
    Checkpoints rows = claimInTarget(logs, mine);
    Map<TopicPartition, Long> rewinds = new HashMap<>();
    Map<TopicPartition, PartitionState> states = new HashMap<>();
    for (TopicPartition partition : mine) {
      PartitionCheckpoint row = rows.partitions().get(partition);
      LogRange log = logs.get(partition);
      if (row.appliedOffset() == PartitionCheckpoint.FROM_THE_START) {
        row = row.moved(log.start(), log.start(), row.resolved(), row.held());
      }
      PositionCheck.check(row, log, row.rewindOffset());
      states.put(partition, new PartitionState(row, memoryWithoutResolved));
      rewinds.put(partition, row.rewindOffset());
      LOG.info(
          "Claimed {} (epoch {}): applied to offset {}, reading again from {}, resolved {}",
          partition,
          row.epoch(),
          row.appliedOffset(),
          row.rewindOffset(),
          row.resolved());
    }
    claimed.putAll(states);
    frontier = rows.frontier();
    context.offset(rewinds);
    context.resume(mine.toArray(TopicPartition[]::new));
    return kafka.survey();
  }

  /**
   * Looks what became of the log where Kafka gave something else than the next record.
   *
   * @return false if everything is there and yet was given again, so that reading is to start over
   * @throws StopException if records are lost, or the topic is another one
   */
  boolean isWhole(Set<TopicPartition> gaps) throws OutageException {
    Map<TopicPartition, LogRange> logs = logs().ranges();
    boolean whole = true;
    for (TopicPartition partition : gaps) {
      PartitionState state = claimed.get(partition);
      LogRange log = logs.get(partition);
      if (log == null) {
        throw new OutageException("Kafka does not know " + partition + " any more");
      }
      PositionCheck.check(state.committed(), log, state.next());
      whole &= log.end() >= state.next();
    }
    return whole;
  }

  private record Logs(TopicSurvey survey, Map<TopicPartition, LogRange> ranges) {}

  private Logs logs() throws OutageException {
    try {
      TopicSurvey survey = topics.surveyWithin(KAFKA_LIMIT);
      return new Logs(survey, topics.logs(survey, KAFKA_LIMIT));
    } catch (TopicWatch.KafkaAwayException e) {
      throw new OutageException(e.getMessage());
    }
  }

  private Checkpoints claimInTarget(Map<TopicPartition, LogRange> logs, Set<TopicPartition> mine)
      throws OutageException {
    Connection open = connection.get();
    try {
      if (createTables && !tablesThere) {
        checkpoints.createTables(open);
        open.commit();
      }
      tablesThere = true;
      Checkpoints rows = checkpoints.claim(open, logs, mine, wholeFeed);
      if (!wholeFeed && !rows.grown().isEmpty()) {
        // not committed: the other tasks, and the next start, are to see it too
        throw FrontierWatch.grown(rows.grown());
      }
      // nor this
      age.check(rows, logs);
      rejections.claim(open, mine);
      open.commit();
      return rows;
    } catch (SQLException e) {
      try {
        OutageException outage = connection.fail(e, "claiming partitions");
        throw new OutageException(outage.getMessage() + blockers());
      } catch (StopException stop) {
        throw connection.judge(e).isAboutTables()
            ? new StopException(stop.getMessage() + tablesRemedy())
            : stop;
      }
    } catch (StopException stop) {
      connection.rollback();
      throw stop;
    }
  }

  private String tablesRemedy() {
    String script = connection.scripts() + "/belay-schema.sql";
    return createTables
        ? " If they were dropped under the running task, restart it, and it makes them anew. If this"
            + " user may not create schema belay and its tables, let a DBA run "
            + script
            + " and grant this user what role.sql beside it grants, and set checkpoint.create=never."
        : " With checkpoint.create=never a DBA makes the checkpoint tables (belay_checkpoint,"
            + " belay_frontier, belay_rejection): run "
            + script
            + ", which makes those that are missing, and then role.sql beside it, which grants this"
            + " user USAGE on schema belay, SELECT, INSERT and UPDATE on its tables, and DELETE on"
            + " belay_rejection.";
  }

  /** Who holds the rows that a claim waits for; empty if nobody does or nobody can tell. */
  private String blockers() {
    try {
      Connection open = connection.get();
      List<String> lines = checkpoints.blockers(open);
      connection.rollback();
      return lines.isEmpty() ? "" : ". Held by: " + String.join("; ", lines);
    } catch (SQLException | OutageException | StopException e) {
      connection.rollback();
      return "";
    }
  }
}

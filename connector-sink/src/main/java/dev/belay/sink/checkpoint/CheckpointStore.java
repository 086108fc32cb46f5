package dev.belay.sink.checkpoint;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.target.CheckpointSql;
import dev.belay.sink.target.Command;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads and writes the checkpoint tables of one connector. Runs inside the caller's transaction and
 * never commits.
 */
public final class CheckpointStore {
  private final CheckpointSql sql;
  private final String connector;

  public CheckpointStore(CheckpointSql sql, String connector) {
    this.sql = sql;
    this.connector = connector;
  }

  /** Creates the tables where they are missing. */
  public void createTables(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String ddl : sql.createTables()) {
        statement.execute(ddl);
      }
    }
  }

  /**
   * The committed positions; the frontier is {@code NONE} at epoch 0 if there is no row yet.
   *
   * @throws dev.belay.sink.failure.StopException if a newer version of Belay has written them
   */
  public Checkpoints read(Connection connection) throws SQLException {
    Map<TopicPartition, PartitionCheckpoint> partitions = new HashMap<>();
    try (PreparedStatement query = prepared(connection, sql.readPartitions())) {
      query.setString(1, connector);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          PartitionCheckpoint row = partition(rows);
          RowFormat.judge(
              connector, "belay_checkpoint", row.partition().toString(), rows.getInt("format"));
          partitions.put(row.partition(), row);
        }
      }
    }
    try (PreparedStatement query = prepared(connection, sql.readFrontier())) {
      query.setString(1, connector);
      try (ResultSet rows = query.executeQuery()) {
        FrontierCheckpoint frontier =
            new FrontierCheckpoint(0, 0, HlcTimestamp.NONE, HlcTimestamp.NONE);
        if (rows.next()) {
          RowFormat.judge(connector, "belay_frontier", "the connector", rows.getInt("format"));
          frontier =
              new FrontierCheckpoint(
                  rows.getLong("epoch"),
                  rows.getLong("sequence"),
                  time(rows.getString("frontier")),
                  time(rows.getString("snapshot_from")));
        }
        return new Checkpoints(partitions, frontier, Set.of(), Set.of());
      }
    }
  }

  private static PartitionCheckpoint partition(ResultSet row) throws SQLException {
    return new PartitionCheckpoint(
        new TopicPartition(row.getString("topic"), row.getInt("partition")),
        text(row.getString("topic_id")),
        row.getLong("epoch"),
        row.getLong("sequence"),
        row.getLong("applied_offset"),
        row.getLong("rewind_offset"),
        time(row.getString("resolved")),
        OffsetRanges.parse(text(row.getString("held"))));
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }

  private static HlcTimestamp time(String value) throws SQLException {
    if (value == null || value.isEmpty()) {
      return HlcTimestamp.NONE;
    }
    return HlcTimestamp.parseOwn(value)
        .orElseThrow(() -> new SQLException("a checkpoint row holds a time that is none"));
  }

  /**
   * Takes partitions over (invariant I2 Fenced): waits until the transaction of whoever had them is
   * over, then raises their epochs, so that nobody else can commit for them. Rows of partitions
   * seen for the first time are made, for the whole of each topic, so that a partition that appears
   * later is known to be new.
   *
   * @param logs what Kafka has, of every partition of the subscribed topics
   * @param mine partitions to claim, all of them in {@code logs}
   * @param wholeFeed whether this task has every partition, and so the frontier
   * @return the positions after the claim, of all partitions of the connector
   */
  public Checkpoints claim(
      Connection connection,
      Map<TopicPartition, LogRange> logs,
      Collection<TopicPartition> mine,
      boolean wholeFeed)
      throws SQLException {
    update(connection, sql.insertFrontier(), connector);
    try (PreparedStatement lock = prepared(connection, sql.lockFrontier())) {
      lock.setString(1, connector);
      lock.executeQuery().close();
    }
    Checkpoints before = read(connection);
    Map<String, HlcTimestamp> resolvedOfTopic = new TreeMap<>();
    Set<String> knownTopics = new TreeSet<>();
    before
        .partitions()
        .values()
        .forEach(
            p -> {
              LogRange log = logs.get(p.partition());
              if (log != null && log.topicId().equals(p.topicId())) {
                knownTopics.add(p.partition().topic());
                resolvedOfTopic.merge(p.partition().topic(), p.resolved(), HlcTimestamp::max);
              }
            });
    Set<TopicPartition> grown = new HashSet<>();
    Set<TopicPartition> made = new HashSet<>();
    for (Map.Entry<TopicPartition, LogRange> entry : logs.entrySet()) {
      TopicPartition partition = entry.getKey();
      if (before.partitions().containsKey(partition)) {
        continue;
      }
      try (PreparedStatement insert = prepared(connection, sql.insertPartition())) {
        insert.setString(1, connector);
        insert.setString(2, partition.topic());
        insert.setLong(3, partition.partition());
        insert.setString(4, entry.getValue().topicId());
        insert.setLong(5, entry.getValue().start());
        insert.executeUpdate();
      }
      made.add(partition);
      if (knownTopics.contains(partition.topic())) {
        grown.add(partition);
      }
    }
    for (TopicPartition partition : mine) {
      try (PreparedStatement claim = prepared(connection, sql.claimPartition())) {
        // the id of the topic that the position is of: whether it still is the same is checked
        // later
        PartitionCheckpoint known = before.partitions().get(partition);
        claim.setString(
            1,
            known == null || known.topicId().isEmpty()
                ? logs.get(partition).topicId()
                : known.topicId());
        claim.setString(2, connector);
        claim.setString(3, partition.topic());
        claim.setLong(4, partition.partition());
        claim.executeUpdate();
      }
    }
    if (wholeFeed) {
      update(connection, sql.claimFrontier(), connector);
    }
    Checkpoints after = read(connection);
    if (grown.isEmpty()) {
      return new Checkpoints(after.partitions(), after.frontier(), grown, made);
    }
    // A partition that came later than the topic's resolved time was confirmed: what lies in it at
    // or below that time was sent before, to the partition where its key lived then.
    List<PartitionCheckpoint> start = new ArrayList<>();
    for (TopicPartition partition : grown) {
      PartitionCheckpoint row = after.partitions().get(partition);
      start.add(
          row.moved(
              row.appliedOffset(),
              row.rewindOffset(),
              resolvedOfTopic.get(partition.topic()),
              OffsetRanges.NONE));
    }
    movePartitions(connection, start);
    Checkpoints moved = read(connection);
    return new Checkpoints(moved.partitions(), moved.frontier(), grown, made);
  }

  /**
   * Moves the checkpoint, if it still is as the caller last saw it.
   *
   * @throws FenceException if it is not; the transaction is then of no use
   */
  public void advance(Connection connection, Advance advance) throws SQLException, FenceException {
    List<Long> moved = new ArrayList<>();
    for (Command command : advancing(advance)) {
      moved.add(command.run(connection));
    }
    requireAsLeft(advance, moved);
  }

  /** What {@link #advance} runs; {@link #requireAsLeft} judges what came of it. */
  public List<Command> advancing(Advance advance) {
    List<Command> commands = new ArrayList<>();
    commands.addAll(advancePartitions(advance.partitions()));
    advance.frontier().ifPresent(frontier -> commands.add(advanceFrontier(frontier)));
    return commands;
  }

  /**
   * @param moved rows that each of the commands of {@link #advancing} touched; more may follow
   * @throws FenceException if the checkpoint was not as the caller last saw it; the transaction is
   *     then of no use
   */
  public void requireAsLeft(Advance advance, List<Long> moved) throws FenceException {
    int rows = advance.partitions().size();
    int commands = inRuns(advance.partitions()).size();
    long found = moved.subList(0, commands).stream().mapToLong(Long::longValue).sum();
    if (found != rows) {
      throw new FenceException("only " + found + " of " + rows + " checkpoint rows are as left");
    }
    if (advance.frontier().isPresent() && moved.get(commands) != 1) {
      throw new FenceException("the frontier row is not as left");
    }
  }

  private List<Command> advancePartitions(List<PartitionCheckpoint> rows) {
    return inRuns(rows).stream().map(this::advanceRun).toList();
  }

  /** As many rows as one statement takes. */
  private List<List<PartitionCheckpoint>> inRuns(List<PartitionCheckpoint> rows) {
    List<List<PartitionCheckpoint>> runs = new ArrayList<>();
    int most = Math.min(sql.partitionsTogether(), Math.max(1, rows.size()));
    for (int from = 0; from < rows.size(); from += most) {
      runs.add(rows.subList(from, Math.min(rows.size(), from + most)));
    }
    return runs;
  }

  private void movePartitions(Connection connection, List<PartitionCheckpoint> rows)
      throws SQLException {
    for (Command command : advancePartitions(rows)) {
      command.run(connection);
    }
  }

  private Command advanceRun(List<PartitionCheckpoint> rows) {
    return new Command(
        sql.advancePartitions(rows.size()),
        (update, first) -> {
          int at = first;
          for (PartitionCheckpoint row : rows) {
            update.setString(at++, row.partition().topic());
            update.setLong(at++, row.partition().partition());
            update.setLong(at++, row.epoch());
            update.setLong(at++, row.sequence());
            update.setLong(at++, row.appliedOffset());
            update.setLong(at++, row.rewindOffset());
            setTime(update, at++, row.resolved());
            update.setString(at++, row.held().toString());
            update.setString(at++, null);
          }
          update.setString(at++, connector);
          return at;
        });
  }

  private Command advanceFrontier(FrontierCheckpoint frontier) {
    return new Command(
        sql.advanceFrontier(),
        (update, first) -> {
          int at = first;
          setTime(update, at++, frontier.frontier());
          setTime(update, at++, frontier.snapshotFrom());
          update.setString(at++, connector);
          update.setLong(at++, frontier.epoch());
          update.setLong(at++, frontier.sequence());
          return at;
        });
  }

  /**
   * Sets positions by hand (KIP-875): resolved times and what was held are forgotten, epochs rise
   * so that a task which still runs is fenced, and the target is no snapshot until the frontier has
   * passed where it was.
   *
   * @param given where to go on; empty for the start of the log. No partition at all means that all
   *     of the connector's are to start over: Connect names those that its consumer group has
   *     committed, and refuses to set none
   */
  public void alter(Connection connection, Map<TopicPartition, Optional<Long>> given)
      throws SQLException {
    update(connection, sql.insertFrontier(), connector);
    try (PreparedStatement lock = prepared(connection, sql.lockFrontier())) {
      lock.setString(1, connector);
      lock.executeQuery().close();
    }
    Checkpoints before = read(connection);
    Map<TopicPartition, Optional<Long>> offsets = new HashMap<>(given);
    if (given.isEmpty()) {
      before.partitions().keySet().forEach(partition -> offsets.put(partition, Optional.empty()));
    }
    List<PartitionCheckpoint> moved = new ArrayList<>();
    for (TopicPartition partition : offsets.keySet()) {
      PartitionCheckpoint known = before.partitions().get(partition);
      if (known == null) {
        try (PreparedStatement insert = prepared(connection, sql.insertPartition())) {
          insert.setString(1, connector);
          insert.setString(2, partition.topic());
          insert.setLong(3, partition.partition());
          insert.setString(4, "");
          insert.setLong(5, PartitionCheckpoint.FROM_THE_START);
          insert.executeUpdate();
        }
      }
      try (PreparedStatement claim = prepared(connection, sql.claimPartition())) {
        // the topic's id is learned anew at the next claim: it may have been made anew on purpose
        claim.setString(1, "");
        claim.setString(2, connector);
        claim.setString(3, partition.topic());
        claim.setLong(4, partition.partition());
        claim.executeUpdate();
      }
    }
    update(connection, sql.claimFrontier(), connector);
    Checkpoints claimed = read(connection);
    offsets.forEach(
        (partition, offset) -> {
          long to = offset.orElse(PartitionCheckpoint.FROM_THE_START);
          moved.add(
              claimed
                  .partitions()
                  .get(partition)
                  .moved(to, to, HlcTimestamp.NONE, OffsetRanges.NONE));
        });
    movePartitions(connection, moved);
    FrontierCheckpoint frontier = claimed.frontier();
    try {
      advance(
          connection,
          new Advance(
              List.of(),
              Optional.of(
                  frontier.moved(
                      HlcTimestamp.NONE,
                      HlcTimestamp.max(frontier.snapshotFrom(), frontier.frontier())))));
    } catch (FenceException impossible) {
      throw new IllegalStateException("the frontier row changed under our lock", impossible);
    }
  }

  /** Who holds the checkpoint rows, one line each. */
  public List<String> blockers(Connection connection) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (PreparedStatement query = prepared(connection, sql.blockers())) {
      query.setString(1, connector);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          lines.add(rows.getString(1));
        }
      }
    }
    return lines;
  }

  private void update(Connection connection, String text, String connector) throws SQLException {
    try (PreparedStatement statement = prepared(connection, text)) {
      statement.setString(1, connector);
      statement.executeUpdate();
    }
  }

  private PreparedStatement prepared(Connection connection, String text) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(text);
    statement.setQueryTimeout(sql.secondsPerStatement());
    return statement;
  }

  private static void setTime(PreparedStatement statement, int at, HlcTimestamp time)
      throws SQLException {
    statement.setString(at, time.isKnown() ? time.toString() : null);
  }
}

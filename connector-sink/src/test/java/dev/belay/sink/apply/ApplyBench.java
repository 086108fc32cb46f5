package dev.belay.sink.apply;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.ConflictStore;
import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.plan.ColumnPolicy;
import dev.belay.sink.plan.ConflictPolicies;
import dev.belay.sink.plan.DeletePolicy;
import dev.belay.sink.plan.FamilyColumns;
import dev.belay.sink.plan.KeyColumns;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.PlanInput;
import dev.belay.sink.plan.Planner;
import dev.belay.sink.plan.RowBinder;
import dev.belay.sink.plan.StepOrder;
import dev.belay.sink.plan.TableMap;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/**
 * Applies windows to a real database with everything a task has but Kafka: messages as a changefeed
 * sends them, decoded, planned and written with a checkpoint, as an ordinary role.
 */
final class ApplyBench implements AutoCloseable, Settlement {
  private static final TopicPartition PARTITION = new TopicPartition("feed", 0);

  private final Target target;
  private final Decoder decoder = Decoder.of(FeedFormat.AUTO.withEnvelope(Envelope.WRAPPED));
  private final TargetConnection connection;
  private final WindowApplier applier;
  private final Newest newest = new Newest(10_000);
  private final List<Change> window = new ArrayList<>();
  private final Map<Integer, Refusal> rejected = new TreeMap<>();
  private PartitionCheckpoint row;
  private long offset;
  private int rereads;
  private final List<ConflictLog.Tally> tallies = new CopyOnWriteArrayList<>();

  private ApplyBench(TargetDatabase database, Settings settings)
      throws SQLException, OutageException {
    target = settings.target.orElseGet(database::target);
    connection =
        new TargetConnection(
            settings.network.apply(
                () -> DriverManager.getConnection(url(database), database.role(), "")),
            target,
            new SessionLimits(Duration.ofSeconds(20), Duration.ofSeconds(5), "bench"));
    TargetCatalog catalog = new TargetCatalog(target, connection, false, false, false);
    CheckpointStore store = new CheckpointStore(target.checkpointSql(), "bench");
    RowBinder binder =
        new RowBinder(
            new TableMap(settings.pairs, settings.schema),
            new KeyColumns(Map.of()),
            FamilyColumns.NONE,
            new ColumnPolicy(Set.of(), Map.of(), settings.ignoreUnknown, Optional.empty()),
            DeletePolicy.DELETE,
            settings.conflicts,
            catalog::shape);
    applier =
        new WindowApplier(
            target,
            connection,
            store,
            new Planner(
                binder,
                new StepOrder(
                    settings.rowsPerStatement,
                    target.writesTogether(),
                    target::canPark,
                    target::closesCircles)),
            () -> {
              rereads++;
              catalog.reread();
            },
            catalog::takesChildrenAlong,
            settings.wholeTransactions,
            new WindowApplier.Conflicts(
                settings.conflicts.compare(),
                settings.tiesToSource,
                tallies::add,
                settings.history
                    ? Optional.of(new ConflictStore(target.checkpointSql(), "bench"))
                    : Optional.empty()));
    store.createTables(connection.get());
    Checkpoints claimed =
        store.claim(
            connection.get(),
            Map.of(PARTITION, new LogRange("id", 0, 1)),
            List.of(PARTITION),
            false);
    connection.get().commit();
    row = claimed.partitions().get(PARTITION);
  }

  /** What may be different from one bench to another. */
  static final class Settings {
    private int rowsPerStatement = 10_000;
    private Optional<Target> target = Optional.empty();
    private boolean wholeTransactions;
    private boolean ignoreUnknown;
    private ConflictPolicies conflicts = ConflictPolicies.NONE;
    private boolean tiesToSource = true;
    private boolean history;
    private String schema = "";
    private Map<String, TableName> pairs = Map.of();
    private UnaryOperator<ConnectionSource> network = UnaryOperator.identity();

    /** In place of the database's usual one. */
    Settings target(Target of) {
      target = Optional.of(of);
      return this;
    }

    Settings conflicts(ConflictPolicies policies) {
      conflicts = policies;
      return this;
    }

    /** Of rows of the same time the target's stands. */
    Settings tiesToTarget() {
      tiesToSource = false;
      return this;
    }

    /** Writes each conflict down. */
    Settings history() {
      history = true;
      return this;
    }

    Settings rowsPerStatement(int rows) {
      rowsPerStatement = rows;
      return this;
    }

    Settings rejectWholeTransactions() {
      wholeTransactions = true;
      return this;
    }

    Settings ignoreUnknownColumns() {
      ignoreUnknown = true;
      return this;
    }

    Settings schema(String name) {
      schema = name;
      return this;
    }

    Settings map(String feed, TableName table) {
      pairs = Map.of(feed, table);
      return this;
    }

    Settings network(UnaryOperator<ConnectionSource> around) {
      network = around;
      return this;
    }

    ApplyBench on(TargetDatabase database) throws Exception {
      return new ApplyBench(database, this);
    }
  }

  static ApplyBench on(TargetDatabase database) throws Exception {
    return new Settings().on(database);
  }

  /**
   * A row as it is, in the window to come.
   *
   * @param topic {@code table} or {@code database.schema.table}
   */
  ApplyBench upsert(String topic, String key, String json, long time) {
    return message(
        topic, key, "{\"after\": " + json + ", \"updated\": \"" + time + ".0000000000\"}");
  }

  /**
   * A change as a feed with {@code diff} and {@code mvcc_timestamp} sends it.
   *
   * @param before JSON of the row as it was; {@code null} if there was none
   * @param after of the row as it is; {@code null} if it is gone
   * @param committed an HLC's text
   */
  ApplyBench change(String topic, String key, String before, String after, String committed) {
    return message(
        topic,
        key,
        "{\"after\": "
            + after
            + ", \"before\": "
            + before
            + ", \"updated\": \""
            + committed
            + "\", \"mvcc_timestamp\": \""
            + committed
            + "\"}");
  }

  /** What a scan at a time says of a row that was committed before. */
  ApplyBench scanned(String topic, String key, String row, String committed, String scan) {
    return message(
        topic,
        key,
        "{\"after\": "
            + row
            + ", \"before\": null, \"updated\": \""
            + scan
            + "\", \"mvcc_timestamp\": \""
            + committed
            + "\"}");
  }

  /** The conflicts so far: won by the source, won by the target, merged, rejected. */
  List<Long> conflicts() {
    long[] sums = new long[4];
    for (ConflictLog.Tally tally : tallies) {
      sums[0] += tally.sourceWon();
      sums[1] += tally.targetWon();
      sums[2] += tally.merged();
      sums[3] += tally.rejected();
    }
    return Arrays.stream(sums).boxed().toList();
  }

  private static String url(TargetDatabase database) {
    // pgjdbc knows no other
    return database.url().replace("jdbc:cockroachdb:", "jdbc:postgresql:");
  }

  ApplyBench delete(String topic, String key, long time) {
    return upsert(topic, key, "null", time);
  }

  /** A message as it stands. */
  ApplyBench raw(String topic, String key, String value) {
    return message(topic, key, value);
  }

  private ApplyBench message(String topic, String key, String value) {
    Decoded decoded =
        decoder.decode(
            new Origin("feed", 0, window.size()),
            topic,
            key.getBytes(StandardCharsets.UTF_8),
            value.getBytes(StandardCharsets.UTF_8));
    window.add((Change) decoded);
    return this;
  }

  /** Applies the window; what does not fit is rejected. */
  Outcome apply() throws Exception {
    return apply(false);
  }

  /**
   * @param mayHold whether what misses others waits
   */
  Outcome apply(boolean mayHold) throws Exception {
    List<PlanInput> inputs = window.stream().map(c -> new PlanInput(c, false)).toList();
    rejected.clear();
    Outcome outcome = applier.flight(inputs, newest, mayHold, false, this).finish();
    outcome.plan().memory().keepIn(newest);
    row = row.moved(offset, offset, row.resolved(), row.held()).afterCommit();
    window.clear();
    return outcome;
  }

  /** Applies the window, of which nothing may be rejected. */
  void applyAll() throws Exception {
    apply();
    if (!rejected.isEmpty()) {
      throw new AssertionError("rejected: " + reasons());
    }
  }

  /** Why records of the last window were rejected, by their place in it. */
  Map<Integer, String> reasons() {
    Map<Integer, String> reasons = new TreeMap<>();
    rejected.forEach((change, refusal) -> reasons.put(change, refusal.reason()));
    return reasons;
  }

  /** The connection that it writes by. */
  TargetConnection connection() {
    return connection;
  }

  int rereads() {
    return rereads;
  }

  @Override
  public Advance advance(Outcome outcome) {
    return new Advance(
        List.of(row.moved(++offset, offset, row.resolved(), row.held())), Optional.empty());
  }

  @Override
  public void report(Map<Integer, Refusal> refusals) {
    rejected.clear();
    rejected.putAll(refusals);
  }

  @Override
  public Postscript remember(Outcome outcome) {
    // nothing restarts here
    return open -> {};
  }

  @Override
  public void close() {
    connection.close();
  }
}

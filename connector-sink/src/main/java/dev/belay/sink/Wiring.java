package dev.belay.sink;

import dev.belay.sink.apply.ConnectionSource;
import dev.belay.sink.apply.TargetCatalog;
import dev.belay.sink.apply.TargetConnection;
import dev.belay.sink.apply.WindowApplier;
import dev.belay.sink.apply.Writer;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.ValueReading;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.ConflictStore;
import dev.belay.sink.checkpoint.RejectionStore;
import dev.belay.sink.config.ConflictRules;
import dev.belay.sink.config.DeliveryMode;
import dev.belay.sink.config.FeedRules.Refusal;
import dev.belay.sink.config.SinkConfig;
import dev.belay.sink.decode.ConverterValues;
import dev.belay.sink.decode.DebeziumReading;
import dev.belay.sink.decode.FeedTopics;
import dev.belay.sink.decode.SchemaSource;
import dev.belay.sink.decode.SchemalessReading;
import dev.belay.sink.failure.Rejector;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.metrics.SinkMetrics;
import dev.belay.sink.plan.ColumnPolicy;
import dev.belay.sink.plan.ConflictPolicies;
import dev.belay.sink.plan.DeletePolicy;
import dev.belay.sink.plan.FamilyColumns;
import dev.belay.sink.plan.KeyColumns;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.Planner;
import dev.belay.sink.plan.RecentRecords;
import dev.belay.sink.plan.RowBinder;
import dev.belay.sink.plan.StepOrder;
import dev.belay.sink.plan.TableMap;
import dev.belay.sink.plan.Transactions;
import dev.belay.sink.plan.ValuePolicy;
import dev.belay.sink.spill.SpillDirectory;
import dev.belay.sink.target.CheckpointScript;
import dev.belay.sink.target.Sequences;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import dev.belay.sink.topics.TopicWatch;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** Builds the rooms of one task from its configuration, and takes them down again. */
record Wiring(
    SinkPipeline pipeline,
    SinkMetrics metrics,
    Writer writer,
    Spilling spilling,
    TargetConnection connection,
    TopicWatch topics)
    implements AutoCloseable {

  /** A window on disk is read in pieces of such a part of the buffer. */
  private static final int PIECES = 8;

  /** The task's number within the connector, set by the connector. */
  static final String TASK_NUMBER = "belay.task.number";

  static Wiring of(SinkConfig config, SinkTaskContext context, Surroundings surroundings) {
    Databases database =
        Databases.of(config.url())
            .orElseThrow(
                () ->
                    new StopException(
                        "target.connection.url is of no database that this plugin knows ("
                            + Databases.known()
                            + ")."));
    database
        .driverIsMissing()
        .ifPresent(
            reason -> {
              throw new StopException(reason);
            });
    database
        .markObjection(config.marksOrigin())
        .ifPresent(
            objection -> {
              throw new StopException("origin.mark: " + objection);
            });
    Target target = database.target(config);
    requireSensiblePolicies(config, target);
    Optional<Sequences> sequences = sequences(config, target);
    ConnectionSource connections =
        surroundings
            .network()
            .apply(
                () ->
                    database.connect(
                        config.url(),
                        config.driverProperties(),
                        config.connectTimeout(),
                        config.lockTimeout()));
    Optional<SchemaSource> schemas =
        config.isAvro() ? Optional.of(Registries.of(config.registry())) : Optional.empty();
    LongSupplier wallNanos = surroundings.wallNanos();
    boolean wholeFeed = config.tasksMax() == 1 || config.mode() != DeliveryMode.IMMEDIATE;
    String task =
        context.configs() == null ? "0" : context.configs().getOrDefault(TASK_NUMBER, "0");
    TargetConnection connection =
        new TargetConnection(
            connections,
            target,
            new SessionLimits(
                config.idleInTransactionTimeout(),
                config.lockTimeout(),
                "belay " + config.connector() + " " + task));
    SinkMetrics metrics = new SinkMetrics(config.connector(), task, wallNanos);
    CheckpointStore checkpoints = new CheckpointStore(target.checkpointSql(), config.connector());
    TopicWatch topics =
        new TopicWatch(() -> Admin.create(config.admin()), config.topics(), config.topicsRegex());
    TargetCatalog catalog =
        new TargetCatalog(
            target,
            connection,
            config.refuseTriggers(),
            !wholeFeed,
            config.isDebezium() && config.transactionTopic().isEmpty());
    RowBinder binder =
        new RowBinder(
            new TableMap(config.tablesMap(), config.targetSchema()),
            new KeyColumns(config.keyColumns()),
            new FamilyColumns(config.familyColumns()),
            columns(config),
            config.deleteMark().map(DeletePolicy::mark).orElse(DeletePolicy.DELETE),
            conflicts(config),
            catalog::shape);
    Planner planner =
        new Planner(
            binder,
            new StepOrder(
                config.batchRows(),
                target.writesTogether(),
                target::canPark,
                target::closesCircles));
    WindowApplier applier =
        new WindowApplier(
            target,
            connection,
            checkpoints,
            planner,
            catalog::reread,
            catalog::takesChildrenAlong,
            config.rejectWholeTransactions(),
            new WindowApplier.Conflicts(
                conflicts(config).compare(),
                // on both sides the row of CockroachDB: it is the source of a changefeed
                !config.isDebezium(),
                tally ->
                    metrics.conflicts(
                        tally.sourceWon(), tally.targetWon(), tally.merged(), tally.rejected()),
                config
                    .conflictHistory()
                    .map(kept -> new ConflictStore(target.checkpointSql(), config.connector()))));
    Writer writer =
        new Writer(
            connection, "belay-writer-" + config.connector() + "-" + task, surroundings.nanoTime());
    Rejector rejector =
        new Rejector(Optional.ofNullable(context.errantRecordReporter()), config.toleratesErrors());
    Newest newest = new Newest(mostRemembered(config));
    Spilling spilling =
        new Spilling(
            config.spillDir().map(root -> new SpillDirectory(root, config.connector(), task)),
            config.spillMaxBytes(),
            new SpillCodec(parts(config), Decoders.of(config, schemas)),
            applier.large(newest),
            new SpilledWindow.Sorting(planner, Math.max(1, config.bufferBytes() / PIECES)),
            writer);
    RecentRecords recent = new RecentRecords(config.replayMemory());
    Optional<Transactions> transactions =
        config.transactionTopic().map(topic -> new Transactions(topic, config::isSubscribed));
    Ownership ownership =
        new Ownership(
            context,
            connection,
            checkpoints,
            new OpenRejections(new RejectionStore(target.checkpointSql(), config.connector())),
            topics,
            config.createCheckpointTables(),
            wholeFeed,
            config.replayMemory(),
            new FeedAge(config.isDebezium(), config.transactionTopic()));
    SinkPipeline pipeline =
        new SinkPipeline(
            ownership,
            new Intake(
                parts(config),
                Decoders.of(config, schemas),
                rejector,
                recent,
                metrics,
                config.failOnSuspect(),
                config.ignoresDeletes(),
                transactions),
            new FrontierWatch(
                topics::survey,
                wholeFeed,
                new Laggards(config.stallAfter(), surroundings.nanoTime()),
                new Quiet(
                    config.stallAfter(),
                    surroundings.nanoTime(),
                    () -> whyQuiet(config, transactions))),
            applier,
            writer,
            spilling,
            new FlowControl(context, config.bufferBytes(), config.failOnOversize()),
            rejector,
            recent,
            newest,
            metrics,
            new Delivery(config.mode(), config.bestEffortWindow(), wallNanos),
            surroundings.nanoTime(),
            config.checkpointIdleInterval(),
            conflicts(config).compare(),
            sequences.map(
                they ->
                    new SequenceKeeper(
                        they,
                        new SequenceKeeper.Wish(
                            config.sequenceInterval(),
                            config.sequenceMargin(),
                            config.leavesSequences()),
                        connection,
                        () -> tables(config, ownership, catalog),
                        metrics,
                        surroundings.nanoTime())),
            new Pruner(kept(config, target), connection, surroundings.nanoTime()));
    spilling.clear();
    metrics.register(context);
    return new Wiring(pipeline, metrics, writer, spilling, connection, topics);
  }

  /** As validation says, which a configuration that came another way has not seen. */
  private static void requireSensiblePolicies(SinkConfig config, Target target) {
    List<Refusal> refusals = new ArrayList<>(ConflictRules.refusals(config, target.comparesRows()));
    refusals.addAll(new ConflictTables(config).refusals());
    if (!refusals.isEmpty()) {
      Refusal first = refusals.get(0);
      throw new StopException(String.join(", ", first.keys()) + ": " + first.text());
    }
  }

  private static ConflictPolicies conflicts(SinkConfig config) {
    return ConflictTables.policies(config);
  }

  /** What grows old in schema belay. */
  private static List<Pruner.Kept> kept(SinkConfig config, Target target) {
    List<Pruner.Kept> kept = new ArrayList<>();
    config
        .tombstoneRetention()
        .ifPresent(
            retention ->
                kept.add(
                    new Pruner.Kept(
                        CheckpointScript.TOMBSTONE,
                        target.checkpointSql().pruneTombstones(),
                        retention)));
    config
        .conflictHistory()
        .ifPresent(
            retention ->
                kept.add(
                    new Pruner.Kept(
                        CheckpointScript.CONFLICT,
                        target.checkpointSql().pruneConflicts(),
                        retention)));
    return kept;
  }

  private static Optional<Sequences> sequences(SinkConfig config, Target target) {
    if (!config.looksAtSequences()) {
      return Optional.empty();
    }
    Optional<Sequences> sequences = target.sequences();
    if (sequences.isEmpty()) {
      throw new StopException("sequences.sync: " + target.whyNoSequences());
    }
    return sequences;
  }

  /** The tables of the topics, as far as their names tell, and those that rows came for. */
  private static Set<TableName> tables(
      SinkConfig config, Ownership ownership, TargetCatalog catalog) {
    TableMap map = new TableMap(config.tablesMap(), config.targetSchema());
    Set<TableName> tables = new LinkedHashSet<>(catalog.asked());
    for (TopicPartition partition : ownership.claimed().keySet()) {
      FeedTopics.table(Decoders.format(config), partition.topic())
          .ifPresent(feed -> tables.add(map.target(feed)));
    }
    return tables;
  }

  private static ColumnPolicy columns(SinkConfig config) {
    String unknown = config.unknownColumns();
    boolean isWord = unknown.equals("fail") || unknown.equals("ignore");
    return new ColumnPolicy(
        config.ignoredColumns(),
        config.columnsMap(),
        unknown.equals("ignore"),
        isWord ? Optional.empty() : Optional.of(unknown),
        reading(config),
        values(config));
  }

  private static ValueReading reading(SinkConfig config) {
    if (config.isDebezium()) {
      return config.isSchemaless() ? new SchemalessReading() : new DebeziumReading();
    }
    return config.isStruct() ? new ConverterValues() : ValueReading.PLAIN;
  }

  private static ValuePolicy values(SinkConfig config) {
    ValuePolicy.NotFinite notFinite =
        switch (config.notFinite()) {
          case "fail" -> ValuePolicy.NotFinite.FAIL;
          case "null" -> ValuePolicy.NotFinite.NULL;
          default -> ValuePolicy.NotFinite.GIVEN;
        };
    return new ValuePolicy(
        notFinite,
        notFinite == ValuePolicy.NotFinite.GIVEN
            ? Optional.of(config.notFinite())
            : Optional.empty(),
        config.cutsFractions());
  }

  /**
   * How many rows may be written ahead of the resolved time, at about the buffer's share of heap.
   */
  private static int mostRemembered(SinkConfig config) {
    return (int)
        Math.min(Integer.MAX_VALUE, Math.max(config.replayMemory(), config.bufferBytes() / 64));
  }

  private static RecordParts parts(SinkConfig config) {
    return config.isStruct()
        ? RecordParts.ofStructs(Decoders.format(config).envelope())
        : RecordParts.ofBytes();
  }

  /** What it means that nothing new is resolved; empty where nothing ever is. */
  private static String whyQuiet(SinkConfig config, Optional<Transactions> transactions) {
    if (!config.isDebezium()) {
      return "The changefeed is paused, has failed, or was created without the option resolved (SHOW"
          + " CHANGEFEED JOBS)";
    }
    return transactions
        .map(
            counting ->
                counting.finding().isEmpty()
                    ? "No transaction of the source has ended: Debezium's connector is stopped or has"
                        + " failed, or nobody writes there and it has no heartbeat.action.query"
                    : "What is next: " + counting.finding())
        .orElse("");
  }

  @Override
  public void close() {
    metrics.close();
    // before the connection that it may be using
    writer.close();
    spilling.end();
    spilling.drop();
    connection.close();
    topics.close();
  }
}

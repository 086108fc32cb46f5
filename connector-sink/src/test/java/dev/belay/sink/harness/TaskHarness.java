package dev.belay.sink.harness;

import dev.belay.sink.BelaySinkTask;
import dev.belay.sink.TaskSeam;
import dev.belay.testkit.Deadline;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A real {@link BelaySinkTask} with a real consumer, run as Connect's {@code WorkerSinkTask} runs
 * it, on the thread of the test:
 *
 * <pre>
 *   try (Feed feed = new Feed(PARTS)) {
 *     feed.create("orders", 1);
 *     try (TaskHarness task = TaskHarness.of(PARTS, feed, db, "orders").start()) {
 *       feed.upsert("orders", "[1]", "{\"id\": 1}", 5);
 *       feed.resolved("orders", 6);
 *       task.until("row 1 is there", () -&gt; db.rows("SELECT id FROM orders").equals(List.of("1")));
 *     }
 *   }
 * </pre>
 *
 * {@link #step} is one turn of Connect's loop (poll, put); offsets are committed when {@link
 * #commit} says so; {@link #close} ends the task in order, {@link #crash} leaves it as a killed
 * process would. Faults are planned on {@link #network}. A {@link Crash} thrown by a step has
 * crashed the harness already.
 */
public final class TaskHarness implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long POLL_MS = 100;

  private final BelaySinkTask task;
  private final Network network;
  private final String connector;
  private final Map<String, String> settings;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final HarnessContext context;
  private final UnaryOperator<SinkRecord> transform;
  private final List<SinkRecord> batch = new ArrayList<>();
  private final Map<TopicPartition, OffsetAndMetadata> lastCommitted = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> current = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> ofBatch = new HashMap<>();
  private Map<TopicPartition, OffsetAndMetadata> offered = Map.of();
  private RuntimeException rebalanceFailure;
  private boolean pausedForRedelivery;
  private boolean over;
  private int retries;
  private String lastRetry = "";
  private int puts;

  private TaskHarness(Builder b) {
    this.network = b.network;
    this.settings = b.settings();
    this.connector = settings.get("name");
    this.transform = b.transform;
    this.task = TaskSeam.task(network::around, b.wallNanos, b.nanoTime);
    Map<String, Object> consumerSettings = new HashMap<>();
    consumerSettings.put("bootstrap.servers", b.settings.get("kafka.admin.bootstrap.servers"));
    consumerSettings.put("group.id", b.group.orElse("connect-" + connector));
    consumerSettings.put("enable.auto.commit", "false");
    consumerSettings.put("auto.offset.reset", "earliest");
    consumerSettings.put("isolation.level", "read_committed");
    consumerSettings.put("metadata.max.age.ms", "300");
    consumerSettings.put("heartbeat.interval.ms", "200");
    consumerSettings.put("fetch.max.wait.ms", "50");
    consumerSettings.putAll(b.consumer);
    this.consumer =
        new KafkaConsumer<>(
            consumerSettings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.context = new HarnessContext(consumer, b.settings, b.reporter);
    try {
      consumer.subscribe(List.of(b.settings.get("topics").split(",")), new Rebalances());
      task.initialize(context);
      task.start(b.settings);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /**
   * Describes a task of connector {@code "c" + feed prefix}.
   *
   * @param tables of the feed; their topics are subscribed
   */
  public static Builder of(RealParts parts, Feed feed, TargetDatabase target, String... tables) {
    Builder builder = new Builder();
    builder.set("name", "c" + feed.prefix());
    builder.set("topics", String.join(",", Arrays.stream(tables).map(feed::topic).toList()));
    builder.set("tasks.max", "1");
    builder.set("feed.topic.prefix", feed.prefix());
    builder.set("kafka.admin.bootstrap.servers", parts.bootstrapServers());
    builder.set("consumer.override.isolation.level", "read_committed");
    builder.set("target.connection.url", target.url());
    builder.set("target.connection.user", target.role());
    builder.set("target.retry.backoff.ms", "20");
    builder.set("checkpoint.idle.interval.ms", "10");
    builder.set("triggers", "allow");
    return builder;
  }

  /** What may be different from one task to another. */
  public static final class Builder {
    private final Map<String, String> settings = new HashMap<>();
    private final Map<String, Object> consumer = new HashMap<>();
    private Network network = new Network();
    private Optional<String> group = Optional.empty();
    private Optional<ErrantRecordReporter> reporter = Optional.empty();
    private UnaryOperator<SinkRecord> transform = UnaryOperator.identity();
    private LongSupplier nanoTime = System::nanoTime;
    private LongSupplier wallNanos =
        () -> Instant.now().getEpochSecond() * 1_000_000_000L + Instant.now().getNano();

    /** A setting of the connector. */
    public Builder set(String key, String value) {
      settings.put(key, value);
      return this;
    }

    public Builder immediate() {
      return set("delivery.mode", "immediate");
    }

    /** A setting of the consumer, as {@code consumer.override.}. */
    public Builder consumer(String key, Object value) {
      consumer.put(key, value);
      return this;
    }

    /** The consumer group: another one than usual makes a rival that Connect knows nothing of. */
    public Builder group(String id) {
      group = Optional.of(id);
      return this;
    }

    /**
     * A task that the other one's Connect knows nothing of: same connector, another consumer group.
     */
    public Builder rival() {
      return group("rival-" + settings.get("name"));
    }

    /** A network of the test's own, to plan faults before the start. */
    public Builder network(Network own) {
      network = own;
      return this;
    }

    /** The worker's reporter of rejected records; also sets {@code errors.tolerance=all}. */
    public Builder reporter(ErrantRecordReporter errants) {
      reporter = Optional.of(errants);
      return set("errors.tolerance", "all");
    }

    /** A single message transform. */
    public Builder transform(UnaryOperator<SinkRecord> transformation) {
      transform = transformation;
      return this;
    }

    public Builder nanoTime(LongSupplier clock) {
      nanoTime = clock;
      return this;
    }

    public Builder wallNanos(LongSupplier clock) {
      wallNanos = clock;
      return this;
    }

    /** The settings so far. */
    public Map<String, String> settings() {
      return Map.copyOf(settings);
    }

    /** Starts the task; it joins its group by the steps that follow. */
    public TaskHarness start() {
      return new TaskHarness(this);
    }
  }

  public Network network() {
    return network;
  }

  public String connector() {
    return connector;
  }

  /** One turn of Connect's loop: rewind, poll, put. */
  public void step() {
    try {
      rewind();
      long timeout = context.takeTimeout();
      var polled =
          consumer.poll(Duration.ofMillis(timeout > 0 ? Math.min(POLL_MS, timeout) : POLL_MS));
      if (rebalanceFailure != null) {
        RuntimeException failure = rebalanceFailure;
        rebalanceFailure = null;
        throw failure;
      }
      polled.forEach(this::convert);
      deliver();
    } catch (Crash e) {
      crash();
      throw e;
    }
  }

  public void steps(int count) {
    for (int i = 0; i < count; i++) {
      step();
    }
  }

  /**
   * Steps until something holds.
   *
   * @param what for the message if it does not come
   */
  public void until(String what, BooleanSupplier condition) {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (deadline.hasPassed()) {
        throw new AssertionError("Not within " + PATIENCE.toSeconds() + " s: " + what);
      }
      step();
    }
  }

  /** Steps until the task has its partitions and has claimed and rewound them. */
  public TaskHarness untilClaimed() {
    until(
        "partitions are claimed",
        () -> !consumer.assignment().isEmpty() && context.pausedByTask().isEmpty());
    return this;
  }

  /** Steps until the task ends itself, and returns its reason. */
  public String untilStopped() {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!deadline.hasPassed()) {
      try {
        step();
      } catch (RuntimeException e) {
        return e.getMessage();
      }
    }
    throw new AssertionError("The task did not stop within " + PATIENCE.toSeconds() + " s");
  }

  /** Steps until everything that is in the topics now has been given to the task. */
  public void untilRead() {
    until(
        "all records are read",
        () -> {
          if (consumer.assignment().isEmpty() || !batch.isEmpty() || context.rewinds()) {
            return false;
          }
          Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
          return ends.entrySet().stream()
              .allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
        });
  }

  /** Offers the offsets read to the task, and commits what it allows, as Connect does. */
  public void commit() {
    commit(consumer.assignment(), false);
  }

  /** What the task allowed at the last commit, which may be more or less than was accepted. */
  public Map<TopicPartition, OffsetAndMetadata> offered() {
    return offered;
  }

  /** What the group has committed in Kafka; -1 for nothing. */
  public long committedInKafka(String topic, int partition) {
    TopicPartition key = new TopicPartition(topic, partition);
    OffsetAndMetadata committed = consumer.committed(Set.of(key)).get(key);
    return committed == null ? -1 : committed.offset();
  }

  /** How often the task asked for its batch to be given again. */
  public int retries() {
    return retries;
  }

  /** Why the task asked for that last; empty if it never did. */
  public String lastRetry() {
    return lastRetry;
  }

  /** How often the task was given a batch, empty or not. */
  public int puts() {
    return puts;
  }

  public Set<TopicPartition> assignment() {
    return Set.copyOf(consumer.assignment());
  }

  /** Where the consumer reads next. */
  public long position(String topic, int partition) {
    return consumer.position(new TopicPartition(topic, partition));
  }

  /**
   * Another member of the task's group, subscribed to the same topics, which takes partitions and
   * does nothing with them. It joins by being polled, and leaves by being closed.
   *
   * @param assignor class name of the task's own
   */
  public KafkaConsumer<byte[], byte[]> otherMember(String assignor) {
    KafkaConsumer<byte[], byte[]> member =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                settings.get("kafka.admin.bootstrap.servers"),
                "group.id",
                consumer.groupMetadata().groupId(),
                "partition.assignment.strategy",
                assignor,
                // by which it learns that others have joined
                "heartbeat.interval.ms",
                "200",
                "enable.auto.commit",
                "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    member.subscribe(consumer.subscription());
    return member;
  }

  /** The partitions that the task wants paused. */
  public Set<TopicPartition> pausedByTask() {
    return context.pausedByTask();
  }

  /**
   * One of the task's meters that count, by JMX. Two tasks of one connector share a name: the later
   * one has it.
   */
  public long count(String meter) {
    return ((Number) meter(meter)).longValue();
  }

  /** One of the task's meters, by its shown name. */
  public Object meter(String name) {
    try {
      return ManagementFactory.getPlatformMBeanServer()
          .getAttribute(
              new ObjectName(
                  "dev.belay:type=sink-task,connector=" + ObjectName.quote(connector) + ",task=0"),
              name);
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Leaves the task as a killed process would: nothing is finished, told or committed. */
  public void crash() {
    if (over) {
      return;
    }
    over = true;
    network.cut();
    // only to free its threads: nothing it does reaches the target any more
    task.stop();
    consumer.close();
  }

  /** Ends the task as Connect does: last commit, close, stop. */
  @Override
  public void close() {
    if (over) {
      return;
    }
    try {
      commit(Set.copyOf(current.keySet()), true);
    } finally {
      over = true;
      task.stop();
      consumer.close();
    }
  }

  private void convert(ConsumerRecord<byte[], byte[]> message) {
    ofBatch.put(
        new TopicPartition(message.topic(), message.partition()),
        new OffsetAndMetadata(message.offset() + 1));
    SinkRecord record =
        transform.apply(
            new SinkRecord(
                message.topic(),
                message.partition(),
                Schema.OPTIONAL_BYTES_SCHEMA,
                message.key(),
                Schema.OPTIONAL_BYTES_SCHEMA,
                message.value(),
                message.offset(),
                message.timestamp(),
                message.timestampType()));
    if (record != null) {
      batch.add(record);
    }
  }

  private void deliver() {
    try {
      puts++;
      task.put(new ArrayList<>(batch));
      current.putAll(ofBatch);
      ofBatch.clear();
      batch.clear();
      if (pausedForRedelivery) {
        resumeAll();
        pausedForRedelivery = false;
      }
    } catch (RetriableException e) {
      retries++;
      lastRetry = e.getMessage();
      if (!pausedForRedelivery) {
        pausedForRedelivery = true;
        consumer.pause(consumer.assignment());
      }
    }
  }

  private void resumeAll() {
    Set<TopicPartition> resumed = new HashSet<>(consumer.assignment());
    resumed.removeAll(context.pausedByTask());
    consumer.resume(resumed);
  }

  private void rewind() {
    context
        .takeOffsets()
        .forEach(
            (partition, offset) -> {
              consumer.seek(partition, offset);
              lastCommitted.put(partition, new OffsetAndMetadata(offset));
              current.put(partition, new OffsetAndMetadata(offset));
            });
  }

  private void commit(Collection<TopicPartition> partitions, boolean closing) {
    Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>(current);
    read.keySet().retainAll(partitions);
    if (read.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committable = new HashMap<>(lastCommitted);
    committable.keySet().retainAll(read.keySet());
    Map<TopicPartition, OffsetAndMetadata> before = Map.copyOf(committable);
    try {
      offered = Map.copyOf(task.preCommit(new HashMap<>(read)));
    } finally {
      if (closing) {
        task.close(partitions);
      }
    }
    offered.forEach(
        (partition, offset) -> {
          if (committable.containsKey(partition)
              && offset.offset() <= read.get(partition).offset()) {
            committable.put(partition, offset);
          }
        });
    if (!offered.isEmpty() && !committable.equals(before)) {
      try {
        consumer.commitSync(committable);
        lastCommitted.putAll(committable);
      } catch (KafkaException e) {
        // As Connect has it: a commit that a rebalance refuses is not the task's failure, and the
        // next one makes up for it. Tests see it as an offset that Kafka does not have.
      }
    }
  }

  /** What happens inside of poll when partitions come and go. */
  private final class Rebalances implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (over) {
        return;
      }
      for (TopicPartition partition : partitions) {
        OffsetAndMetadata position = new OffsetAndMetadata(consumer.position(partition));
        lastCommitted.put(partition, position);
        current.put(partition, position);
      }
      boolean wasPaused = pausedForRedelivery;
      pausedForRedelivery = wasPaused && !batch.isEmpty();
      if (pausedForRedelivery) {
        consumer.pause(consumer.assignment());
      } else {
        if (wasPaused) {
          resumeAll();
        }
        context.retainPaused(consumer.assignment());
      }
      if (partitions.isEmpty()) {
        return;
      }
      try {
        task.open(partitions);
        rewind();
      } catch (RuntimeException e) {
        rebalanceFailure = e;
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      removed(partitions, false);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      removed(partitions, true);
    }

    private void removed(Collection<TopicPartition> partitions, boolean lost) {
      if (over || partitions.isEmpty()) {
        return;
      }
      try {
        if (lost) {
          task.close(partitions);
          ofBatch.keySet().removeAll(partitions);
          current.keySet().removeAll(partitions);
        } else {
          commit(partitions, true);
        }
        lastCommitted.keySet().removeAll(partitions);
      } catch (RuntimeException e) {
        rebalanceFailure = e;
      }
      // as Connect has it: by the topic after the transform
      batch.removeIf(r -> partitions.contains(new TopicPartition(r.topic(), r.kafkaPartition())));
    }
  }
}

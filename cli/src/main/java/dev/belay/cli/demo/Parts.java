package dev.belay.cli.demo;

import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.Trees;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.standin.StandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The servers of the demo and the folder they keep everything in. Whatever happens, also on Ctrl-C,
 * {@link #close} leaves no process, and of the folder at most the logs.
 *
 * <p>{@link #close} may be called from any thread and while {@link #start} is at work; the rest by
 * one thread.
 */
final class Parts {

  /** What becomes of the logs. */
  enum Logs {
    KEEP,
    DELETE
  }

  private static final int START_PATIENCE_SECONDS = 30;

  private final Path dir;
  private final OldDatabase old;
  private final Direction direction;
  private final List<List<Path>> plugins;
  private final ExecutorService starting = Executors.newFixedThreadPool(3);
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private KafkaProcess kafka;
  private DatabaseServer target;
  private StandIn standIn;
  private ConnectWorker worker;
  private volatile boolean closing;
  private boolean closed;

  Parts(Path dir, OldDatabase old, Direction direction, List<List<Path>> plugins) {
    this.dir = dir;
    this.old = old;
    this.direction = direction;
    this.plugins = List.copyOf(plugins);
  }

  /** Where the demo's own log is. */
  static Path demoLog(Path dir) {
    return dir.resolve("demo.log");
  }

  /** Starts the broker and the databases, side by side, then the worker. */
  void start() throws IOException, InterruptedException {
    Future<KafkaProcess> broker =
        starting.submit(
            starting(
                () -> KafkaProcess.start(dir.resolve("kafka")),
                // Not stop(): all is thrown away, and nobody should wait for an orderly end.
                KafkaProcess::kill9));
    Future<DatabaseServer> database =
        starting.submit(
            starting(() -> old.start(dir, direction.isFromOld()), DatabaseServer::close));
    Future<StandIn> cockroach = starting.submit(starting(StandIn::start, StandIn::close));
    kafka = get(broker);
    Future<ConnectWorker> connect =
        starting.submit(starting(this::startWorker, ConnectWorker::kill9));
    target = get(database);
    standIn = get(cockroach);
    worker = get(connect);
  }

  private ConnectWorker startWorker() throws IOException {
    ConnectWorker.Builder builder =
        ConnectWorker.in(dir.resolve("connect"), kafka.bootstrapServers());
    plugins.forEach(builder::plugin);
    if (direction.isFromOld()) {
      // Debezium's file asks for it
      builder.properties(Map.of("exactly.once.source.support", "enabled"));
    }
    return builder.start();
  }

  KafkaProcess kafka() {
    return kafka;
  }

  /** The database migrated from. */
  DatabaseServer target() {
    return target;
  }

  /** The new database. */
  StandIn standIn() {
    return standIn;
  }

  ConnectWorker worker() {
    return worker;
  }

  /** Whether somebody has begun to take the parts away. */
  boolean isClosing() {
    return closing;
  }

  /** The logs that may be kept; not all of them may exist. */
  Set<Path> logs() {
    return Set.of(
        demoLog(dir),
        dir.resolve("kafka/kafka.log"),
        dir.resolve("connect/worker.log"),
        dir.resolve(old.word() + ".log"));
  }

  /** Ends all processes, the last one started first. Does nothing the second time. */
  void close(Logs logs) {
    closing = true;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      awaitStarts();
      while (!started.isEmpty()) {
        endQuietly(started.pop());
      }
      try {
        clear(logs);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What is still on its way up would otherwise be missed. */
  private void awaitStarts() {
    starting.shutdown();
    try {
      starting.awaitTermination(START_PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void endQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      // The others must go as well; this one ends with the JVM at last.
      System.err.println("belay demo: " + e.getMessage());
    }
  }

  private void clear(Logs logs) throws IOException {
    if (logs == Logs.DELETE) {
      Trees.delete(dir);
      return;
    }
    Set<Path> kept = logs();
    List<Path> childrenFirst;
    try (Stream<Path> walk = Files.walk(dir)) {
      childrenFirst = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : childrenFirst) {
      try {
        if (!kept.contains(path)) {
          Files.delete(path);
        }
      } catch (DirectoryNotEmptyException holdsALog) {
        continue;
      }
    }
  }

  @FunctionalInterface
  private interface End<T> {
    void of(T part) throws Exception;
  }

  /** A start that registers the part, so that it ends with the others. */
  private <T> Callable<T> starting(Callable<T> start, End<T> end) {
    return () -> {
      if (closing) {
        throw new IllegalStateException("Not started: the demo is ending");
      }
      T part = start.call();
      synchronized (started) {
        started.push(() -> end.of(part));
      }
      return part;
    };
  }

  private static <T> T get(Future<T> start) throws IOException, InterruptedException {
    try {
      return start.get();
    } catch (ExecutionException e) {
      throw new DemoFailure("A part did not start: " + e.getCause().getMessage(), e.getCause());
    }
  }
}

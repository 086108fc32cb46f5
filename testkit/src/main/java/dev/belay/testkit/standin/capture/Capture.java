package dev.belay.testkit.standin.capture;

import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.HybridClock;
import dev.belay.testkit.standin.row.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/**
 * Reads one database's committed transactions into its {@link CommitLog}, from the moment it is
 * opened.
 *
 * <p>One thread, owned by this object, reads the replication stream and alone stamps times and
 * appends; {@link #close} ends it by breaking its connection. If it fails by itself, the log and
 * every fence fail with its cause. The other methods may be called from any thread.
 */
public final class Capture implements AutoCloseable {

  private static final String FENCE = "belay.fence";
  private static final Duration FENCE_WAIT = Duration.ofSeconds(30);

  private final String database;
  private final String url;
  private final String user;
  private final HybridClock clock;
  private final CommitLog log;
  private final Catalog catalog;
  private final Connection control;
  private final Connection replication;
  private final PGReplicationStream stream;
  private final Thread reader;
  private final Map<String, CompletableFuture<Fence>> fences = new ConcurrentHashMap<>();
  private final Map<Integer, Optional<TableShape>> shapes = new HashMap<>();
  // Commit times that had to be moved, by transaction: scans look a row's own time up here.
  private final Map<Integer, Hlc> movedTimes = new ConcurrentHashMap<>();
  private Optional<Assembly> assembly = Optional.empty();
  private volatile Optional<RuntimeException> failure = Optional.empty();
  private volatile boolean closing;

  /**
   * A moment in the order of commits: every transaction that anybody could see before it was asked
   * for has a time at or below {@code time} and lies before {@code position} in the log; all others
   * get a later one.
   */
  public record Fence(Hlc time, long position) {}

  private Capture(
      String database,
      String url,
      String user,
      HybridClock clock,
      int rowsKept,
      Catalog catalog,
      Connection control,
      Connection replication,
      PGReplicationStream stream) {
    this.database = database;
    this.url = url;
    this.user = user;
    this.clock = clock;
    this.log = new CommitLog(rowsKept);
    this.catalog = catalog;
    this.control = control;
    this.replication = replication;
    this.stream = stream;
    this.reader = new Thread(this::read, "standin-capture-" + database);
    reader.setDaemon(true);
  }

  /**
   * Prepares a database and starts to read it.
   *
   * @param url of the database itself, not of a proxy; its server has {@code wal_level=logical}
   * @param user a superuser
   * @param rowsKept see {@link CommitLog}
   */
  public static Capture open(
      String database, String url, String user, HybridClock clock, int rowsKept)
      throws SQLException {
    List<Connection> opened = new ArrayList<>();
    try {
      Connection control = Session.open(url, properties(user));
      opened.add(control);
      Bootstrap.prepare(control);
      Connection forCatalog = Session.open(url, properties(user));
      opened.add(forCatalog);
      Connection replication = Session.open(url, replicationProperties(user));
      opened.add(replication);
      Catalog catalog = new Catalog(forCatalog, database);
      PGReplicationStream stream = stream(replication.unwrap(PGConnection.class));
      Capture capture =
          new Capture(database, url, user, clock, rowsKept, catalog, control, replication, stream);
      capture.reader.start();
      return capture;
    } catch (SQLException | RuntimeException e) {
      for (Connection connection : opened) {
        connection.close();
      }
      throw e;
    }
  }

  private static PGReplicationStream stream(PGConnection connection) throws SQLException {
    // Temporary: it ends with the connection, however that ends.
    String slot = "belay_standin_" + UUID.randomUUID().toString().replace("-", "");
    connection
        .getReplicationAPI()
        .createReplicationSlot()
        .logical()
        .withSlotName(slot)
        .withOutputPlugin("pgoutput")
        .withTemporaryOption()
        .make();
    return connection
        .getReplicationAPI()
        .replicationStream()
        .logical()
        .withSlotName(slot)
        .withSlotOption("proto_version", 1)
        .withSlotOption("publication_names", Bootstrap.PUBLICATION)
        .withSlotOption("messages", true)
        .withStatusInterval(1, TimeUnit.SECONDS)
        .start();
  }

  private static Properties properties(String user) {
    Properties properties = new Properties();
    PGProperty.USER.set(properties, user);
    return properties;
  }

  private static Properties replicationProperties(String user) {
    Properties properties = properties(user);
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
    PGProperty.REPLICATION.set(properties, "database");
    PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
    return properties;
  }

  public String database() {
    return database;
  }

  public CommitLog log() {
    return log;
  }

  /** A new session to the database, printing values as the encoder reads them. */
  public Connection connect() throws SQLException {
    return Session.open(url, properties(user));
  }

  /** A time that was stamped other than by the commit record of the row's transaction, if any. */
  public Optional<Hlc> movedTime(int transactionId) {
    return Optional.ofNullable(movedTimes.get(transactionId));
  }

  /** All times that were stamped other than by the commit record, by transaction. */
  Map<Integer, Hlc> movedTimes() {
    return Map.copyOf(movedTimes);
  }

  /**
   * Marks this moment in the log and waits until it is read.
   *
   * @throws IllegalStateException if capture has failed or does not get there
   */
  public Fence fence() {
    String token = UUID.randomUUID().toString();
    CompletableFuture<Fence> fence = new CompletableFuture<>();
    fences.put(token, fence);
    try {
      failure.ifPresent(fence::completeExceptionally);
      if (!fence.isDone()) {
        emit(token + " " + clock.wallNanos());
      }
      return fence.get(FENCE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for capture", e);
    } catch (ExecutionException | TimeoutException | SQLException e) {
      throw new IllegalStateException("Capture of " + database + " does not answer", e);
    } finally {
      fences.remove(token);
    }
  }

  private void emit(String content) throws SQLException {
    synchronized (control) {
      // Not part of a transaction: it lies in the log where it is written. The last argument
      // flushes, because only flushed parts of the log are decoded.
      String sql = "SELECT pg_logical_emit_message(false, ?, ?, true)";
      try (PreparedStatement statement = control.prepareStatement(sql)) {
        statement.setString(1, FENCE);
        statement.setString(2, content);
        statement.execute();
      }
    }
  }

  private void read() {
    try {
      while (!closing) {
        accept(PgOutput.parse(stream.read()));
        stream.setAppliedLSN(stream.getLastReceiveLSN());
        stream.setFlushedLSN(stream.getLastReceiveLSN());
      }
    } catch (SQLException | RuntimeException e) {
      fail(new IllegalStateException("Capture of " + database + " stopped", e));
    }
  }

  private void fail(RuntimeException cause) {
    failure = Optional.of(cause);
    log.fail(cause);
    fences.values().forEach(fence -> fence.completeExceptionally(cause));
  }

  private void accept(PgOutput message) throws SQLException {
    if (message instanceof PgOutput.Begin begin) {
      assembly = Optional.of(new Assembly(begin));
    } else if (message instanceof PgOutput.Emitted emitted && !emitted.transactional()) {
      passFence(emitted);
    } else if (message instanceof PgOutput.Relation relation) {
      shapes.put(relation.id(), catalog.table(relation).filter(TableShape::hasKey));
    } else if (assembly.isPresent()) {
      accept(message, assembly.get());
    }
  }

  private void accept(PgOutput message, Assembly transaction) {
    if (message instanceof PgOutput.Commit) {
      commit(transaction);
    } else if (message instanceof PgOutput.Origin origin) {
      transaction.origin(origin);
    } else if (message instanceof PgOutput.Insert insert) {
      shape(insert.relation()).ifPresent(shape -> transaction.insert(shape, insert));
    } else if (message instanceof PgOutput.Update update) {
      shape(update.relation()).ifPresent(shape -> transaction.update(shape, update));
    } else if (message instanceof PgOutput.Delete delete) {
      shape(delete.relation()).ifPresent(shape -> transaction.delete(shape, delete));
    } else if (message instanceof PgOutput.Truncate truncate) {
      truncate.relations().forEach(id -> transaction.lose(Integer.toUnsignedLong(id), false));
    } else if (message instanceof PgOutput.Emitted emitted
        && emitted.prefix().equals(Bootstrap.DROPPED)) {
      transaction.lose(Long.parseLong(emitted.content()), true);
    } else if (message instanceof PgOutput.Emitted emitted
        && emitted.prefix().equals(Bootstrap.ALTERED)) {
      String[] parts = emitted.content().split(" ");
      transaction.alter(Long.parseLong(parts[0]), parts[1].equals(Bootstrap.REWRITTEN));
    }
  }

  /** Rows of a table without a key, or one that is gone by now, belong to no feed. */
  private Optional<TableShape> shape(int relation) {
    return shapes.getOrDefault(relation, Optional.empty());
  }

  private void commit(Assembly transaction) {
    assembly = Optional.empty();
    Hlc time = clock.stamp(transaction.commitNanos());
    Entry entry = transaction.committedAt(time);
    if (!time.equals(new Hlc(transaction.commitNanos(), 0))) {
      movedTimes.put(entry.transactionId(), time);
    }
    log.append(entry);
  }

  private void passFence(PgOutput.Emitted emitted) {
    if (!emitted.prefix().equals(FENCE)) {
      return;
    }
    String[] parts = emitted.content().split(" ");
    // The time at which the fence was asked for, not now: else transactions that commit before it
    // is read would have to be moved behind it.
    Hlc time = clock.stamp(Long.parseLong(parts[1]));
    Optional.ofNullable(fences.get(parts[0]))
        .ifPresent(fence -> fence.complete(new Fence(time, log.end())));
  }

  @Override
  public void close() {
    closing = true;
    fail(new IllegalStateException("Capture of " + database + " is closed"));
    try {
      // The reader waits in a read of the socket; only breaking the connection gets it out.
      replication.abort(Runnable::run);
      reader.join(FENCE_WAIT.toMillis());
      catalog.close();
      control.close();
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot close the sessions of capture", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

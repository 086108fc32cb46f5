package dev.belay.sink.faults;

import dev.belay.sink.harness.TargetDatabase;
import dev.belay.sink.harness.TargetKind;
import dev.belay.sink.harness.Wire;
import dev.belay.testkit.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Holds the sink's session at a {@link Moment}: by a lock in the target that it runs into, on rows
 * of the checkpoint tables or one that triggers on {@code account} ask for, and where the database
 * lets nothing run at COMMIT, by holding that on the wire. It opens when told, or when its server
 * dies.
 */
abstract class Gate implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final TargetDatabase db;
  private final Connection holder;

  Gate(TargetDatabase db, Connection holder) {
    this.db = db;
    this.holder = holder;
  }

  /** Puts the triggers on {@code account} that ask for the gate's lock, once for a database. */
  static void build(TargetDatabase db) {
    if (db.kind() == TargetKind.POSTGRESQL) {
      PostgresGate.build(db);
    } else {
      MySqlGate.build(db);
    }
  }

  /**
   * Shuts a gate: the sink will come as far as this moment and wait.
   *
   * @param wire the sink's way to the target
   */
  static Gate at(Moment moment, TargetDatabase db, Wire wire) {
    try {
      Connection holder = db.connect();
      holder.setAutoCommit(false);
      boolean postgres = db.kind() == TargetKind.POSTGRESQL;
      Gate gate = postgres ? new PostgresGate(db, holder) : new MySqlGate(db, holder, wire);
      switch (moment) {
        case CLAIMING -> gate.hold("SELECT * FROM belay.belay_frontier FOR UPDATE");
        case BEFORE_APPLY -> gate.hold("SELECT * FROM belay.belay_checkpoint FOR UPDATE");
        case WRITING -> gate.shutAtWriting();
        case COMMITTING, COMMITTED -> gate.shutAtCommit();
      }
      return gate;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a statement that takes a lock, and keeps it. */
  final void hold(String sql) throws SQLException {
    try (Statement statement = holder.createStatement()) {
      statement.execute(sql);
    }
  }

  abstract void shutAtWriting() throws SQLException;

  abstract void shutAtCommit() throws SQLException;

  /** Whether the sink stands before this gate. */
  abstract boolean isSinkHere();

  /** Remembers how things are while the sink stands here. */
  abstract void look();

  /** Whether the database has done what the sink asked for when {@link #look} looked. */
  abstract boolean isDone();

  /** Waits until the sink stands before the gate. */
  final void awaitSink() {
    Deadline.in(PATIENCE).await("the sink stands before the gate", this::isSinkHere);
    look();
  }

  /** Opens it, and waits until the database has done what the sink had asked for. */
  final void letPass() {
    open();
    Deadline.in(PATIENCE).await("the sink has passed the gate", this::isDone);
  }

  /** Whether a session of the sink waits for a lock. */
  static boolean isSinkWaiting(TargetDatabase db) {
    return db.kind() == TargetKind.POSTGRESQL
        ? PostgresGate.isSinkWaiting(db)
        : MySqlGate.isSinkWaiting(db);
  }

  /** Lets the sink pass; does nothing if it is open. */
  void open() {
    try {
      holder.close();
    } catch (SQLException gone) {
      // with its server, and the lock with it
    }
  }

  @Override
  public final void close() {
    open();
  }
}

package dev.belay.sink.apply;

import dev.belay.sink.failure.StopException;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.target.SessionLimits;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection of a task: opened when first needed, thrown away when it failed. One thread at
 * a time.
 */
public final class TargetConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TargetConnection.class);

  private final ConnectionSource source;
  private final Target target;
  private final SessionLimits limits;

  /** Volatile for {@link #abort} alone. */
  private volatile Optional<Connection> open = Optional.empty();

  /** Whose the connection is for now; nobody's for good, or only its borrower's. */
  private volatile Loan loan = Loan.NONE;

  private record Loan(boolean out, Optional<Thread> borrower) {
    static final Loan NONE = new Loan(false, Optional.empty());
  }

  public TargetConnection(ConnectionSource source, Target target, SessionLimits limits) {
    this.source = source;
    this.target = target;
    this.limits = limits;
  }

  /** What kind of database it leads to, for messages. */
  public String targetName() {
    return target.name();
  }

  /** The folder with the scripts for a DBA, for messages. */
  public String scripts() {
    return target.scripts();
  }

  /** What a failure on the connection comes to. */
  public TargetFault judge(SQLException failure) {
    return target.judge(failure);
  }

  /**
   * The connection, in autocommit-off mode.
   *
   * @throws OutageException if the target cannot be reached now, or another thread is at work with
   *     it
   */
  public Connection get() throws OutageException {
    if (loan.out() && !loan.borrower().equals(Optional.of(Thread.currentThread()))) {
      throw new OutageException("a transaction is under way");
    }
    if (open.isPresent()) {
      return open.get();
    }
    Connection fresh = null;
    try {
      fresh = source.open();
      target.prepare(fresh, limits);
      target.mark(fresh, limits.applicationName());
      open = Optional.of(fresh);
      return fresh;
    } catch (SQLException e) {
      discard(fresh);
      throw outageOrStop(target.judge(e), "connecting");
    }
  }

  /** Keeps everybody from the connection until {@link #borrow}. */
  void lend() {
    loan = new Loan(true, Optional.empty());
  }

  /** Gives it to this thread alone. */
  void borrow() {
    loan = new Loan(true, Optional.of(Thread.currentThread()));
  }

  void giveBack() {
    loan = Loan.NONE;
  }

  /** Rolls back, or throws the connection away where that fails. */
  public void rollback() {
    if (open.isEmpty()) {
      return;
    }
    try {
      open.get().rollback();
    } catch (SQLException e) {
      drop();
    }
  }

  /** Throws the connection away; the next {@link #get} opens another. */
  public void drop() {
    open.ifPresent(TargetConnection::discard);
    open = Optional.empty();
  }

  /** Breaks the connection off under whoever uses it; may be called by any thread. */
  void abort() {
    open.ifPresent(
        used -> {
          try {
            used.abort(Runnable::run);
          } catch (SQLException e) {
            LOG.debug("Breaking off a connection: SQLSTATE {}", e.getSQLState());
          }
        });
  }

  /**
   * Deals with a failure after which the transaction is of no use: rolls back or drops the
   * connection.
   *
   * @param during for the message, for example {@code reading the catalog}
   * @return for the caller to throw
   * @throws StopException if the failure is not one that passes by itself
   */
  public OutageException fail(SQLException failure, String during) {
    TargetFault fault = target.judge(failure);
    if (fault.connectionLost()) {
      drop();
    } else {
      rollback();
    }
    return outageOrStop(fault, during);
  }

  private OutageException outageOrStop(TargetFault fault, String during) {
    String text = target.name() + ", " + during + ": " + fault.describe();
    if (fault.verdict() == Verdict.TRANSIENT || fault.connectionLost()) {
      return new OutageException(text);
    }
    throw new StopException(text + ". Nothing is applied until this is mended.");
  }

  private static void discard(Connection connection) {
    if (connection == null) {
      return;
    }
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("Closing a connection that failed: SQLSTATE {}", e.getSQLState());
    }
  }

  @Override
  public void close() {
    rollback();
    drop();
  }
}

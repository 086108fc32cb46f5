package dev.belay.cli.verify;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.checkpoint.CheckpointStore;
import dev.belay.sink.checkpoint.FrontierCheckpoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Both databases at one moment: a session of each, in a transaction that only reads.
 *
 * <p>With a connector's name, the target's snapshot says in its own checkpoint which time of the
 * source it holds (invariant I4 Snapshot), and the source is read as of that time. What is found to
 * differ then differs, whoever writes meanwhile. One thread.
 */
final class Look implements AutoCloseable {
  private final Sides<Endpoint> endpoints;
  private final Sides<Dialect> dialects;
  private final Optional<String> connector;
  private final Duration longest;
  private Optional<Sides<Connection>> sessions = Optional.empty();
  private Optional<HlcTimestamp> time = Optional.empty();
  private long began;
  private boolean isOpen;

  /**
   * @param connector whose checkpoint says which time the target holds; empty to read both as they
   *     are about now
   * @param longest how long one moment is kept: a snapshot hinders those who clean up
   */
  Look(Sides<Endpoint> endpoints, Optional<String> connector, Duration longest) {
    this.endpoints = endpoints;
    this.dialects =
        new Sides<>(
            endpoints.source().dialect().orElseThrow(), endpoints.target().dialect().orElseThrow());
    this.connector = connector;
    this.longest = longest;
  }

  /** The target holds no snapshot of the source now. */
  static final class NoSnapshotException extends Exception {
    private static final long serialVersionUID = 1;

    NoSnapshotException(String message) {
      super(message);
    }
  }

  Sides<Dialect> dialects() {
    return dialects;
  }

  /** The time of the source that is read; empty if it is about now. */
  Optional<HlcTimestamp> time() {
    return time;
  }

  /**
   * The sessions; at another moment than before, if that has been kept long enough.
   *
   * @throws NoSnapshotException if the target's checkpoint tells of none
   */
  Sides<Connection> sessions() throws SQLException, NoSnapshotException {
    if (isOpen && System.nanoTime() - began > longest.toNanos()) {
      end();
    }
    if (!isOpen) {
      begin();
    }
    return sessions.orElseThrow();
  }

  private void begin() throws SQLException, NoSnapshotException {
    if (sessions.isEmpty()) {
      Connection source = open("source", endpoints.source());
      try {
        sessions = Optional.of(new Sides<>(source, open("target", endpoints.target())));
      } finally {
        if (sessions.isEmpty()) {
          source.close();
        }
      }
    }
    Sides<Connection> both = sessions.get();
    dialects.target().begin(both.target(), Optional.empty());
    if (connector.isPresent()) {
      FrontierCheckpoint frontier =
          new CheckpointStore(dialects.target().catalog().checkpointSql(), connector.get())
              .read(both.target())
              .frontier();
      if (!frontier.isSnapshot()) {
        both.target().rollback();
        throw new NoSnapshotException(
            frontier.epoch() == 0
                ? "The target has no checkpoint of connector " + connector.get() + "."
                : frontier.frontier().isKnown()
                    ? "Rows up to "
                        + frontier.snapshotFrom()
                        + " were applied ahead of the frontier, which is "
                        + frontier.frontier()
                        + "."
                    : "Connector " + connector.get() + " has no frontier yet.");
      }
      time = Optional.of(frontier.frontier());
    }
    dialects.source().begin(both.source(), time.map(HlcTimestamp::toString));
    began = System.nanoTime();
    isOpen = true;
  }

  private static Connection open(String side, Endpoint endpoint) throws SQLException {
    try {
      return endpoint.open();
    } catch (SQLException e) {
      throw new SQLException(
          "The "
              + side
              + " cannot be reached: "
              + String.valueOf(e.getMessage()).replace(endpoint.url(), endpoint.toString()),
          e.getSQLState());
    }
  }

  /** Ends the moment; the next is another one, of new sessions if these are lost. */
  void end() {
    isOpen = false;
    if (sessions.isPresent()) {
      try {
        sessions.get().source().rollback();
        sessions.get().target().rollback();
      } catch (SQLException lost) {
        close();
      }
    }
  }

  @Override
  public void close() {
    isOpen = false;
    sessions.ifPresent(
        both -> {
          for (Connection session : List.of(both.source(), both.target())) {
            try {
              session.close();
            } catch (SQLException gone) {
              // it was lost before
            }
          }
        });
    sessions = Optional.empty();
  }
}

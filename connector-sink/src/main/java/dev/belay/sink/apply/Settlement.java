package dev.belay.sink.apply;

import dev.belay.sink.checkpoint.Advance;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * What the caller decides once it is known what became of its changes, before they are committed.
 */
public interface Settlement {

  /** The checkpoint that goes with an outcome. */
  Advance advance(Outcome outcome);

  /**
   * Reports rejected changes, and returns when the reports are durable: a checkpoint must never
   * cover a record whose report could still be lost.
   *
   * @throws dev.belay.sink.failure.StopException if no record may be rejected, or the reports
   *     cannot be made durable
   */
  void report(Map<Integer, Refusal> rejected);

  /**
   * What has to be known of rejected records after a restart, to be written into the transaction
   * after the reports are durable. Comes after {@link #advance}.
   */
  Postscript remember(Outcome outcome);

  /**
   * Statements that close a transaction; from data that nobody changes any more, for any thread.
   */
  @FunctionalInterface
  interface Postscript {
    void write(Connection open) throws SQLException;
  }
}

package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.sql.Refusal;

/**
 * The client's connection as the sink of a feed without one. Beside the feed's thread, others may
 * call {@link #refuse} and {@link #cut}.
 */
public interface RowStream extends Sink {

  /** Ends the rows with an error, as soon as the client listens. */
  void refuse(Refusal why);

  /** Breaks the connection without a word. */
  void cut();
}

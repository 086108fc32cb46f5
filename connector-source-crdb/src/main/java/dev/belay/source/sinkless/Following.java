package dev.belay.source.sinkless;

import dev.belay.source.cluster.ClusterException;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The feed of all tables whose rows are in Kafka as of some time: every change since. The task's
 * thread, but for {@link #close}.
 */
final class Following implements AutoCloseable {
  private final Openings openings;
  private final FeedStatement statement;
  private final HeldRows held;
  private final Cursors cursors = new Cursors();
  private volatile Optional<Stream> stream = Optional.empty();
  private volatile boolean closed;

  Following(Openings openings, FeedStatement statement, HeldRows held) {
    this.openings = openings;
    this.statement = statement;
    this.held = held;
  }

  Cursors cursors() {
    return cursors;
  }

  /** Of rows in memory that wait for their resolved time. */
  long heldBytes() {
    return held.bytes();
  }

  boolean isOpen() {
    return stream.isPresent();
  }

  /** Everything of a table up to a time is in Kafka, or on its way there. */
  void begin(TableName table, HlcTimestamp cursor, Optional<HlcTimestamp> handedAhead) {
    cursors.begin(table, cursor, handedAhead);
  }

  /**
   * The next records; none if nothing is complete in time.
   *
   * @param mayOpen whether a session that is needed may be opened now
   * @throws ClusterException if the feed has ended
   * @throws IOException if the disk fails
   */
  List<SourceRecord> poll(Duration patience, boolean mayOpen)
      throws InterruptedException, ClusterException, IOException {
    if (stream.isEmpty() && !cursors.tables().isEmpty() && mayOpen) {
      open();
    }
    return stream.isEmpty() ? List.of() : stream.get().poll(patience);
  }

  private void open() {
    Stream opened =
        openings.open(cursors, held, statement.after(cursors.tables(), cursors.least()));
    stream = Optional.of(opened);
    if (closed) {
      opened.close();
    }
  }

  /** The feed begins again, with the tables that have come to it. */
  void restart() throws IOException {
    stream.ifPresent(Stream::close);
    stream = Optional.empty();
    held.clear();
  }

  @Override
  public void close() {
    closed = true;
    stream.ifPresent(Stream::close);
  }
}

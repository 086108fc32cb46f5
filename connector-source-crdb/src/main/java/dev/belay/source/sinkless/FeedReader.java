package dev.belay.source.sinkless;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.ClusterException.Kind;
import dev.belay.source.cluster.Secrets;
import dev.belay.source.feed.HlcTimestamp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads one feed over one session, from connecting to its end, on a thread of its own: a task's
 * thread that is busy with Kafka, or is not called at all while the connector is paused, must not
 * lose the session. The {@link Stream} that made it owns it and ends it with {@link #close}, which
 * cuts the session and so wakes the thread. How it ended is told through the hand-over, after all
 * rows; it never tries again by itself.
 */
final class FeedReader implements AutoCloseable {
  private static final String SYNTAX_ERROR = "42601";

  /**
   * What a reader needs to know.
   *
   * @param silence after which a session counts as lost
   * @param capacity of the hand-over, in bytes
   */
  record Source(Cluster.Address address, Secrets secrets, Duration silence, long capacity) {}

  private final Source source;
  private final Routes routes;
  private final String statement;
  private final HandOver handOver;
  private final AtomicReference<Optional<FeedConnection>> connection =
      new AtomicReference<>(Optional.empty());
  private final Thread thread;
  private volatile boolean closed;

  private FeedReader(Source source, Routes routes, String statement) {
    this.source = source;
    this.routes = routes;
    this.statement = statement;
    this.handOver = new HandOver(source.capacity());
    this.thread = new Thread(this::run, "belay-feed-reader");
    thread.setDaemon(true);
  }

  static FeedReader start(Source source, Routes routes, String statement) {
    FeedReader reader = new FeedReader(source, routes, statement);
    reader.thread.start();
    return reader;
  }

  List<FeedItem> take(long nanos) throws InterruptedException {
    return handOver.take(nanos);
  }

  /** Why it has ended, once everything is taken; empty if it has not. */
  Optional<ClusterException> ended() {
    return handOver.ended();
  }

  private void run() {
    try {
      handOver.end(read());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      handOver.end(away("the reader was interrupted"));
    } catch (RuntimeException e) {
      handOver.end(
          new ClusterException(
              Kind.REFUSED, "", "Reading the feed failed: " + source.secrets().hide("" + e)));
    }
  }

  private ClusterException read() throws InterruptedException {
    try {
      return read(statement);
    } catch (SQLException e) {
      if (!SYNTAX_ERROR.equals(e.getSQLState())) {
        return Cluster.tell(e, source.secrets());
      }
    } catch (IOException e) {
      return lost(e);
    }
    try {
      return read(FeedStatement.inOldWords(statement));
    } catch (SQLException e) {
      return Cluster.tell(e, source.secrets());
    } catch (IOException e) {
      return lost(e);
    }
  }

  private ClusterException read(String sql) throws SQLException, IOException, InterruptedException {
    try (FeedConnection feed = FeedConnection.open(source.address(), source.silence())) {
      connection.set(Optional.of(feed));
      if (closed) {
        return away("it is closed");
      }
      feed.ask(sql);
      while (feed.next()) {
        Optional<FeedItem> item = item(feed);
        if (item.isEmpty()) {
          return unreadable(feed);
        }
        if (!handOver.put(item.get())) {
          return away("it is closed");
        }
      }
      return away("The feed ended by itself");
    }
  }

  private Optional<FeedItem> item(FeedConnection feed) {
    byte[] value = feed.value();
    if (feed.tableLength() == 0) {
      return CommitTime.resolved(value).map(time -> new FeedItem.Resolved(time, value));
    }
    Optional<Route> route = routes.find(feed.table(), feed.tableLength());
    Optional<HlcTimestamp> time = CommitTime.of(value);
    return route.isEmpty() || time.isEmpty()
        ? Optional.empty()
        : Optional.of(new FeedItem.Row(route.get(), feed.key(), value, time.get()));
  }

  /** Without the row itself. */
  private ClusterException unreadable(FeedConnection feed) {
    String name = new String(feed.table(), 0, feed.tableLength(), StandardCharsets.UTF_8);
    String what =
        feed.tableLength() == 0
            ? "A resolved message has no time."
            : routes.find(feed.table(), feed.tableLength()).isEmpty()
                ? "A row is of table " + name + ", which is none of the feed's."
                : "A row of table "
                    + name
                    + " has no commit time. The feed needs the option updated, and the enriched"
                    + " envelope its source; take feed.option.* away that changes them.";
    return new ClusterException(Kind.REFUSED, "", what);
  }

  private ClusterException lost(IOException e) {
    return away("The session was lost: " + source.secrets().hide(String.valueOf(e.getMessage())));
  }

  private static ClusterException away(String why) {
    return new ClusterException(Kind.AWAY, "", why);
  }

  /** Returns at once; the thread ends soon after. */
  @Override
  public void close() {
    closed = true;
    handOver.close();
    connection.get().ifPresent(FeedConnection::close);
    thread.interrupt();
  }
}

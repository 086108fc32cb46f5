package dev.belay.testkit.standin.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.testkit.standin.feed.RowStream;
import dev.belay.testkit.standin.sql.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Writes a feed's rows to the client as the rows of a portal: {@code table}, {@code key}, {@code
 * value}. The feed's thread sends; the thread that answers the client calls {@link #serve} and
 * waits there; anybody may end it.
 *
 * <p>Invariant OneWriter: the feed's thread writes to the client only while the other one waits in
 * {@link #serve}. Without a grant, and while the client does not read, it waits: back-pressure.
 */
final class PortalRows implements RowStream {

  /** How {@link #serve} ended. */
  enum Served {
    /** The rows asked for are sent; there may be more. */
    SUSPENDED,
    /** There will be no more rows. */
    ENDED
  }

  private static final int BUFFER = 1 << 16;
  private static final int NULL = -1;
  private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

  private final OutputStream client;
  private final AutoCloseable connection;
  private final boolean binaryKey;
  private final boolean binaryValue;
  private final byte[] buffer = new byte[BUFFER];
  private int used;
  // Of the feed's thread: rows left of what it was granted.
  private long left;
  private String topic = "";
  private byte[] topicBytes = new byte[0];
  private String resolvedWith = "";

  private long granted;
  private boolean ended;
  private volatile boolean closed;
  private volatile boolean gone;
  private Optional<Refusal> reason = Optional.empty();

  /**
   * @param connection closed to cut the client off
   * @param binaryKey whether the client wants keys in binary form, else in hex
   * @param binaryValue the same for values
   */
  PortalRows(
      OutputStream client, AutoCloseable connection, boolean binaryKey, boolean binaryValue) {
    this.client = client;
    this.connection = connection;
    this.binaryKey = binaryKey;
    this.binaryValue = binaryValue;
  }

  /**
   * Lets the feed write so many rows and waits until it has.
   *
   * @param rows 0 for all there will ever be
   * @throws IOException if the client has left
   */
  synchronized Served serve(long rows) throws IOException, InterruptedException {
    if (!ended && !closed) {
      granted = rows == 0 ? Long.MAX_VALUE : rows;
      notifyAll();
      while (granted > 0 && !ended) {
        wait();
      }
    }
    if (gone) {
      throw new IOException("the client of a feed has left");
    }
    return ended || closed ? Served.ENDED : Served.SUSPENDED;
  }

  /** Why the rows ended before their time; empty if nobody ended them. */
  synchronized Optional<Refusal> reason() {
    return reason;
  }

  @Override
  public synchronized void refuse(Refusal why) {
    if (reason.isEmpty()) {
      reason = Optional.of(why);
    }
    shut();
  }

  @Override
  public void cut() {
    gone = true;
    shut();
    try {
      connection.close();
    } catch (Exception e) {
      throw new IllegalStateException("Cannot cut a client off", e);
    }
  }

  /** Lets no more rows through. */
  synchronized void shut() {
    closed = true;
    notifyAll();
  }

  @Override
  public void dial() {}

  @Override
  public int partitions(String name) {
    return 1;
  }

  @Override
  public void send(String name, int partition, Optional<byte[]> key, Optional<byte[]> value) {
    if (key.isEmpty()) {
      // A resolved time is told once a round, not once a table.
      if (resolvedWith.isEmpty()) {
        resolvedWith = name;
      }
      if (!resolvedWith.equals(name)) {
        return;
      }
    } else if (!topic.equals(name)) {
      topic = name;
      topicBytes = name.getBytes(UTF_8);
    }
    if (left == 0) {
      left = awaitGrant();
    }
    row(key, value);
    left--;
    if (left == 0) {
      hurry();
      used();
    }
  }

  private synchronized long awaitGrant() {
    while (granted == 0 && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SinkUnavailable("interrupted", e);
      }
    }
    requireOpen();
    return granted;
  }

  private void requireOpen() {
    if (closed) {
      throw new SinkUnavailable("the client wants no more rows", new IOException("closed"));
    }
  }

  private synchronized void used() {
    granted = 0;
    notifyAll();
  }

  private void row(Optional<byte[]> key, Optional<byte[]> value) {
    int tableLength = key.isPresent() ? topicBytes.length : NULL;
    int keyLength = length(key, binaryKey);
    int valueLength = length(value, binaryValue);
    int length = 6 + 12 + positive(tableLength) + positive(keyLength) + positive(valueLength);
    room(length + 1);
    octet('D');
    number(length);
    octet(0);
    octet(3);
    number(tableLength);
    if (key.isPresent()) {
      bytes(topicBytes);
    }
    number(keyLength);
    key.ifPresent(bytes -> field(bytes, binaryKey));
    number(valueLength);
    value.ifPresent(bytes -> field(bytes, binaryValue));
  }

  private static int positive(int length) {
    return Math.max(length, 0);
  }

  private static int length(Optional<byte[]> field, boolean binary) {
    if (field.isEmpty()) {
      return NULL;
    }
    int length = field.get().length;
    return binary ? length : 2 + 2 * length;
  }

  private void field(byte[] bytes, boolean binary) {
    if (binary) {
      bytes(bytes);
      return;
    }
    octet('\\');
    octet('x');
    for (byte b : bytes) {
      octet(HEX[(b >> 4) & 0xf]);
      octet(HEX[b & 0xf]);
    }
  }

  private void room(int wanted) {
    if (used + wanted > buffer.length) {
      hurry();
    }
  }

  private void octet(int value) {
    if (used == buffer.length) {
      hurry();
    }
    buffer[used++] = (byte) value;
  }

  private void number(int value) {
    octet(value >> 24);
    octet(value >> 16);
    octet(value >> 8);
    octet(value);
  }

  private void bytes(byte[] bytes) {
    int at = 0;
    while (at < bytes.length) {
      if (used == buffer.length) {
        hurry();
      }
      int part = Math.min(bytes.length - at, buffer.length - used);
      System.arraycopy(bytes, at, buffer, used, part);
      used += part;
      at += part;
    }
  }

  /** Writes what is buffered; waits if the client does not read. */
  @Override
  public void hurry() {
    if (used == 0) {
      return;
    }
    try {
      client.write(buffer, 0, used);
      used = 0;
    } catch (IOException e) {
      gone = true;
      throw new SinkUnavailable("the client has left", e);
    }
  }

  @Override
  public void flush() {
    if (closed) {
      requireOpen();
    }
    hurry();
  }

  /** The feed has ended: whatever it wrote is on its way. */
  @Override
  public void close() {
    try {
      hurry();
    } catch (SinkUnavailable e) {
      // The client has left; whoever serves it will be told so.
      used = 0;
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }
}

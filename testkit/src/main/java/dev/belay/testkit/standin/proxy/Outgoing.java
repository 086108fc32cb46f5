package dev.belay.testkit.standin.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What goes to a client. Follows where one message ends and the next begins, to leave some out. Any
 * thread, one at a time.
 */
final class Outgoing extends OutputStream {

  private static final int HEAD = 5;

  private final ConnectionFaults faults;
  private final FrontSocket connection;
  private final byte[] head = new byte[HEAD];
  private final Set<Integer> unasked = new HashSet<>();
  private OutputStream client;
  private boolean aligned;
  private boolean cutting;
  private Optional<HeldStatement> holding = Optional.empty();
  private boolean dropping;
  private int headRead;
  private int bodyLeft;
  // How much was to be prepared before each time that the server says it is ready.
  private final Deque<Integer> boundaries = new ArrayDeque<>();
  private int parsed;
  private int toParse;

  Outgoing(OutputStream client, ConnectionFaults faults, FrontSocket connection) {
    this.client = new BufferedOutputStream(client);
    this.faults = faults;
    this.connection = connection;
  }

  /** Goes on with another stream, the encrypted one. */
  synchronized void become(OutputStream next) {
    client = new BufferedOutputStream(next);
  }

  /** From here on everything is a message. */
  synchronized void align() {
    aligned = true;
  }

  /** The client has sent a statement to prepare. */
  synchronized void parsing() {
    toParse++;
  }

  /** The client waits for the server to be ready, or goes on and waits for that later. */
  synchronized void syncing() {
    boundaries.addLast(toParse);
  }

  /** One was prepared that the client does not know of. */
  synchronized void parsingUnasked() {
    unasked.add(toParse++);
  }

  /**
   * Holds everything back from now on, and cuts when the server is ready for the next statement.
   */
  synchronized void cutWhenReady() {
    cutting = true;
  }

  /** Waits with the statement's end when the server is ready for the next one. */
  synchronized void holdWhenReady(HeldStatement held) {
    holding = Optional.of(held);
  }

  /** Tells the client that it may not come in; throw what comes back. */
  synchronized IOException refuse(String state, String message) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (String field : new String[] {"SFATAL", "VFATAL", "C" + state, "M" + message}) {
      body.write(field.getBytes(UTF_8));
      body.write(0);
    }
    body.write(0);
    DataOutputStream out = new DataOutputStream(client);
    out.writeByte('E');
    out.writeInt(body.size() + 4);
    body.writeTo(out);
    out.flush();
    return new IOException(message);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    hold();
    synchronized (this) {
      connection.touch();
      if (aligned) {
        follow(bytes, offset, length);
      } else {
        client.write(bytes, offset, length);
      }
      client.flush();
    }
  }

  private void hold() throws IOException {
    Duration delay = faults.delay();
    if (!delay.isZero()) {
      try {
        TimeUnit.NANOSECONDS.sleep(delay.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  private void follow(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (bodyLeft == 0) {
        head[headRead++] = bytes[at++];
        if (headRead == HEAD) {
          begin();
        }
      } else {
        int part = Math.min(end - at, bodyLeft);
        if (!dropping) {
          client.write(bytes, at, part);
        }
        bodyLeft -= part;
        at += part;
      }
    }
  }

  private void begin() throws IOException {
    headRead = 0;
    bodyLeft = ByteBuffer.wrap(head, 1, 4).getInt() - 4;
    char type = (char) head[0];
    dropping = cutting || (type == '1' && unasked.remove(parsed));
    if (type == '1') {
      parsed++;
    } else if (type == 'Z') {
      if (cutting) {
        connection.cut();
        throw new IOException("the connection is cut after a statement");
      }
      if (holding.isPresent()) {
        HeldStatement held = holding.get();
        holding = Optional.empty();
        try {
          held.await();
        } catch (IOException e) {
          connection.cut();
          throw e;
        }
      }
      // After an error the server passes over what it was to prepare.
      parsed = boundaries.isEmpty() ? toParse : boundaries.removeFirst();
    }
    if (!dropping) {
      client.write(head);
    }
  }
}

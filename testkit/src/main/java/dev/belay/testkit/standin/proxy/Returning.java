package dev.belay.testkit.standin.proxy;

import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Hands the server's messages to the client, as they are but for those in whose place the rows of a
 * feed go. One thread.
 */
final class Returning {

  private static final int BUFFER = 1 << 16;
  private static final int HEAD = 5;

  private final InputStream server;
  private final DataOutputStream toServer;
  private final OutputStream client;
  private final FeedPortals portals;
  private final Consumer<byte[]> cancelKey;
  private final byte[] greeting;
  private byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;
  private int forwardedTo;

  /**
   * @param cancelKey takes what a client must say to cancel this session's statements
   * @param greeting goes out once the client is let in
   */
  Returning(
      InputStream server,
      DataOutputStream toServer,
      OutputStream client,
      FeedPortals portals,
      Consumer<byte[]> cancelKey,
      byte[] greeting) {
    this.server = server;
    this.toServer = toServer;
    this.client = client;
    this.portals = portals;
    this.cancelKey = cancelKey;
    this.greeting = greeting;
  }

  /** Returns when either side has left. */
  void run() throws IOException, InterruptedException {
    while (true) {
      need(HEAD);
      char type = (char) buffer[from];
      if (isOfInterest(type)) {
        need(1 + length());
        take(type);
      } else {
        pass();
      }
    }
  }

  private boolean isOfInterest(char type) {
    return type == 'Z' || type == 'K' || (portals.isBusy() && "NE12".indexOf(type) >= 0);
  }

  private int length() {
    return ByteBuffer.wrap(buffer, from + 1, 4).getInt();
  }

  private byte[] body() {
    return Arrays.copyOfRange(buffer, from + HEAD, from + 1 + length());
  }

  private void take(char type) throws IOException, InterruptedException {
    switch (type) {
      case 'K' -> {
        cancelKey.accept(body());
        forward();
        client.write(greeting);
      }
      case 'Z' -> portals.ready((char) buffer[from + HEAD]);
      case 'E' -> {
        pass();
        portals.release(toServer);
        return;
      }
      case '1', '2' -> {
        if (portals.isSimple()) {
          swallow();
          return;
        }
      }
      default -> {
        if (portals.isWord(Wire.messageText(body()))) {
          swallow();
          rows();
          return;
        }
      }
    }
    pass();
  }

  /** In place of the empty row and of what the server says after it. */
  private void rows() throws IOException, InterruptedException {
    for (int left = 2; left > 0; left--) {
      need(HEAD);
      need(1 + length());
      swallow();
    }
    forward();
    Optional<byte[]> end = portals.serve(toServer);
    if (end.isPresent()) {
      client.write(end.get());
      portals.release(toServer);
    }
  }

  /** Leaves the message in the buffer, to be forwarded with others. */
  private void pass() throws IOException {
    int left = 1 + length();
    while (left > to - from) {
      left -= to - from;
      from = to;
      forward();
      fill();
    }
    from += left;
  }

  private void swallow() throws IOException {
    int next = from + 1 + length();
    forward();
    from = next;
    forwardedTo = next;
  }

  private void forward() throws IOException {
    if (from > forwardedTo) {
      client.write(buffer, forwardedTo, from - forwardedTo);
    }
    forwardedTo = from;
  }

  /** Reads until so many bytes are there from the current place on. */
  private void need(int bytes) throws IOException {
    if (to - from >= bytes) {
      return;
    }
    forward();
    System.arraycopy(buffer, from, buffer, 0, to - from);
    to -= from;
    from = 0;
    forwardedTo = 0;
    if (buffer.length < bytes) {
      buffer = Arrays.copyOf(buffer, bytes);
    }
    while (to < bytes) {
      fillMore();
    }
  }

  private void fill() throws IOException {
    from = 0;
    to = 0;
    forwardedTo = 0;
    fillMore();
  }

  private void fillMore() throws IOException {
    int read = server.read(buffer, to, buffer.length - to);
    if (read < 0) {
      throw new EOFException("the server has left");
    }
    to += read;
  }
}

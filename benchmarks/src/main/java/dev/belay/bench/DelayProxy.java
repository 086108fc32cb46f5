package dev.belay.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A database that is far away: hands every byte on after half the delay, in both directions,
 * without narrowing the line. Its threads are daemons that end with their connection, and all of
 * them at {@link #close}.
 */
final class DelayProxy implements AutoCloseable {

  private static final int CHUNK = 1 << 16;

  /** Chunks under way in one direction: 64 MB, more than a window. */
  private static final int UNDER_WAY = 1024;

  private final ServerSocket listener;
  private final int target;
  private final long halfNanos;

  private DelayProxy(ServerSocket listener, int target, Duration roundTrip) {
    this.listener = listener;
    this.target = target;
    this.halfNanos = roundTrip.toNanos() / 2;
  }

  /**
   * Listens on a free port.
   *
   * @param target port on the loopback interface
   * @param roundTrip added to each exchange
   */
  static DelayProxy start(int target, Duration roundTrip) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    DelayProxy proxy = new DelayProxy(listener, target, roundTrip);
    daemon("delay-accept", proxy::accept);
    return proxy;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Takes no more connections; those that are open end with their ends. */
  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        pipe(client, server);
        pipe(server, client);
      }
    } catch (IOException closed) {
      // the end
    }
  }

  /**
   * @param due by the monotonic clock
   * @param bytes empty at the end of the stream
   */
  private record Chunk(long due, byte[] bytes) {}

  private void pipe(Socket from, Socket to) {
    BlockingQueue<Chunk> way = new ArrayBlockingQueue<>(UNDER_WAY);
    daemon("delay-read", () -> read(from, way));
    daemon("delay-write", () -> write(way, from, to));
  }

  private void read(Socket from, BlockingQueue<Chunk> way) {
    try {
      try {
        InputStream in = from.getInputStream();
        byte[] buffer = new byte[CHUNK];
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
          way.put(new Chunk(System.nanoTime() + halfNanos, Arrays.copyOf(buffer, n)));
        }
      } catch (IOException broken) {
        // for the other side it is the end
      }
      way.put(new Chunk(System.nanoTime(), new byte[0]));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(BlockingQueue<Chunk> way, Socket from, Socket to) {
    try (from;
        to) {
      OutputStream out = to.getOutputStream();
      for (Chunk chunk = way.take(); chunk.bytes.length > 0; chunk = way.take()) {
        long wait = chunk.due - System.nanoTime();
        if (wait > 0) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
        out.write(chunk.bytes);
      }
    } catch (IOException broken) {
      // both sockets are closed now, and both ends know
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}

package dev.belay.sink.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A wire to a server that can go dead: bytes are swallowed both ways and nobody is told, as when a
 * machine or a firewall vanishes. And it can hold what is sent at one point, see {@link #holdAt}.
 * Its threads, two for each connection and one that accepts, end with {@link #close}.
 */
public final class Wire implements AutoCloseable {
  private final ServerSocket door;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Hold> hold = new AtomicReference<>();
  private volatile boolean dead;

  /**
   * @param target port on the loopback interface
   */
  public Wire(int target) throws IOException {
    this.target = target;
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  public int port() {
    return door.getLocalPort();
  }

  /** From now on what is sent on the connections there are is lost; new ones work. */
  public void goDead() {
    dead = true;
  }

  /** Breaks the connections there are; new ones work. */
  public void cut() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException alreadyBroken) {
        // what it is to be
      }
    }
    sockets.clear();
  }

  /**
   * Holds the next bytes that a client sends and that are asked for, and all that it sends after
   * them.
   *
   * @param wanted is shown each piece that a client sends, in the order of its connection; several
   *     connections each have a watcher of their own
   */
  public Hold holdAt(Supplier<Predicate<byte[]>> wanted) {
    Hold next = new Hold(wanted);
    hold.set(next);
    return next;
  }

  /** What is held on its way to the server. */
  public final class Hold implements AutoCloseable {
    private final Supplier<Predicate<byte[]>> wanted;
    private final Map<Socket, Predicate<byte[]>> watchers = new ConcurrentHashMap<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private Hold(Supplier<Predicate<byte[]>> wanted) {
      this.wanted = wanted;
    }

    /** Whether something is held. */
    public boolean isHolding() {
      return held.getCount() == 0 && released.getCount() > 0;
    }

    /**
     * Lets it go on, to a server that is still there, also over a wire that has gone dead since.
     */
    @Override
    public void close() {
      hold.compareAndSet(this, null);
      released.countDown();
    }

    private void pass(Socket client, byte[] piece) throws InterruptedIOException {
      if (released.getCount() == 0
          || !watchers.computeIfAbsent(client, c -> wanted.get()).test(piece)) {
        return;
      }
      held.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        Socket server;
        try {
          server = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException down) {
          client.close();
          continue;
        }
        sockets.add(client);
        sockets.add(server);
        boolean[] mute = new boolean[1];
        if (dead) {
          // the network is back, for those who come anew
          dead = false;
        }
        daemon(() -> pump(client, server, mute, true));
        daemon(() -> pump(server, client, mute, false));
      }
    } catch (IOException closed) {
      // the end
    }
  }

  private void pump(Socket from, Socket to, boolean[] mute, boolean toServer) {
    byte[] bytes = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        mute[0] |= dead;
        boolean lost = mute[0];
        Hold holding = hold.get();
        if (toServer && holding != null && !lost) {
          holding.pass(from, Arrays.copyOf(bytes, read));
        }
        if (!lost) {
          out.write(bytes, 0, read);
        }
      }
    } catch (IOException broken) {
      // either side has gone
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "wire");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}

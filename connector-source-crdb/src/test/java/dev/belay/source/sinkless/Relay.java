package dev.belay.source.sinkless;

import dev.belay.testkit.LoopbackPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a server that can go dark: connections stay open, and nothing comes through any more.
 * Threads of its own, which {@link #close} ends.
 */
public final class Relay implements AutoCloseable {
  private final int target;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  // connections are of the generation in which they came; older ones are dark
  private volatile int generation;
  private volatile boolean dark;

  private Relay(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getByName(LoopbackPort.HOST));
    start("accepting", this::accept);
  }

  public static Relay to(int port) throws IOException {
    return new Relay(port);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Whether somebody has come this way. */
  public boolean hasClients() {
    return !open.isEmpty();
  }

  /** Whatever is connected hears nothing from now on; who comes later does. */
  void darken() {
    generation++;
  }

  /** Nobody hears anything any more, who comes later neither. */
  void darkenForGood() {
    dark = true;
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(String what, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException closed) {
                // by either side, or by us
              }
            },
            "relay-" + what);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      Socket real = new Socket(LoopbackPort.HOST, target);
      open.add(client);
      open.add(real);
      int mine = generation;
      start("out", () -> pump(client, real, mine));
      start("back", () -> pump(real, client, mine));
    }
  }

  private void pump(Socket from, Socket to, int mine) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] some = new byte[8192];
    for (int length = in.read(some); length >= 0; length = in.read(some)) {
      if (mine == generation && !dark) {
        out.write(some, 0, length);
        out.flush();
      }
    }
    if (mine == generation) {
      to.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}

package dev.belay.sink.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A wire to a server that can go dead: bytes are swallowed both ways and nobody is told, as when a
 * machine or a firewall vanishes. Its threads, two for each connection and one that accepts, end
 * with {@link #close}.
 */
public final class Wire implements AutoCloseable {
  private final ServerSocket door;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
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
        daemon(() -> pump(client, server, mute));
        daemon(() -> pump(server, client, mute));
      }
    } catch (IOException closed) {
      // the end
    }
  }

  private void pump(Socket from, Socket to, boolean[] mute) {
    byte[] bytes = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        mute[0] |= dead;
        if (!mute[0]) {
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

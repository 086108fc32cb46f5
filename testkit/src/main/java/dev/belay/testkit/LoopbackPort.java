package dev.belay.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Picks ports for servers that must know theirs before they start. */
public final class LoopbackPort {

  /** The address that every server of the testkit listens on. */
  public static final String HOST = "127.0.0.1";

  // Below Linux's range for outgoing connections (32768 and up): a port from that range could be
  // taken by any client while the server that wants it back is being restarted.
  private static final int LOWEST = 20_000;
  private static final int BEYOND = 32_000;
  private static final int ATTEMPTS = 1_000;

  private LoopbackPort() {}

  /**
   * A port on which nobody listens now. Nothing reserves it: the caller binds it soon, and tries
   * another one if somebody was faster.
   *
   * @throws IllegalStateException if no free port was found
   */
  public static int free() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("No free port between " + LOWEST + " and " + BEYOND);
  }

  /** Whether nobody listens on this port of the loopback interface. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do it: a connection that is still fading away does not hold the port.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
      return true;
    } catch (BindException taken) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

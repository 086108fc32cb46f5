package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.access.Access;
import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.PastTables;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.feed.Changefeeds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections on a loopback port and gives each a {@link ProxySession}.
 *
 * <p>One thread accepts and one runs each session, all owned by this object; {@link #close} closes
 * the sockets, which ends them.
 */
public final class Proxy implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);
  private static final int BACKLOG = 50;

  private final ServerSocket listener;
  private final ProxySession.Backend backend;
  private final Answers answers;
  private final Optional<Tls> tls;
  private final ConnectionFaults faults;
  private final Set<ProxySession> sessions = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;

  private Proxy(ServerSocket listener, Rooms rooms) {
    this.listener = listener;
    this.backend = rooms.backend();
    this.answers = rooms.answers();
    this.tls = rooms.tls();
    this.faults = rooms.faults();
    this.acceptor = new Thread(this::accept, "standin-proxy-" + listener.getLocalPort());
    acceptor.setDaemon(true);
  }

  /** Opens a database for capture if it is not open yet. */
  @FunctionalInterface
  public interface Databases {
    Capture capture(String database) throws SQLException;
  }

  /**
   * What statements work with.
   *
   * @param serverPort of the PostgreSQL server, on the loopback interface
   * @param answers installed in every database that {@code databases} gives
   * @param tls empty for none
   */
  public record Rooms(
      int serverPort,
      Databases databases,
      Changefeeds changefeeds,
      ClusterSettings settings,
      Cluster cluster,
      Access access,
      Zones zones,
      Answers answers,
      Optional<Tls> tls,
      ConnectionFaults faults) {

    private ProxySession.Backend backend() {
      Map<String, PastTables> past = new ConcurrentHashMap<>();
      Map<ByteBuffer, FeedPortals> cancelKeys = new ConcurrentHashMap<>();
      return new ProxySession.Backend() {
        @Override
        public Socket connect(Socket client) throws IOException {
          InetAddress loopback = InetAddress.getLoopbackAddress();
          return client instanceof FrontSocket front && front.isVouchedFor()
              ? new Socket(loopback, serverPort, InetAddress.getByName(Logins.VOUCHED_FOR), 0)
              : new Socket(loopback, serverPort);
        }

        @Override
        public Statements statements(String database, String user) throws SQLException {
          Capture capture = databases.capture(database);
          PastTables tables = past.computeIfAbsent(database, name -> new PastTables(capture));
          return new Statements(
              new Session(
                  capture,
                  user,
                  changefeeds,
                  settings,
                  cluster,
                  access,
                  zones,
                  answers,
                  new PastReading(capture, tables, user)));
        }

        @Override
        public Map<ByteBuffer, FeedPortals> cancelKeys() {
          return cancelKeys;
        }
      };
    }
  }

  /**
   * @param port 0 for a free one
   */
  public static Proxy start(int port, Rooms rooms) throws IOException {
    ServerSocket listener = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    Proxy proxy = new Proxy(listener, rooms);
    proxy.acceptor.start();
    return proxy;
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = new FrontSocket(listener.accept(), tls, faults);
        ProxySession session = new ProxySession(client, backend, answers);
        sessions.add(session);
        Thread thread =
            new Thread(
                () -> {
                  session.run();
                  sessions.remove(session);
                },
                acceptor.getName() + "-" + client.getPort());
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        // Closed, or a client that left before it was greeted.
        LOG.debug("Nobody was accepted: {}", e.toString());
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    faults.close();
    sessions.forEach(ProxySession::close);
  }
}

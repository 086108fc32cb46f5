package dev.belay.source.cluster;

import dev.belay.source.cluster.ClusterException.Kind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.postgresql.PGProperty;

/**
 * A session with CockroachDB for short statements, opened when it is first needed and again after
 * it was lost. One thread asks; {@link #close} may come from another, and ends what that thread
 * waits for.
 */
public final class Cluster implements AutoCloseable {

  /** Statements on a session in auto-commit. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Connection session) throws SQLException;
  }

  /**
   * Where and as whom to connect.
   *
   * @param url {@code jdbc:postgresql:...}, perhaps with several hosts
   * @param driver the driver's properties, user and password among them
   * @param application shown by {@code SHOW SESSIONS}
   * @param connectTimeout of a new connection
   * @param statementTimeout after which the cluster gives a statement up
   */
  public record Address(
      String url,
      Properties driver,
      String application,
      Duration connectTimeout,
      Duration statementTimeout) {}

  /** Time for the answer to travel once the cluster has given a statement up. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** Classes of errors that are not about what was asked: resources, the operator, the system. */
  private static final Set<String> PASSING = Set.of("53", "57", "58");

  private static final Set<String> BUSY =
      Set.of("40001", "40003", "53300", "53200", "57P03", "55000");

  private final Address address;
  private final Secrets secrets;
  private final AtomicReference<Optional<Connection>> session =
      new AtomicReference<>(Optional.empty());
  private volatile boolean closed;

  public Cluster(Address address, Secrets secrets) {
    this.address = address;
    this.secrets = secrets;
  }

  /**
   * Runs statements. A session that turns out to be lost is given up; the next call opens another.
   *
   * @throws ClusterException with nothing in it that must not be shown
   */
  public <T> T ask(Work<T> work) throws ClusterException {
    Connection connection = session.get().isPresent() ? session.get().get() : connect();
    try {
      return work.on(connection);
    } catch (SQLException e) {
      ClusterException told = tell(e);
      if (told.kind() == Kind.AWAY) {
        giveUp();
      }
      throw told;
    }
  }

  /**
   * Runs statements that only look. A session that somebody dropped while it was idle is met by one
   * more try, on a new one.
   *
   * @throws ClusterException as {@link #ask}
   */
  public <T> T look(Work<T> work) throws ClusterException {
    boolean wasThere = session.get().isPresent();
    try {
      return ask(work);
    } catch (ClusterException e) {
      if (!wasThere || closed || e.kind() != Kind.AWAY) {
        throw e;
      }
      return ask(work);
    }
  }

  private Connection connect() throws ClusterException {
    if (closed) {
      throw new ClusterException(Kind.AWAY, "", "The session is closed.");
    }
    try {
      Connection connection = DriverManager.getConnection(address.url(), properties(address));
      session.set(Optional.of(connection));
      if (closed) {
        giveUp();
      }
      settle(connection, address.statementTimeout());
      return connection;
    } catch (SQLException e) {
      // one that is not settled is not used
      giveUp();
      throw tell(e);
    }
  }

  /**
   * What every session of ours needs, whatever options its URL, its driver's properties or its role
   * give it: those may be there for something else, such as {@code --cluster}.
   *
   * @param timeout of statements; zero for none
   */
  public static void settle(Connection connection, Duration timeout) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET statement_timeout = " + timeout.toMillis());
      // cluster_logical_timestamp() is refused in any other, which may be the default
      statement.execute("SET default_transaction_isolation = 'serializable'");
    }
  }

  /** The driver's properties for a session as described; what the configuration says wins. */
  public static Properties properties(Address address) {
    Properties properties = new Properties();
    set(properties, PGProperty.CONNECT_TIMEOUT, seconds(address.connectTimeout()));
    set(properties, PGProperty.LOGIN_TIMEOUT, seconds(address.connectTimeout()));
    set(properties, PGProperty.SOCKET_TIMEOUT, seconds(address.statementTimeout().plus(GRACE)));
    set(properties, PGProperty.TCP_KEEP_ALIVE, "true");
    set(properties, PGProperty.APPLICATION_NAME, address.application());
    // from the first statement on, if nobody has options of his own: see settle
    set(
        properties,
        PGProperty.OPTIONS,
        "-c statement_timeout="
            + address.statementTimeout().toMillis()
            + " -c default_transaction_isolation=serializable");
    // each statement is sent a few times an hour: nothing to gain from named ones
    set(properties, PGProperty.PREPARE_THRESHOLD, "0");
    properties.putAll(address.driver());
    return properties;
  }

  private static void set(Properties properties, PGProperty key, String value) {
    properties.setProperty(key.getName(), value);
  }

  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, (duration.toMillis() + 999) / 1000));
  }

  private ClusterException tell(SQLException e) {
    return tell(e, secrets);
  }

  /** What to show of a driver's exception, and whether to try again. */
  public static ClusterException tell(SQLException e, Secrets secrets) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    Kind kind = Kind.REFUSED;
    if (state.isEmpty()
        || state.startsWith("08")
        || state.startsWith("57P")
        || state.equals("XXC03")) {
      kind = Kind.AWAY;
    } else if (BUSY.contains(state) && !isAboutJobs(e)
        || PASSING.contains(state.substring(0, Math.min(2, state.length())))) {
      kind = Kind.BUSY;
    }
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : firstLine(e.getMessage());
    return new ClusterException(
        kind, state, secrets.hide(text) + (state.isEmpty() ? "" : " (" + state + ")"));
  }

  /** 55000 is also what a setting that is off answers with; no try changes that. */
  private static boolean isAboutJobs(SQLException e) {
    return String.valueOf(e.getMessage()).contains("rangefeed");
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  /** Ends the session until it is needed again, so that it is not one that a proxy drops. */
  public void rest() {
    giveUp();
  }

  private void giveUp() {
    session
        .getAndSet(Optional.empty())
        .ifPresent(
            connection -> {
              try {
                connection.abort(Runnable::run);
              } catch (SQLException gone) {
                // it was lost before
              }
            });
  }

  @Override
  public void close() {
    closed = true;
    giveUp();
  }
}

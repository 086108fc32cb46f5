package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.feed.RowStream;
import dev.belay.testkit.standin.feed.SinklessFeed;
import dev.belay.testkit.standin.proxy.Answers.Answer;
import dev.belay.testkit.standin.proxy.PortalRows.Served;
import dev.belay.testkit.standin.proxy.Wire.Bind;
import dev.belay.testkit.standin.proxy.Wire.Execute;
import dev.belay.testkit.standin.proxy.Wire.Message;
import dev.belay.testkit.standin.proxy.Wire.Parse;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The feeds without a sink of one session. The server keeps a portal for each, over a query that
 * gives a word and an empty row whenever it is asked for one row; between the two the feed's own
 * rows go to the client. So describing, suspending, transactions and errors are the server's.
 *
 * <p>The client's thread brings what the client says, the returning thread what the server says.
 * Invariant OneAtATime: from the moment a portal is executed until its rows are sent, what the
 * client says waits here.
 */
final class FeedPortals implements AutoCloseable {

  /** Begins the word that tells where a feed's rows belong among the server's messages. */
  static final String WORD = "belay_standin rows of ";

  private static final int MOST_WAITING = 10_000;
  private static final Message FLUSH = new Message('H', new byte[0]);
  private static final Message SYNC = new Message('S', new byte[0]);
  private static final Refusal CANCELED = new Refusal("57014", "query execution canceled");

  /** Looks at a message of the client and sends it on. */
  @FunctionalInterface
  interface Onward {
    void forward(Message message, DataOutputStream toServer) throws IOException;
  }

  /** Knows the statements of feeds and opens them. */
  interface Opener {
    boolean isFeed(Sql sql);

    /**
     * @param parameters of the statement, in text form
     * @throws Refusal if there is something wrong with it
     */
    SinklessFeed open(Sql sql, List<String> parameters, RowStream rows) throws SQLException;
  }

  private record Prepared(Sql sql, String token) {}

  private record Portal(String token, SinklessFeed feed, PortalRows rows, long boundAfter) {}

  private record Execution(String portal, String token, long rows, boolean simple) {}

  private final OutputStream client;
  private final AutoCloseable connection;
  private final Answers answers;
  private final Onward onward;
  private final Runnable transactionEnd;
  private final Map<String, Prepared> prepared = new HashMap<>();
  private final Map<String, Portal> portals = new HashMap<>();
  private final List<String> tokens = new ArrayList<>();
  private final Deque<Message> waiting = new ArrayDeque<>();
  private Optional<Execution> running = Optional.empty();
  // Syncs sent and answered: a portal ends with the transaction that it was bound in.
  private long syncs;
  private long answered;
  private volatile boolean busy;

  /**
   * @param client used only while the server is silent
   * @param connection closed to cut the client off
   * @param transactionEnd told whenever the server is in no transaction any more
   */
  FeedPortals(
      OutputStream client,
      AutoCloseable connection,
      Answers answers,
      Onward onward,
      Runnable transactionEnd) {
    this.client = client;
    this.connection = connection;
    this.answers = answers;
    this.onward = onward;
    this.transactionEnd = transactionEnd;
  }

  /** Whether the returning thread must look at each message. */
  boolean isBusy() {
    return busy;
  }

  // ---- the client's thread

  /** Sends a message on, now or when its turn comes. */
  synchronized void accept(Message message, DataOutputStream toServer) throws IOException {
    if (!busy) {
      forward(message, toServer);
    } else if (message.type() == 'X' || waiting.size() == MOST_WAITING) {
      throw new IOException("the client of a feed leaves");
    } else {
      waiting.addLast(message);
    }
  }

  private void forward(Message message, DataOutputStream toServer) throws IOException {
    if (message.type() == 'S' || message.type() == 'Q') {
      syncs++;
    }
    if (message.type() == 'E') {
      Execute execute = Execute.of(message);
      Portal portal = portals.get(execute.portal());
      if (portal != null) {
        execute(execute, portal.token(), false, toServer);
        return;
      }
    }
    if (message.type() == 'C') {
      Wire.closedPortal(message).ifPresent(this::drop);
    }
    onward.forward(message, toServer);
  }

  /** A statement for the server in place of a feed's; empty if the client's is another one. */
  Optional<Message> parse(Parse parse, Sql sql, Opener opener) {
    prepared.remove(parse.name());
    if (!opener.isFeed(sql)) {
      return Optional.empty();
    }
    Prepared statement = prepare(sql);
    prepared.put(parse.name(), statement);
    return Optional.of(new Parse(parse.name(), query(statement.token()), List.of()).message());
  }

  private Prepared prepare(Sql sql) {
    String token = Answers.newToken();
    tokens.add(token);
    return new Prepared(sql, token);
  }

  /** A query that gives the word and an empty row for each row that it is asked for. */
  private static String query(String token) {
    return "SELECT NULL::text AS \"table\", NULL::bytea AS key, NULL::bytea AS value"
        + " FROM (SELECT generate_series(1, 9223372036854775807)) feed"
        + " WHERE belay_standin.rows_of('"
        + token
        + "')";
  }

  /** Opens the feed of a Bind, or lets the server tell why not; empty if it is for none. */
  Optional<Message> bind(Message message, Opener opener) {
    Prepared statement = prepared.get(Wire.statementOf(message));
    if (statement == null) {
      return Optional.empty();
    }
    Bind bind = Bind.of(message);
    bind(statement, bind, opener);
    return Optional.of(bind.messageWithoutParameters());
  }

  private void bind(Prepared statement, Bind bind, Opener opener) {
    drop(bind.portal());
    PortalRows rows =
        new PortalRows(client, connection, bind.isBinaryResult(1), bind.isBinaryResult(2));
    answers.ask(
        statement.token(),
        () -> {
          SinklessFeed feed = opener.open(statement.sql(), bind.parameters(), rows);
          portals.put(bind.portal(), new Portal(statement.token(), feed, rows, syncs));
          return Answer.NOTHING;
        });
  }

  /** Runs a feed's statement of the simple protocol as if it came in the extended one. */
  void query(Sql sql, Opener opener, DataOutputStream toServer) throws IOException {
    Prepared statement = prepare(sql);
    new Parse("", query(statement.token()), List.of()).message().write(toServer);
    prepared.remove("");
    bind(statement, Bind.plain(), opener);
    Bind.plain().messageWithoutParameters().write(toServer);
    Wire.describePortal("").write(toServer);
    execute(new Execute("", 0), statement.token(), true, toServer);
  }

  private void execute(Execute execute, String token, boolean simple, DataOutputStream toServer)
      throws IOException {
    running = Optional.of(new Execution(execute.portal(), token, execute.rows(), simple));
    busy = true;
    new Execute(execute.portal(), 1).message().write(toServer);
    FLUSH.write(toServer);
    toServer.flush();
  }

  /** Ends the rows that go to the client at this moment, if any do. */
  boolean cancel() {
    Optional<Portal> now;
    synchronized (this) {
      now = running.flatMap(execution -> Optional.ofNullable(portals.get(execution.portal())));
    }
    now.ifPresent(portal -> portal.feed().fail(CANCELED));
    return now.isPresent();
  }

  // ---- the returning thread

  /** Whether the server's word belongs to the portal that is being executed. */
  synchronized boolean isWord(String text) {
    return running.filter(e -> text.equals(WORD + e.token())).isPresent();
  }

  synchronized boolean isSimple() {
    return running.filter(Execution::simple).isPresent();
  }

  /**
   * Sends the rows; the server has nothing to say meanwhile.
   *
   * @return what to tell the client at their end; empty if the server has an error for it, which it
   *     has been asked to tell
   */
  Optional<byte[]> serve(DataOutputStream toServer) throws IOException, InterruptedException {
    Execution execution;
    Portal portal;
    synchronized (this) {
      execution = running.orElseThrow();
      portal = portals.get(execution.portal());
    }
    if (portal == null) {
      throw new IOException("the session of a feed is closed");
    }
    portal.feed().start();
    if (portal.rows().serve(execution.rows()) == Served.SUSPENDED) {
      return Optional.of(Wire.portalSuspended());
    }
    Optional<Refusal> failure = portal.feed().awaitEnd();
    Optional<Refusal> why = portal.rows().reason().or(() -> failure);
    if (why.isEmpty()) {
      return Optional.of(Wire.commandComplete("CREATE CHANGEFEED"));
    }
    Refusal error = why.get();
    answers.ask(
        portal.token(),
        () -> {
          throw error;
        });
    synchronized (this) {
      new Execute(execution.portal(), 1).message().write(toServer);
      FLUSH.write(toServer);
      toServer.flush();
    }
    return Optional.empty();
  }

  /** The portal has given what it was asked for, or failed: the client's turn. */
  synchronized void release(DataOutputStream toServer) throws IOException {
    if (!busy) {
      return;
    }
    boolean simple = isSimple();
    running = Optional.empty();
    busy = false;
    if (simple) {
      SYNC.write(toServer);
    }
    while (!busy && !waiting.isEmpty()) {
      forward(waiting.removeFirst(), toServer);
    }
    toServer.flush();
  }

  /**
   * The server is ready for the next statement.
   *
   * @param status {@code I} outside a transaction, {@code E} in one that has failed
   */
  synchronized void ready(char status) {
    answered++;
    if (status == 'I') {
      transactionEnd.run();
    }
    if (status != 'T' && !portals.isEmpty()) {
      List<String> over =
          portals.entrySet().stream()
              .filter(entry -> entry.getValue().boundAfter() < answered)
              .map(Map.Entry::getKey)
              .toList();
      over.forEach(this::drop);
    }
  }

  private void drop(String name) {
    Portal portal = portals.remove(name);
    if (portal != null) {
      portal.rows().shut();
      portal.feed().close();
    }
  }

  @Override
  public synchronized void close() {
    List.copyOf(portals.keySet()).forEach(this::drop);
    tokens.forEach(answers::forget);
  }
}

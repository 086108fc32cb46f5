package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.proxy.Rewritten.Question;
import dev.belay.testkit.standin.proxy.Wire.Bind;
import dev.belay.testkit.standin.proxy.Wire.Message;
import dev.belay.testkit.standin.proxy.Wire.Parse;
import dev.belay.testkit.standin.proxy.Wire.Query;
import dev.belay.testkit.standin.sql.Sql;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection. What the client sends is looked at, and its SQL rewritten; what the
 * server sends goes back untouched.
 *
 * <p>Two threads, one a direction: {@link #run} is called on the first by the {@link Proxy}, which
 * owns both; the second belongs to the session. When one side closes or fails, both sockets are
 * closed, which ends the other thread. {@link #close} does the same from any thread.
 */
final class ProxySession implements Runnable, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ProxySession.class);
  private static final int TOKENS_KEPT = 200;
  private static final String HIDE = "disable_changefeed_replication";
  private static final Pattern HIDE_OPTION =
      Pattern.compile("(-c\\s*|--)" + HIDE + "\\s*=\\s*(\\S+)");

  /** Opens what a session works with once its database and user are known. */
  interface Backend {
    Socket connect(Socket client) throws IOException;

    Statements statements(String database, String user) throws SQLException;

    /** Sessions by what a client must say to cancel their statements. */
    Map<ByteBuffer, FeedPortals> cancelKeys();
  }

  private final Socket client;
  private final Backend backend;
  private final Answers answers;
  private final FeedPortals portals;
  private final Map<String, Rewritten> prepared = new HashMap<>();
  private final Deque<String> tokens = new ConcurrentLinkedDeque<>();
  private volatile Socket server = new Socket();
  private volatile ByteBuffer cancelKey = ByteBuffer.allocate(0);
  private volatile Optional<Statements> statements = Optional.empty();

  ProxySession(Socket client, Backend backend, Answers answers) throws IOException {
    this.client = client;
    this.backend = backend;
    this.answers = answers;
    this.portals =
        new FeedPortals(
            client.getOutputStream(), this, answers, this::forward, this::endTransaction);
  }

  @Override
  public void run() {
    try (this) {
      client.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
      DataOutputStream toServer = start(in);
      while (true) {
        Message message = Message.read(in);
        portals.accept(message, toServer);
        if (in.available() == 0) {
          toServer.flush();
        }
      }
    } catch (IOException gone) {
      // Either side has left; the other will see its connection closed.
      LOG.debug("A client's session ended: {}", gone.toString());
    }
  }

  private DataOutputStream start(DataInputStream in) throws IOException {
    while (true) {
      byte[] packet = Wire.readBody(in);
      ByteBuffer content = ByteBuffer.wrap(packet);
      int code = content.getInt();
      if (code == Wire.SSL_REQUEST || code == Wire.GSS_REQUEST) {
        client.getOutputStream().write('N');
        continue;
      }
      server = backend.connect(client);
      server.setTcpNoDelay(true);
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(server.getOutputStream()));
      if (code == Wire.CANCEL_REQUEST) {
        FeedPortals canceled = backend.cancelKeys().get(content);
        if (canceled == null || !canceled.cancel()) {
          write(out, packet);
        }
        throw new IOException("a cancel request is all this connection was for");
      }
      Map<String, String> parameters = Wire.startupParameters(content);
      String user = parameters.getOrDefault("user", "");
      openStatements(parameters.getOrDefault("database", user), user);
      write(out, Wire.startup(code, withHiding(parameters)));
      startReturning(out);
      return out;
    }
  }

  private void openStatements(String database, String user) {
    try {
      statements = Optional.of(backend.statements(database, user));
    } catch (SQLException e) {
      // There is no such database, or nobody may use it: the server will say so itself.
      statements = Optional.empty();
    }
  }

  private static void write(DataOutputStream out, byte[] packet) throws IOException {
    out.writeInt(packet.length + 4);
    out.write(packet);
    out.flush();
  }

  /** A session setting that the server does not know becomes one that a login trigger reads. */
  private static Map<String, String> withHiding(Map<String, String> parameters) {
    Optional<String> wanted = Optional.ofNullable(parameters.remove(HIDE));
    String options = parameters.getOrDefault("options", "");
    var option = HIDE_OPTION.matcher(options);
    if (option.find()) {
      wanted = Optional.of(option.group(2));
      parameters.put("options", option.replaceAll(""));
    }
    if (wanted.filter(value -> value.matches("true|on|1|yes|t")).isPresent()) {
      parameters.put("belay_standin.hide", "on");
    }
    return parameters;
  }

  private void startReturning(DataOutputStream toServer) {
    Thread returning =
        new Thread(
            () -> {
              try (this) {
                OutputStream toClient = client.getOutputStream();
                InputStream fromServer = server.getInputStream();
                new Returning(fromServer, toServer, toClient, portals, this::learn, greeting())
                    .run();
              } catch (IOException gone) {
                LOG.debug("A server's session ended: {}", gone.toString());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            Thread.currentThread().getName() + "-back");
    returning.setDaemon(true);
    returning.start();
  }

  private byte[] greeting() {
    return statements
        .map(known -> Wire.parameterStatus("crdb_version", known.product()))
        .orElseGet(() -> new byte[0]);
  }

  private void endTransaction() {
    statements.ifPresent(s -> s.past().endTransaction());
  }

  private void learn(byte[] key) {
    cancelKey = ByteBuffer.wrap(key);
    backend.cancelKeys().put(cancelKey, portals);
  }

  private void forward(Message message, DataOutputStream toServer) throws IOException {
    switch (message.type()) {
      case 'Q' -> query(Query.of(message), toServer);
      case 'P' -> parse(Parse.of(message)).write(toServer);
      case 'B' -> bind(message).write(toServer);
      default -> message.write(toServer);
    }
  }

  private void query(Query query, DataOutputStream toServer) throws IOException {
    List<Sql> all = Sql.split(query.sql());
    if (all.size() == 1 && statements.filter(s -> s.isFeed(all.get(0))).isPresent()) {
      portals.query(all.get(0), statements.get(), toServer);
      return;
    }
    List<String> parts = new ArrayList<>();
    for (Sql sql : all) {
      Rewritten rewritten = rewrite(sql);
      answer(rewritten, List.of());
      parts.add(rewritten.sql());
    }
    new Query(String.join(";", parts)).message().write(toServer);
  }

  private Message parse(Parse parse) {
    List<Sql> all = Sql.split(parse.sql());
    if (all.size() > 1) {
      prepared.remove(parse.name());
      return parse.message(); // for the server to refuse
    }
    Optional<Message> feed = statements.flatMap(s -> portals.parse(parse, all.get(0), s));
    if (feed.isPresent()) {
      prepared.remove(parse.name());
      return feed.get();
    }
    Rewritten rewritten = rewrite(all.get(0));
    prepared.put(parse.name(), rewritten);
    List<Integer> types = rewritten.takesParameters() ? List.of() : parse.types();
    return new Parse(parse.name(), rewritten.sql(), types).message();
  }

  private Message bind(Message message) {
    Optional<Message> feed = statements.flatMap(s -> portals.bind(message, s));
    if (feed.isPresent()) {
      return feed.get();
    }
    Rewritten rewritten = prepared.get(Wire.statementOf(message));
    if (rewritten == null || rewritten.questions().isEmpty()) {
      return message;
    }
    if (!rewritten.takesParameters()) {
      answer(rewritten, List.of());
      return message;
    }
    Bind bind = Bind.of(message);
    answer(rewritten, bind.parameters());
    return bind.messageWithoutParameters();
  }

  private Rewritten rewrite(Sql sql) {
    try {
      return statements.isPresent() ? statements.get().rewrite(sql) : Rewritten.text(sql.text());
    } catch (SQLException e) {
      // The catalog could not be read; the server will have its own word on the statement.
      return Rewritten.text(sql.text());
    }
  }

  private void answer(Rewritten rewritten, List<String> parameters) {
    for (Question question : rewritten.questions()) {
      answers.ask(question.token(), () -> question.asked().find(parameters));
      if (!tokens.contains(question.token())) {
        tokens.addLast(question.token());
      }
    }
    while (tokens.size() > TOKENS_KEPT) {
      answers.forget(tokens.removeFirst());
    }
  }

  @Override
  public void close() {
    backend.cancelKeys().remove(cancelKey);
    closeSockets();
    portals.close();
    tokens.forEach(answers::forget);
    if (statements.isPresent()) {
      try {
        statements.get().close();
      } catch (SQLException e) {
        LOG.debug("A catalog session was closed already: {}", e.toString());
      }
    }
  }

  private void closeSockets() {
    for (Socket socket : List.of(client, server)) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.debug("A socket was closed already: {}", e.toString());
      }
    }
  }
}

package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.proxy.ConnectionFaults.Fate;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import dev.belay.testkit.standin.proxy.Wire.Bind;
import dev.belay.testkit.standin.proxy.Wire.Message;
import dev.belay.testkit.standin.proxy.Wire.Parse;
import dev.belay.testkit.standin.proxy.Wire.Query;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a client's messages and lets statements meet their fate, each time that they run. One
 * thread.
 */
final class ClientMessages {

  private static final String FAILING = "belay_standin_failing";

  private final ConnectionFaults faults;
  private final Outgoing outgoing;
  private final Map<String, String> session;
  private final Map<String, String> prepared = new HashMap<>();
  private int failures;
  // What is to fail once the statement that runs next is done.
  private Optional<Fate.Fail> failingAfter = Optional.empty();

  /**
   * @param session what the client greeted the server with
   */
  ClientMessages(ConnectionFaults faults, Outgoing outgoing, Map<String, String> session) {
    this.faults = faults;
    this.outgoing = outgoing;
    this.session = session;
  }

  /** The bytes of the next message, or of those which are to go in its place. */
  byte[] next(DataInputStream in) throws IOException {
    Message message = Message.read(in);
    return switch (message.type()) {
      case 'Q' -> query(message);
      case 'P' -> parse(message);
      case 'B' -> bind(message);
      case 'E' -> execute(message);
      case 'S' -> sync(message);
      default -> bytes(message);
    };
  }

  private byte[] sync(Message message) throws IOException {
    outgoing.syncing();
    return bytes(message);
  }

  private byte[] query(Message message) throws IOException {
    outgoing.syncing();
    Optional<Fate> fate = faults.fate(Query.of(message).sql());
    if (fate.isPresent() && fate.get() instanceof Fate.Fail fail) {
      String before = fail.moment() == Moment.AFTER ? Query.of(message).sql() + ";" : "";
      return bytes(new Query(before + raise(fail)).message());
    }
    meet(fate, Query.of(message).sql(), List.of());
    return bytes(message);
  }

  private byte[] parse(Message message) throws IOException {
    Parse parse = Parse.of(message);
    prepared.put(parse.name(), parse.sql());
    outgoing.parsing();
    return bytes(message);
  }

  private byte[] bind(Message message) throws IOException {
    String sql = prepared.getOrDefault(Wire.statementOf(message), "");
    Optional<Fate> fate = faults.fate(sql);
    if (fate.isPresent() && fate.get() instanceof Fate.Fail fail) {
      if (fail.moment() == Moment.AFTER) {
        failingAfter = Optional.of(fail);
        return bytes(message);
      }
      // In place of the client's statement one runs that fails; the client does not hear of it.
      String name = FAILING + failures++;
      outgoing.parsingUnasked();
      Bind bind = Bind.of(message);
      return bytes(
          new Parse(name, raise(fail), List.of()).message(),
          new Bind(bind.portal(), name, List.of(), bind.resultFormats())
              .messageWithoutParameters());
    }
    if (fate.isPresent()) {
      meet(fate, sql, Bind.of(message).parameters());
    }
    return bytes(message);
  }

  /**
   * After the client's statement comes one that fails when it is bound, so that the server has
   * nothing to say of it but the error.
   */
  private byte[] execute(Message message) throws IOException {
    if (failingAfter.isEmpty()) {
      return bytes(message);
    }
    Fate.Fail fail = failingAfter.get();
    failingAfter = Optional.empty();
    String name = FAILING + failures++;
    outgoing.parsingUnasked();
    String sql =
        "SELECT belay_standin.fail(" + quoted(fail.state()) + ", " + quoted(fail.message()) + ")";
    return bytes(
        message,
        new Parse(name, sql, List.of()).message(),
        new Bind("", name, List.of(), new byte[2]).messageWithoutParameters());
  }

  private void meet(Optional<Fate> fate, String sql, List<String> parameters) throws IOException {
    if (fate.isPresent() && fate.get() instanceof Fate.Wait wait) {
      wait.held().meets(new HeldStatement.Seen(sql, parameters, session));
      if (wait.held().moment() == Moment.BEFORE) {
        wait.held().await();
      } else {
        outgoing.holdWhenReady(wait.held());
      }
    }
    if (fate.isPresent() && fate.get() instanceof Fate.Cut cut) {
      if (cut.moment() == Moment.BEFORE) {
        throw new IOException("the connection is cut before a statement");
      }
      outgoing.cutWhenReady();
    }
  }

  private static String raise(Fate.Fail fail) {
    return "DO $belay$ BEGIN RAISE EXCEPTION USING ERRCODE = "
        + quoted(fail.state())
        + ", MESSAGE = "
        + quoted(fail.message())
        + "; END $belay$";
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static byte[] bytes(Message... messages) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (Message message : messages) {
      message.write(out);
    }
    return bytes.toByteArray();
  }
}

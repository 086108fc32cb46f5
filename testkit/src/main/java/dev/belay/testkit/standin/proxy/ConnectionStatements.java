package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.access.Access.Scope;
import dev.belay.testkit.standin.proxy.Answers.Answer;
import dev.belay.testkit.standin.sql.Reader;
import dev.belay.testkit.standin.sql.Sql;
import java.sql.SQLException;
import java.util.Optional;

/** {@code CREATE} and {@code DROP EXTERNAL CONNECTION}. Who makes one may use and drop it. */
final class ConnectionStatements implements Statements.Room {

  private final Session session;

  ConnectionStatements(Session session) {
    this.session = session;
  }

  @Override
  public Optional<Rewritten> rewrite(Sql sql) {
    if (sql.startsWith("CREATE", "EXTERNAL", "CONNECTION")) {
      return Optional.of(Rewritten.command(given -> create(Statements.withValues(sql, given))));
    } else if (sql.startsWith("DROP", "EXTERNAL", "CONNECTION")) {
      return Optional.of(Rewritten.command(given -> drop(Statements.withValues(sql, given))));
    }
    return Optional.empty();
  }

  private Answer create(Sql sql) throws SQLException {
    session.access().checkConnections(session.user(), "CREATE EXTERNAL CONNECTION");
    Reader in = new Reader(sql, 3);
    boolean ifMissing = in.skip("IF", "NOT", "EXISTS");
    String name = in.next().value();
    in.expect("AS");
    String uri = in.next().value();
    session.changefeeds().connections().create(name, uri, session.user(), ifMissing);
    session.access().grant(new Scope.ExternalConnection(name), session.user(), "ALL", false);
    return Answer.NOTHING;
  }

  private Answer drop(Sql sql) throws SQLException {
    String name = new Reader(sql, 3).next().value();
    session.access().checkDrop(session.user(), name);
    session.changefeeds().connections().drop(name);
    session.access().forget(new Scope.ExternalConnection(name));
    return Answer.NOTHING;
  }
}

package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.proxy.Answers.Answer;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Reader;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import java.sql.SQLException;
import java.util.Optional;

/** {@code ALTER ... CONFIGURE ZONE}. */
final class ZoneStatements implements Statements.Room {

  private final Session session;

  ZoneStatements(Session session) {
    this.session = session;
  }

  /** A zone that a statement names, and the first token after its name. */
  record Named(Zones.Target target, int next) {}

  @Override
  public Optional<Rewritten> rewrite(Sql sql) {
    if (!sql.startsWith("ALTER")) {
      return Optional.empty();
    }
    for (int i = 2; i < sql.tokens().size(); i++) {
      if (sql.hasAt(i, "CONFIGURE", "ZONE")) {
        return Optional.of(Rewritten.command(none -> configure(sql)));
      }
    }
    return Optional.empty();
  }

  static Named target(Session session, Sql sql, int at) throws SQLException {
    Reader in = new Reader(sql, at + 1);
    if (sql.hasAt(at, "TABLE")) {
      TableShape table = session.table(in.path());
      return new Named(
          new Zones.Target.Table(table.database(), table.id(), table.fullName()), in.position());
    } else if (sql.hasAt(at, "DATABASE")) {
      return new Named(new Zones.Target.Database(in.name()), in.position());
    } else if (sql.hasAt(at, "RANGE")) {
      return new Named(new Zones.Target.Range(in.name()), in.position());
    }
    throw Refusal.notInStandIn("a zone of this kind");
  }

  private Answer configure(Sql sql) throws SQLException {
    Named zone = target(session, sql, 1);
    if (!session.access().isAdmin(session.user())) {
      throw Refusal.forbidden(
          "user " + session.user() + " does not have ZONECONFIG or CREATE privilege on the zone");
    }
    Reader in = new Reader(sql, zone.next());
    in.expect("CONFIGURE", "ZONE");
    if (in.skip("DISCARD")) {
      session.zones().discard(zone.target());
      return Answer.NOTHING;
    }
    in.expect("USING");
    do {
      String name = in.path();
      in.expect("=");
      session.zones().configure(zone.target(), name, in.next().text());
    } while (in.skip(","));
    return Answer.NOTHING;
  }
}

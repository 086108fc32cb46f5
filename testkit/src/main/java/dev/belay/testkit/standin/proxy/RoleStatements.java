package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.access.Access.Scope;
import dev.belay.testkit.standin.proxy.Answers.Answer;
import dev.belay.testkit.standin.sql.Reader;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import dev.belay.testkit.standin.sql.Token;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * {@code CREATE}, {@code ALTER} and {@code DROP USER} and {@code ROLE}, with the role options that
 * PostgreSQL has not. A user with a password must give it when he logs in from then on.
 */
final class RoleStatements implements Statements.Room {

  static final Set<String> OURS =
      Set.of(
          "CONTROLCHANGEFEED",
          "CONTROLJOB",
          "VIEWACTIVITY",
          "VIEWACTIVITYREDACTED",
          "MODIFYCLUSTERSETTING",
          "VIEWCLUSTERSETTING",
          "CANCELQUERY",
          "CREATELOGIN",
          "SQLLOGIN");

  private final Session session;

  RoleStatements(Session session) {
    this.session = session;
  }

  @Override
  public Optional<Rewritten> rewrite(Sql sql) {
    if (!sql.hasAt(1, "USER") && !sql.hasAt(1, "ROLE")) {
      return Optional.empty();
    } else if (sql.startsWith("CREATE")) {
      return Optional.of(Rewritten.command(given -> create(Statements.withValues(sql, given))));
    } else if (sql.startsWith("ALTER") && !hasSettings(sql)) {
      return Optional.of(Rewritten.command(given -> alter(Statements.withValues(sql, given))));
    } else if (sql.startsWith("DROP")) {
      return Optional.of(Rewritten.command(none -> drop(sql)));
    }
    return Optional.empty();
  }

  /** {@code ALTER ROLE x SET ...} and its kin are PostgreSQL's. */
  private static boolean hasSettings(Sql sql) {
    return sql.tokens().stream()
        .anyMatch(t -> t.is("SET") || t.is("RESET") || t.is("RENAME") || t.is("IN"));
  }

  private Answer create(Sql sql) throws SQLException {
    checkMayManage();
    Reader in = new Reader(sql, 2);
    boolean ifMissing = in.skip("IF", "NOT", "EXISTS");
    String name = in.name();
    if (ifMissing && session.access().isRole(name)) {
      return Answer.NOTHING;
    }
    session.run("CREATE " + (sql.hasAt(1, "USER") ? "USER " : "ROLE ") + quoted(name));
    try {
      applyOptions(name, in);
      return Answer.NOTHING;
    } catch (SQLException | RuntimeException e) {
      session.run("DROP ROLE " + quoted(name));
      throw e;
    }
  }

  private Answer alter(Sql sql) throws SQLException {
    checkMayManage();
    Reader in = new Reader(sql, 2);
    boolean ifThere = in.skip("IF", "EXISTS");
    String name = in.name();
    if (!ifThere || session.access().isRole(name)) {
      session.access().requireRole(name);
      applyOptions(name, in);
    }
    return Answer.NOTHING;
  }

  private void applyOptions(String name, Reader in) throws SQLException {
    in.skip("WITH");
    List<String> theirs = new ArrayList<>();
    boolean withPassword = false;
    while (!in.isAtEnd()) {
      Token token = in.next();
      String option = token.isName() ? token.text().toUpperCase(Locale.ROOT) : token.text();
      String base = option.startsWith("NO") ? option.substring(2) : option;
      if (OURS.contains(option)) {
        session.access().grant(new Scope.RoleOption(), name, option, false);
      } else if (OURS.contains(base)) {
        session.access().revoke(new Scope.RoleOption(), name, base);
      } else if (option.equals("PASSWORD")) {
        withPassword = !in.isNext("NULL");
        theirs.add("PASSWORD " + in.next().text());
      } else {
        theirs.add(option);
      }
    }
    if (!theirs.isEmpty()) {
      session.run("ALTER ROLE " + quoted(name) + " " + String.join(" ", theirs));
    }
    if (withPassword) {
      session.run("GRANT " + Logins.HAVE_PASSWORDS + " TO " + quoted(name) + " WITH INHERIT FALSE");
    }
  }

  private Answer drop(Sql sql) throws SQLException {
    checkMayManage();
    Reader in = new Reader(sql, 2);
    String condition = in.skip("IF", "EXISTS") ? "IF EXISTS " : "";
    for (String name : in.names()) {
      session.run("DROP ROLE " + condition + quoted(name));
      session.access().forget(name);
    }
    return Answer.NOTHING;
  }

  private void checkMayManage() throws SQLException {
    if (!session.access().mayManageRoles(session.user())) {
      throw Refusal.forbidden("user " + session.user() + " does not have CREATEROLE privilege");
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}

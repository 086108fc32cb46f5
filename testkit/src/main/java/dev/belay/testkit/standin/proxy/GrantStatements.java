package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.access.Access;
import dev.belay.testkit.standin.access.Access.Scope;
import dev.belay.testkit.standin.proxy.Answers.Answer;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Reader;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * {@code GRANT} and {@code REVOKE} of what PostgreSQL does not know: CHANGEFEED on tables, on the
 * cluster, on external connections, and membership of admin. The rest of a statement is
 * PostgreSQL's own, and done at once, whatever becomes of the transaction around it.
 */
final class GrantStatements implements Statements.Room {

  private static final Set<String> OF_THE_CLUSTER =
      Set.of(
          "VIEWJOB",
          "CONTROLJOB",
          "MODIFYCLUSTERSETTING",
          "VIEWCLUSTERSETTING",
          "VIEWACTIVITY",
          "VIEWACTIVITYREDACTED",
          "VIEWCLUSTERMETADATA",
          "EXTERNALCONNECTION",
          "EXTERNALIOIMPLICITACCESS",
          "REPAIRCLUSTER",
          "REPLICATION",
          "ALL");

  private static final Set<String> OTHER_OBJECTS =
      Set.of(
          "ALL",
          "DATABASE",
          "DOMAIN",
          "FOREIGN",
          "FUNCTION",
          "LANGUAGE",
          "LARGE",
          "PARAMETER",
          "PROCEDURE",
          "ROUTINE",
          "SCHEMA",
          "SEQUENCE",
          "TABLESPACE",
          "TYPE");

  private final Session session;
  private final Access access;

  GrantStatements(Session session) {
    this.session = session;
    this.access = session.access();
  }

  @Override
  public Optional<Rewritten> rewrite(Sql sql) {
    if (!sql.startsWith("GRANT") && !sql.startsWith("REVOKE")) {
      return Optional.empty();
    }
    boolean gives = sql.startsWith("GRANT");
    int first = sql.hasAt(1, "GRANT", "OPTION", "FOR") ? 4 : 1;
    if (sql.hasAt(first, "SYSTEM")) {
      return Optional.of(Rewritten.command(none -> onCluster(new Reader(sql, first + 1), gives)));
    } else if (sql.hasAt(first, "ADMIN")) {
      return Optional.of(Rewritten.command(none -> admin(new Reader(sql, first + 1), gives)));
    } else if (sql.hasAt(first, "CONNECT", "ON", "DATABASE")) {
      return Optional.of(Rewritten.command(none -> toConnect(new Reader(sql, first + 3), gives)));
    }
    for (int i = first; i < sql.tokens().size(); i++) {
      if (sql.hasAt(i, "ON", "EXTERNAL", "CONNECTION")) {
        return Optional.of(Rewritten.command(none -> onConnection(new Reader(sql, first), gives)));
      } else if (sql.hasAt(i, "ON") && isOurs(sql, first, i)) {
        boolean optionOnly = first > 1 && !gives;
        return Optional.of(
            Rewritten.command(none -> onTables(new Reader(sql, first), gives, optionOnly)));
      }
    }
    return Optional.empty();
  }

  /** ALL is PostgreSQL's as well, but on tables it means more here. */
  private static boolean isOurs(Sql sql, int first, int on) {
    return OTHER_OBJECTS.stream().noneMatch(word -> sql.hasAt(on + 1, word))
        && sql.tokens().subList(first, on).stream()
            .anyMatch(token -> token.is("CHANGEFEED") || token.is("ALL"));
  }

  private static List<String> privileges(Reader in) {
    List<String> privileges = new ArrayList<>();
    do {
      privileges.add(in.name().toUpperCase(Locale.ROOT));
    } while (in.skip(","));
    if (privileges.contains("ALL")) {
      in.skip("PRIVILEGES");
    }
    return privileges;
  }

  private static List<String> grantees(Reader in, boolean gives) {
    in.expect(gives ? "TO" : "FROM");
    return in.names();
  }

  private Answer onCluster(Reader in, boolean gives) throws SQLException {
    List<String> privileges = privileges(in);
    for (String privilege : privileges) {
      if (!OF_THE_CLUSTER.contains(privilege)) {
        throw new Refusal("42601", "not a valid privilege: \"" + privilege + "\"");
      }
    }
    apply(List.of(new Scope.Cluster()), privileges, in, gives);
    return Answer.NOTHING;
  }

  /** PostgreSQL would refuse the login; CockroachDB hides tables. */
  private Answer toConnect(Reader in, boolean gives) throws SQLException {
    if (!access.isAdmin(session.user())) {
      throw Refusal.forbidden(
          "user " + session.user() + " does not have CONNECT WITH GRANT OPTION");
    }
    String database = in.name();
    for (String grantee : grantees(in, gives)) {
      access.requireRole(grantee);
      if (grantee.equals("public")) {
        access.close(database, !gives);
      } else if (gives) {
        access.grant(new Scope.Database(database), grantee, "CONNECT", false);
      } else {
        access.revoke(new Scope.Database(database), grantee, "CONNECT");
      }
    }
    return Answer.NOTHING;
  }

  private Answer onConnection(Reader in, boolean gives) throws SQLException {
    List<String> privileges = privileges(in);
    in.expect("ON", "EXTERNAL", "CONNECTION");
    List<Scope> connections = new ArrayList<>();
    for (String name : in.names()) {
      if (session.changefeeds().connections().owner(name).isEmpty()) {
        throw new Refusal("42704", "external connection with name " + name + " does not exist");
      }
      connections.add(new Scope.ExternalConnection(name));
    }
    apply(connections, privileges, in, gives);
    return Answer.NOTHING;
  }

  private Answer onTables(Reader in, boolean gives, boolean optionOnly) throws SQLException {
    List<String> privileges = privileges(in);
    in.expect("ON");
    in.skip("TABLE");
    List<Scope> scopes = new ArrayList<>();
    List<String> names = new ArrayList<>();
    do {
      TableShape table = session.table(in.path());
      scopes.add(new Scope.Table(table.database(), table.id(), table.schema(), table.name()));
      names.add(quoted(table.schema()) + "." + quoted(table.name()));
    } while (in.skip(","));
    String direction = in.rest();
    List<String> ours = privileges.stream().filter(GrantStatements::isChangefeed).toList();
    apply(scopes, ours, in, gives);
    List<String> others = privileges.stream().filter(p -> !p.equals("CHANGEFEED")).toList();
    if (!others.isEmpty()) {
      session.run(
          (gives ? "GRANT " : optionOnly ? "REVOKE GRANT OPTION FOR " : "REVOKE ")
              + String.join(", ", others)
              + " ON TABLE "
              + String.join(", ", names)
              + " "
              + direction);
    }
    return Answer.NOTHING;
  }

  private static boolean isChangefeed(String privilege) {
    return privilege.equals("CHANGEFEED") || privilege.equals("ALL");
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private void apply(List<Scope> scopes, List<String> privileges, Reader in, boolean gives)
      throws SQLException {
    List<String> grantees = grantees(in, gives);
    boolean grantable = in.skip("WITH", "GRANT", "OPTION");
    for (String grantee : grantees) {
      access.requireRole(grantee);
    }
    for (Scope scope : scopes) {
      access.checkGrant(session.user(), scope, privileges, gives);
      for (String grantee : grantees) {
        for (String privilege : privileges) {
          if (gives) {
            access.grant(scope, grantee, privilege, grantable);
          } else {
            access.revoke(scope, grantee, privilege);
          }
        }
      }
    }
  }

  /** Membership of admin is being a superuser. */
  private Answer admin(Reader in, boolean gives) throws SQLException {
    if (!access.isAdmin(session.user())) {
      throw Refusal.forbidden(session.user() + " is not a superuser or role admin for role admin");
    }
    for (String grantee : grantees(in, gives)) {
      session.run("ALTER ROLE " + quoted(grantee) + (gives ? " SUPERUSER" : " NOSUPERUSER"));
    }
    return Answer.NOTHING;
  }
}

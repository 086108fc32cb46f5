package dev.belay.testkit.standin.proxy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.belay.testkit.standin.access.Access.Grant;
import dev.belay.testkit.standin.access.Access.Scope;
import dev.belay.testkit.standin.proxy.Listings.Listing;
import dev.belay.testkit.standin.proxy.Rewritten.Question;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Reader;
import dev.belay.testkit.standin.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * {@code SHOW GRANTS ON TABLE}, {@code SHOW GRANTS ON EXTERNAL CONNECTION} and {@code SHOW SYSTEM
 * GRANTS}. Every table has admin and root with ALL, as in CockroachDB.
 */
final class GrantListings {

  private final Session session;

  GrantListings(Session session) {
    this.session = session;
  }

  Optional<Listing> find(Sql sql, int at, List<Question> questions) {
    int last = Listings.lastBeforeBracket(sql, at);
    if (sql.hasAt(at + 1, "SYSTEM", "GRANTS")) {
      return Optional.of(new Listing(at, last, ofCluster(users(sql, at + 3, last), questions)));
    } else if (sql.hasAt(at + 1, "GRANTS", "ON", "EXTERNAL", "CONNECTION")) {
      return Optional.of(new Listing(at, last, ofConnections(sql, at + 5, last, questions)));
    } else if (sql.hasAt(at + 1, "GRANTS", "ON")
        && !sql.hasAt(at + 3, "DATABASE")
        && !sql.hasAt(at + 3, "SCHEMA")
        && !sql.hasAt(at + 3, "ROLE")) {
      int first = sql.hasAt(at + 3, "TABLE") ? at + 4 : at + 3;
      return Optional.of(new Listing(at, last, ofTables(sql, first, last, questions)));
    }
    return Optional.empty();
  }

  /** Those after FOR; all if it is not there. */
  private static List<String> users(Sql sql, int from, int last) {
    for (int i = from; i <= last; i++) {
      if (sql.hasAt(i, "FOR")) {
        return new Reader(sql, i + 1).names();
      }
    }
    return List.of();
  }

  private String ofCluster(List<String> users, List<Question> questions) {
    return Listings.table(
        questions,
        "grantee text, privilege_type text, is_grantable bool",
        lines -> {
          for (Grant grant : session.access().list()) {
            if (grant.scope() instanceof Scope.Cluster && isWanted(users, grant.grantee())) {
              lines
                  .addObject()
                  .put("grantee", grant.grantee())
                  .put("privilege_type", grant.privilege())
                  .put("is_grantable", grant.grantable());
            }
          }
        });
  }

  private static boolean isWanted(List<String> users, String grantee) {
    return users.isEmpty() || users.contains(grantee);
  }

  private String ofConnections(Sql sql, int from, int last, List<Question> questions) {
    List<String> users = users(sql, from, last);
    return Listings.table(
        questions,
        "connection_name text, grantee text, privilege_type text, is_grantable bool",
        lines -> {
          List<String> names = new Reader(sql, from).names();
          for (Grant grant : session.access().list()) {
            if (grant.scope() instanceof Scope.ExternalConnection connection
                && names.contains(connection.name())
                && isWanted(users, grant.grantee())) {
              lines
                  .addObject()
                  .put("connection_name", connection.name())
                  .put("grantee", grant.grantee())
                  .put("privilege_type", grant.privilege())
                  .put("is_grantable", grant.grantable());
            }
          }
        });
  }

  private String ofTables(Sql sql, int from, int last, List<Question> questions) {
    List<String> users = users(sql, from, last);
    return Listings.table(
        questions,
        "database_name text, schema_name text, table_name text, grantee text, privilege_type text,"
            + " is_grantable bool",
        lines -> {
          Reader in = new Reader(sql, from);
          do {
            describe(session.table(in.path()), users, lines);
          } while (in.skip(","));
        });
  }

  private void describe(TableShape table, List<String> users, ArrayNode lines) throws SQLException {
    for (String always : List.of("admin", "root")) {
      if (isWanted(users, always)) {
        line(table, always, "ALL", true, lines);
      }
    }
    for (Grant grant : session.access().list()) {
      if (grant.scope() instanceof Scope.Table granted
          && granted.database().equals(table.database())
          && granted.id() == table.id()
          && isWanted(users, grant.grantee())) {
        line(table, grant.grantee(), grant.privilege(), grant.grantable(), lines);
      }
    }
    String query =
        "SELECT coalesce(r.rolname, 'public'), a.privilege_type, a.is_grantable FROM pg_class c,"
            + " aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE c.oid = ?"
            + " AND a.grantee <> c.relowner AND a.privilege_type <> 'MAINTAIN' ORDER BY 1, 2";
    try (Connection connection = session.capture().connect();
        PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setLong(1, table.id());
      ResultSet row = statement.executeQuery();
      while (row.next()) {
        if (isWanted(users, row.getString(1))) {
          line(table, row.getString(1), row.getString(2), row.getBoolean(3), lines);
        }
      }
    }
  }

  private static void line(
      TableShape table, String grantee, String privilege, boolean grantable, ArrayNode lines) {
    lines
        .addObject()
        .put("database_name", table.database())
        .put("schema_name", table.schema())
        .put("table_name", table.name())
        .put("grantee", grantee)
        .put("privilege_type", privilege)
        .put("is_grantable", grantable);
  }
}

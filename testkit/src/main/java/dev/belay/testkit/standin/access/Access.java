package dev.belay.testkit.standin.access;

import dev.belay.testkit.standin.sql.Refusal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Grants that PostgreSQL does not know, and what they allow. An admin is a superuser. Any thread.
 *
 * <p>The rules and words are those of CockroachDB's {@code pkg/ccl/changefeedccl/authorization.go},
 * {@code pkg/jobs/jobsauth} and {@code set_cluster_setting.go} as of 2025 and 2026. Privileges of
 * roles reach their members.
 */
public final class Access {

  /** Opens a session of a superuser; the caller closes it. */
  @FunctionalInterface
  public interface Sessions {
    Connection open() throws SQLException;
  }

  /** What a privilege is for. */
  public sealed interface Scope {
    /** A table; {@code name} is as listings print it. */
    record Table(String database, long id, String schema, String name) implements Scope {}

    record ExternalConnection(String name) implements Scope {}

    record Database(String name) implements Scope {}

    /** The whole cluster: {@code GRANT SYSTEM}. */
    record Cluster() implements Scope {}

    /** An option of the role itself, as {@code ALTER USER} sets it. */
    record RoleOption() implements Scope {}
  }

  /**
   * A line of a listing.
   *
   * @param grantable whether the grantee may hand it on
   */
  public record Grant(Scope scope, String grantee, String privilege, boolean grantable) {}

  /** A table as a feed's author names it, for {@link #checkCreate}. */
  public record TableRef(String database, long id) {}

  private static final String CHANGEFEED = "CHANGEFEED";
  private static final String CONNECT = "CONNECT";
  private static final String CONTROLCHANGEFEED = "CONTROLCHANGEFEED";

  private final Sessions sessions;

  /** Databases in which not everybody has CONNECT, as everybody has it in a new one. */
  private final Set<String> closed = new HashSet<>();

  private final Set<Grant> grants =
      new TreeSet<>(
          Comparator.comparing((Grant grant) -> grant.scope().toString())
              .thenComparing(Grant::grantee)
              .thenComparing(Grant::privilege));

  public Access(Sessions sessions) {
    this.sessions = sessions;
  }

  public synchronized void grant(Scope scope, String grantee, String privilege, boolean grantable) {
    revoke(scope, grantee, privilege);
    grants.add(new Grant(scope, grantee, privilege, grantable));
  }

  /** Does nothing if it was not granted. */
  public synchronized void revoke(Scope scope, String grantee, String privilege) {
    grants.removeIf(
        grant ->
            grant.scope().equals(scope)
                && grant.grantee().equals(grantee)
                && grant.privilege().equals(privilege));
  }

  /** All grants, those of one scope and grantee together. */
  public synchronized List<Grant> list() {
    return List.copyOf(grants);
  }

  /** Takes all grants on something that is no more. */
  public synchronized void forget(Scope scope) {
    grants.removeIf(grant -> grant.scope().equals(scope));
  }

  /** Takes everything from a user who is no more. */
  public synchronized void forget(String grantee) {
    grants.removeIf(grant -> grant.grantee().equals(grantee));
  }

  public boolean isAdmin(String user) throws SQLException {
    return is("SELECT rolsuper FROM pg_roles WHERE rolname = ?", user);
  }

  /**
   * @throws Refusal if there is no such user or role
   */
  public void requireRole(String name) throws SQLException {
    if (!isRole(name) && !name.equals("public")) {
      throw new Refusal("42704", "role/user \"" + name + "\" does not exist");
    }
  }

  /** Whether there is a user or role of this name. */
  public boolean isRole(String name) throws SQLException {
    return is("SELECT count(*) > 0 FROM pg_roles WHERE rolname = ?", name);
  }

  /** Whether a user makes and changes users and roles. */
  public boolean mayManageRoles(String user) throws SQLException {
    return is("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = ?", user);
  }

  private boolean is(String query, String user) throws SQLException {
    try (Connection connection = sessions.open();
        PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, user);
      ResultSet row = statement.executeQuery();
      return row.next() && row.getBoolean(1);
    }
  }

  /** Whether a user has a privilege on the whole cluster, or the role option of that name. */
  public boolean hasSystem(String user, String privilege) throws SQLException {
    return isAdmin(user)
        || has(new Scope.Cluster(), user, privilege)
        || has(new Scope.RoleOption(), user, privilege);
  }

  /** Whether a user has a role option of his own; an admin has all. */
  public boolean hasRoleOption(String user, String option) throws SQLException {
    return isAdmin(user) || list().contains(new Grant(new Scope.RoleOption(), user, option, false));
  }

  private boolean has(Scope scope, String user, String privilege) throws SQLException {
    Set<String> names = namesOf(user);
    return list().stream()
        .anyMatch(
            grant ->
                grant.scope().equals(scope)
                    && names.contains(grant.grantee())
                    && (grant.privilege().equals(privilege) || grant.privilege().equals("ALL")));
  }

  /** The user and the roles that he is a member of. */
  private Set<String> namesOf(String user) throws SQLException {
    Set<String> names = new HashSet<>(Set.of(user, "public"));
    try (Connection connection = sessions.open();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT r.rolname FROM pg_roles r, pg_roles u WHERE u.rolname = ?"
                    + " AND pg_has_role(u.oid, r.oid, 'MEMBER')")) {
      statement.setString(1, user);
      ResultSet row = statement.executeQuery();
      while (row.next()) {
        names.add(row.getString(1));
      }
    }
    return names;
  }

  /** Takes CONNECT on a database from everybody who was not given it by name, or gives it back. */
  public synchronized void close(String database, boolean closes) {
    if (closes) {
      closed.add(database);
    } else {
      closed.remove(database);
    }
  }

  private synchronized boolean isClosed(String database) {
    return closed.contains(database);
  }

  /**
   * Whether the catalogs list all tables of a database to a user, and not only those on which the
   * user has some privilege: {@code userCanSeeDescriptor} of {@code pkg/sql/information_schema.go}.
   */
  public boolean listsAll(String user, String database) throws SQLException {
    return !isClosed(database) || isAdmin(user) || has(new Scope.Database(database), user, CONNECT);
  }

  /** Tables of a database on which a user has the CHANGEFEED privilege. */
  public Set<Long> watched(String user, String database) throws SQLException {
    Set<Long> tables = new TreeSet<>();
    for (Grant grant : list()) {
      if (grant.scope() instanceof Scope.Table table
          && table.database().equals(database)
          && has(table, user, CHANGEFEED)) {
        tables.add(table.id());
      }
    }
    return tables;
  }

  /** Whether a user has the CHANGEFEED privilege on a table. */
  public boolean mayWatch(String user, TableRef table) throws SQLException {
    if (isAdmin(user)) {
      return true;
    }
    for (Grant grant : list()) {
      if (grant.scope() instanceof Scope.Table granted
          && granted.database().equals(table.database())
          && granted.id() == table.id()
          && has(granted, user, CHANGEFEED)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Checks that a user may make a feed with a sink.
   *
   * @param database a session to the database of the tables
   * @param sink {@code external} with its name, or anything else
   * @param needsConnection whether the cluster insists on external connections
   * @return a notice for the user; empty for none
   * @throws Refusal if he may not
   */
  public String checkCreate(
      Connection database,
      String user,
      List<TableRef> tables,
      Scope.ExternalConnection sink,
      boolean needsConnection)
      throws SQLException {
    if (isAdmin(user)) {
      return "";
    }
    if (has(new Scope.RoleOption(), user, CONTROLCHANGEFEED)) {
      if (!maySelect(database, user, tables)) {
        throw Refusal.forbidden(
            "user "
                + user
                + " with CONTROLCHANGEFEED role option requires the SELECT privilege on all target"
                + " tables to be able to run an enterprise changefeed");
      }
      return "You are creating a changefeed as a user with the CONTROLCHANGEFEED role option. The"
          + " role option CONTROLCHANGEFEED will be removed in a future release, please switch to"
          + " using the CHANGEFEED privilege for target tables instead:"
          + " https://www.cockroachlabs.com/docs/stable/create-changefeed.html#required-privileges";
    }
    if (!mayWatchAll(user, tables)) {
      throw Refusal.forbidden(
          "user "
              + user
              + " requires the CHANGEFEED privilege on all target tables to be able to run an"
              + " enterprise changefeed");
    }
    if (needsConnection) {
      checkConnection(user, sink);
    }
    return "";
  }

  private void checkConnection(String user, Scope.ExternalConnection sink) throws SQLException {
    if (sink.name().isEmpty()) {
      throw Refusal.forbidden(
          "the CHANGEFEED privilege on all tables can only be used with external connection sinks."
              + " see cluster setting changefeed.permissions.require_external_connection_sink"
              + ".enabled");
    } else if (!has(sink, user, "USAGE")) {
      throw Refusal.forbidden(
          "user " + user + " does not have USAGE privilege on external_connection " + sink.name());
    }
  }

  private static boolean maySelect(Connection database, String user, List<TableRef> tables)
      throws SQLException {
    try (PreparedStatement statement =
        database.prepareStatement("SELECT has_table_privilege(?, ?::oid, 'SELECT')")) {
      for (TableRef table : tables) {
        statement.setString(1, user);
        statement.setLong(2, table.id());
        ResultSet row = statement.executeQuery();
        row.next();
        if (!row.getBoolean(1)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Whether a user sees a job: his own, or by a privilege on the cluster or on all its tables. */
  public boolean maySee(String user, String owner, List<TableRef> tables) throws SQLException {
    return user.equals(owner)
        || hasSystem(user, "VIEWJOB")
        || hasSystem(user, "CONTROLJOB")
        || namesOf(user).contains(owner)
        || mayWatchAll(user, tables);
  }

  /**
   * Checks that a user may pause, resume, cancel or alter a job. The privilege on its tables still
   * counts, as it does by default in CockroachDB.
   *
   * @throws Refusal if he may not
   */
  public void checkControl(String user, long job, String owner, List<TableRef> tables)
      throws SQLException {
    if (user.equals(owner) || isAdmin(user) || namesOf(user).contains(owner)) {
      return;
    }
    if (isAdmin(owner)) {
      throw Refusal.forbidden("only admins can control jobs owned by other admins");
    }
    if (hasSystem(user, "CONTROLJOB")) {
      return;
    }
    if (!mayWatchAll(user, tables)) {
      throw Refusal.forbidden("user " + user + " does not have privileges for job " + job);
    }
  }

  private boolean mayWatchAll(String user, List<TableRef> tables) throws SQLException {
    for (TableRef table : tables) {
      if (!mayWatch(user, table)) {
        return false;
      }
    }
    return true;
  }

  /**
   * @throws Refusal if the user may not show a cluster setting
   */
  public void checkShow(String user, String setting) throws SQLException {
    if (!hasSystem(user, "MODIFYCLUSTERSETTING") && !hasSystem(user, "VIEWCLUSTERSETTING")) {
      throw Refusal.forbidden(
          "only users with MODIFYCLUSTERSETTING or VIEWCLUSTERSETTING privileges are allowed to"
              + " show cluster setting '"
              + setting
              + "'");
    }
  }

  /**
   * @throws Refusal if the user may not set a cluster setting
   */
  public void checkSet(String user, String setting) throws SQLException {
    if (!hasSystem(user, "MODIFYCLUSTERSETTING")) {
      throw Refusal.forbidden(
          "only users with the MODIFYCLUSTERSETTING privilege are allowed to set cluster setting '"
              + setting
              + "'");
    }
  }

  /**
   * @throws Refusal if the user may not name sinks
   */
  public void checkConnections(String user, String statement) throws SQLException {
    if (!hasSystem(user, "EXTERNALCONNECTION")) {
      throw Refusal.forbidden(
          "only users with the EXTERNALCONNECTION system privilege are allowed to " + statement);
    }
  }

  /**
   * @throws Refusal if the user may not drop an external connection
   */
  public void checkDrop(String user, String connection) throws SQLException {
    if (!isAdmin(user) && !has(new Scope.ExternalConnection(connection), user, "DROP")) {
      throw Refusal.forbidden(
          "user " + user + " does not have DROP privilege on external_connection " + connection);
    }
  }

  /**
   * @param gives or else takes
   * @throws Refusal if the user may not hand privileges on
   */
  public void checkGrant(String user, Scope scope, List<String> privileges, boolean gives)
      throws SQLException {
    if (isAdmin(user)) {
      return;
    }
    Set<String> names = namesOf(user);
    for (String privilege : privileges) {
      boolean may =
          list().stream()
              .anyMatch(
                  grant ->
                      grant.scope().equals(scope)
                          && names.contains(grant.grantee())
                          && grant.grantable()
                          && Set.of(privilege, "ALL").contains(grant.privilege()));
      if (!may) {
        throw new Refusal(
            gives ? "01007" : "01006",
            "user " + user + " missing WITH GRANT OPTION privilege on " + privilege);
      }
    }
  }
}

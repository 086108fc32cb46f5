package dev.belay.source.preflight;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import dev.belay.source.feed.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the user may watch the tables: by the privilege, or by the role option of before it. */
final class Privileges {
  private final SourceConfig config;
  private final Connection session;
  private final Collection<TableName> tables;
  private final List<Finding> findings = new ArrayList<>();

  private Privileges(SourceConfig config, Connection session, Collection<TableName> tables) {
    this.config = config;
    this.session = session;
    this.tables = tables;
  }

  /** What the session's user lacks. */
  static List<Finding> of(SourceConfig config, Connection session, Collection<TableName> tables)
      throws SQLException {
    Privileges privileges = new Privileges(config, session, tables);
    privileges.look();
    return privileges.findings;
  }

  private void look() throws SQLException {
    Set<String> roles = roles();
    if (roles.contains("admin") || roles.contains("root")) {
      return;
    }
    String user = Queries.one(session, "SELECT current_user").orElse("");
    if (config.delivery() == SourceConfig.Delivery.SINKLESS) {
      lacks("SELECT", user, granted("SELECT", roles));
      return;
    }
    Optional<Boolean> option = oldOption();
    if (option.equals(Optional.of(true))) {
      // it makes changefeeds over what its user may read, and the privilege does not count then
      lacks("SELECT", user, granted("SELECT", roles));
      return;
    }
    Set<TableName> granted = granted("CHANGEFEED", roles);
    if (option.isEmpty() && !granted.containsAll(tables)) {
      Set<TableName> readable = granted("SELECT", roles);
      if (readable.containsAll(tables)) {
        findings.add(
            Finding.warning(
                SourceKeys.USER,
                "User "
                    + user
                    + " lacks CHANGEFEED on some of the tables, and it cannot be seen whether it has"
                    + " the older role option CONTROLCHANGEFEED.",
                "Creating the feed will tell; if it is refused, run: GRANT CHANGEFEED ON TABLE ... TO "
                    + TableName.quoted(user)));
        return;
      }
    }
    lacks("CHANGEFEED", user, granted);
  }

  private void lacks(String privilege, String user, Set<TableName> granted) {
    for (TableName table : tables) {
      if (!granted.contains(table)) {
        findings.add(
            Finding.stop(
                SourceKeys.USER,
                "User " + user + " lacks " + privilege + " on table " + table + ".",
                "Run: GRANT "
                    + privilege
                    + " ON TABLE "
                    + table.sql()
                    + " TO "
                    + TableName.quoted(user)));
      }
    }
  }

  /**
   * Whether the user has CONTROLCHANGEFEED, which older versions had in the place of the privilege.
   * Asked by the one function that tells a user of its own options: {@code SHOW USERS} is for those
   * who may read the system's tables. Empty if the server does not answer: one that has no such
   * option any more, or keeps {@code crdb_internal} for itself.
   */
  private Optional<Boolean> oldOption() throws SQLException {
    try {
      return Queries.one(session, "SELECT crdb_internal.has_role_option('CONTROLCHANGEFEED')")
          .map(answer -> answer.startsWith("t"));
    } catch (SQLException e) {
      Queries.rethrowIfLost(e);
      return Optional.empty();
    }
  }

  /** The user's own name and all roles that it is a member of. */
  private Set<String> roles() throws SQLException {
    Set<String> roles = new HashSet<>(Set.of("public"));
    roles.addAll(
        Queries.all(
            session,
            "SELECT rolname FROM pg_catalog.pg_roles"
                + " WHERE pg_has_role(current_user, oid, 'member')"));
    return roles;
  }

  /** The tables on which one of the roles has the privilege. */
  private Set<TableName> granted(String privilege, Set<String> roles) throws SQLException {
    Set<TableName> granted = new HashSet<>();
    String sql =
        "SELECT database_name, schema_name, table_name, grantee FROM [SHOW GRANTS ON TABLE "
            + tables.stream().map(TableName::sql).collect(Collectors.joining(", "))
            + "] WHERE privilege_type IN ('"
            + privilege
            + "', 'ALL')";
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        if (roles.contains(row.getString(4))) {
          granted.add(new TableName(row.getString(1), row.getString(2), row.getString(3)));
        }
      }
    }
    return granted;
  }
}

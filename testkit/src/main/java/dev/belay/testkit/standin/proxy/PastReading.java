package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.capture.Catalog;
import dev.belay.testkit.standin.capture.PastTables;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import dev.belay.testkit.standin.sql.Token;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code AS OF SYSTEM TIME} of one session: names of tables in FROM become copies of the tables as
 * they were. Used by the session's thread, but for {@link #endTransaction}.
 *
 * <p>Limits: the time is taken when the statement is prepared, so that an interval stands still for
 * a statement that is prepared once and run often, and so does the time of a transaction ({@code
 * SET TRANSACTION AS OF SYSTEM TIME}); columns cannot be named with the table's schema; one time a
 * statement.
 */
final class PastReading {

  private static final Set<String> NO_ALIAS =
      Set.of(
          "where",
          "group",
          "order",
          "limit",
          "offset",
          "having",
          "union",
          "except",
          "intersect",
          "join",
          "inner",
          "left",
          "right",
          "full",
          "cross",
          "natural",
          "on",
          "using",
          "fetch",
          "window",
          "for",
          "as",
          "lateral",
          "tablesample",
          "returning",
          "set",
          "values");

  private final Capture capture;
  private final PastTables past;
  private final String user;
  private volatile Optional<Hlc> transaction = Optional.empty();

  PastReading(Capture capture, PastTables past, String user) {
    this.capture = capture;
    this.past = past;
    this.user = user;
  }

  /** The transaction is over, and its time with it. */
  void endTransaction() {
    transaction = Optional.empty();
  }

  /**
   * The statement with copies in place of tables, and the hidden column of commit times; empty if
   * there is nothing to change.
   *
   * @throws Refusal if it cannot be done
   */
  Optional<Sql> rewrite(Sql sql) throws SQLException {
    boolean mentions = sql.tokens().stream().anyMatch(token -> token.is("SYSTEM"));
    Optional<SystemTime> clause =
        mentions ? SystemTime.find(sql, capture.fence().time()) : Optional.empty();
    if (clause.isPresent() && isTransaction(sql)) {
      transaction = Optional.of(clause.get().time());
      return Optional.of(begin(sql, clause.get()));
    }
    Optional<Hlc> time = clause.map(SystemTime::time).or(() -> transaction);
    if (time.isEmpty() || !isQuery(sql)) {
      return withTimes(sql);
    }
    Edits edits = new Edits(sql);
    clause.ifPresent(c -> edits.replace(c.first(), c.last(), ""));
    try (Connection connection = capture.connect()) {
      new Tables(sql, new Catalog(connection, capture.database()), connection, edits)
          .replaceAll(time.get());
    }
    return Optional.of(Sql.of(edits.apply()));
  }

  /** The hidden column of the present. */
  private static Optional<Sql> withTimes(Sql sql) {
    Edits edits = new Edits(sql);
    boolean found = false;
    for (int i = 0; i < sql.tokens().size(); i++) {
      if (sql.tokens().get(i).is(PastTables.COMMITTED)) {
        boolean qualified = sql.hasAt(i - 1, ".");
        String table = qualified ? sql.tokens().get(i - 2).text() + "." : "";
        edits.replace(qualified ? i - 2 : i, i, PastTables.committed(table + "xmin"));
        found = true;
      }
    }
    return found ? Optional.of(Sql.of(edits.apply())) : Optional.empty();
  }

  private static boolean isTransaction(Sql sql) {
    return sql.startsWith("BEGIN")
        || sql.startsWith("START", "TRANSACTION")
        || sql.startsWith("SET", "TRANSACTION");
  }

  private static boolean isQuery(Sql sql) {
    return sql.startsWith("SELECT")
        || sql.startsWith("WITH")
        || sql.startsWith("TABLE")
        || sql.startsWith("(");
  }

  /** Copies are seen by each statement of a transaction only if it sees what is committed. */
  private static Sql begin(Sql sql, SystemTime clause) {
    Edits edits = new Edits(sql);
    edits.replace(clause.first(), clause.last(), " ISOLATION LEVEL READ COMMITTED, READ ONLY");
    return Sql.of(edits.apply());
  }

  /** The tables that one statement names. */
  private final class Tables {
    private final Sql sql;
    private final Catalog catalog;
    private final Connection connection;
    private final Edits edits;
    private final boolean wantsTimes;
    private final Set<String> shadowed = new HashSet<>();

    Tables(Sql sql, Catalog catalog, Connection connection, Edits edits) {
      this.sql = sql;
      this.catalog = catalog;
      this.connection = connection;
      this.edits = edits;
      this.wantsTimes = sql.tokens().stream().anyMatch(t -> t.is(PastTables.COMMITTED));
    }

    void replaceAll(Hlc time) throws SQLException {
      findShadows();
      // Whether a name may stand next, for each bracket that is open.
      Deque<Boolean> inFrom = new ArrayDeque<>(List.of(false));
      for (int i = 0; i < sql.tokens().size(); i++) {
        if (sql.hasAt(i, "(")) {
          inFrom.push(
              inFrom.peek()
                  && (sql.hasAt(i - 1, "FROM")
                      || sql.hasAt(i - 1, ",")
                      || sql.hasAt(i - 1, "JOIN")
                      || sql.hasAt(i - 1, "(")));
          if (sql.hasAt(i + 1, "SELECT") || sql.hasAt(i + 1, "WITH")) {
            inFrom.pop();
            inFrom.push(false);
          } else if (inFrom.peek()) {
            i = replace(i + 1, time);
          }
        } else if (sql.hasAt(i, ")") && inFrom.size() > 1) {
          inFrom.pop();
        } else if (sql.hasAt(i, "FROM") && isClause(i)) {
          inFrom.pop();
          inFrom.push(true);
          i = replace(i + 1, time);
        } else if (inFrom.peek() && (sql.hasAt(i, "JOIN") || sql.hasAt(i, ","))) {
          i = replace(i + 1, time);
        } else if (endsFrom(i)) {
          inFrom.pop();
          inFrom.push(false);
        }
      }
    }

    /** Not {@code extract(epoch FROM x)} nor {@code IS DISTINCT FROM}. */
    private boolean isClause(int at) {
      int depth = 0;
      for (int i = at - 1; i >= 0; i--) {
        depth += sql.hasAt(i, ")") ? 1 : sql.hasAt(i, "(") ? -1 : 0;
        if (depth < 0) {
          return false;
        } else if (depth == 0 && sql.hasAt(i, "SELECT")) {
          return !sql.hasAt(at - 1, "DISTINCT") || sql.hasAt(at - 2, "SELECT");
        }
      }
      return false;
    }

    private boolean endsFrom(int at) {
      return List.of(
              "WHERE",
              "GROUP",
              "ORDER",
              "LIMIT",
              "HAVING",
              "UNION",
              "EXCEPT",
              "INTERSECT",
              "SELECT",
              "WINDOW",
              "OFFSET")
          .stream()
          .anyMatch(word -> sql.hasAt(at, word));
    }

    private void findShadows() {
      for (int i = 1; i < sql.tokens().size(); i++) {
        boolean named = sql.tokens().get(i - 1).isName() && sql.hasAt(i, "AS");
        if (named && (sql.hasAt(i + 1, "(") || sql.hasAt(i + 1, "MATERIALIZED"))) {
          shadowed.add(sql.tokens().get(i - 1).value());
        }
      }
    }

    /** Replaces the table named at an index, if one is; returns the last token that was read. */
    private int replace(int first, Hlc time) throws SQLException {
      int last = first;
      if (last >= sql.tokens().size() || !sql.tokens().get(last).isName()) {
        return first - 1;
      }
      while (sql.hasAt(last + 1, ".") && last + 2 < sql.tokens().size()) {
        last += 2;
      }
      Token name = sql.tokens().get(last);
      if (sql.hasAt(last + 1, "(") || (first == last && shadowed.contains(name.value()))) {
        return first;
      }
      int withoutDatabase = last - first >= 4 ? first + 2 : first;
      String written = sql.text().substring(sql.tokens().get(withoutDatabase).start(), name.end());
      Optional<Catalog.Found> found = catalog.find(written);
      if (found.filter(f -> f.kind() == Catalog.RelationKind.TABLE).isEmpty()
          || isOfTheSystem(found.get().id())
          || !mayRead(found.get().id())) {
        return last; // for PostgreSQL to read, or to refuse
      }
      PastTables.Copy copy = past.at(time, found.get().id());
      String columns = String.join(", ", copy.columns());
      String alias = hasAlias(last + 1) ? "" : " AS " + quote(name.value());
      edits.replace(
          first,
          last,
          "(SELECT "
              + columns
              + (wantsTimes ? ", " + PastTables.COMMITTED : "")
              + " FROM "
              + copy.name()
              + ")"
              + alias);
      return last;
    }

    private boolean hasAlias(int at) {
      if (at >= sql.tokens().size() || sql.hasAt(at, "AS", "OF", "SYSTEM")) {
        return false;
      }
      Token token = sql.tokens().get(at);
      return token.is("AS") || (token.isName() && !NO_ALIAS.contains(token.value()));
    }

    private boolean isOfTheSystem(long id) throws SQLException {
      return is("SELECT ?::oid < 16384", id);
    }

    private boolean mayRead(long id) throws SQLException {
      return is(
          "SELECT has_table_privilege('" + user.replace("'", "''") + "', ?::oid, 'SELECT')", id);
    }

    private boolean is(String query, long id) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(query)) {
        statement.setLong(1, id);
        ResultSet row = statement.executeQuery();
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}

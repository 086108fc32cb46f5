package dev.belay.sink.target.mysql;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import java.util.List;

/**
 * The text of the statements. Rows are many in one text, so it depends on their number.
 *
 * <p><b>The guard.</b> {@code ON DUPLICATE KEY UPDATE} changes whichever row stands in the way: by
 * the primary key, by another unique index, or by a key that is equal only to the column's
 * collation. So the first thing that it does is to compare the keys byte for byte, and where they
 * differ it evaluates a subquery that no server takes (error 1242): the whole statement is undone,
 * and no row was merged with another.
 */
final class MySqlStatements {

  /** Evaluated only after what stands before it in an OR was found false. */
  private static final String RAISE = "(SELECT 1 UNION ALL SELECT 2)";

  private static final String ALIAS = "`belay_new`";

  private final ServerFacts facts;

  MySqlStatements(ServerFacts facts) {
    this.facts = facts;
  }

  /**
   * Whether an upsert can meet no row but its own: the primary key's columns call nothing equal
   * that is not the same, and there is no other unique index.
   */
  static boolean isUnguarded(TableShape table) {
    return table.uniques().isEmpty() && isExact(table.key());
  }

  private static boolean isExact(List<ColumnShape> columns) {
    for (ColumnShape column : columns) {
      if (!MySqlColumn.of(column).form().isExact()) {
        return false;
      }
    }
    return true;
  }

  String upsert(Step.Upsert step, int rows) {
    TableShape table = step.table();
    requireKey(table);
    String name = Identifiers.quote(table.name());
    StringBuilder sql = new StringBuilder(128 + rows * step.columns().size() * 3);
    sql.append("INSERT INTO ").append(name).append(" (");
    names(sql, step.columns());
    sql.append(") VALUES\n");
    String row = row(step.columns());
    for (int i = 0; i < rows; i++) {
      sql.append(i == 0 ? "" : ",\n").append(row);
    }
    if (facts.hasRowAlias()) {
      sql.append("\nAS ").append(ALIAS);
    }
    sql.append("\nON DUPLICATE KEY UPDATE ");
    int changes = 0;
    if (!isUnguarded(table)) {
      guard(sql, table, name);
      changes++;
    }
    for (ColumnShape column : step.columns()) {
      if (!table.isKeyColumn(column.name())) {
        sql.append(changes++ == 0 ? "" : ", ")
            .append(Identifiers.quote(column.name()))
            .append(" = ");
        incoming(sql, column);
      }
    }
    for (ColumnShape column : step.reset()) {
      if (!MySqlColumn.of(column).autoIncrement()) {
        sql.append(changes++ == 0 ? "" : ", ")
            .append(Identifiers.quote(column.name()))
            .append(" = DEFAULT");
      }
    }
    for (ColumnShape column : table.columns()) {
      if (MySqlColumn.of(column).touched()
          && !step.columns().contains(column)
          && !step.reset().contains(column)) {
        sql.append(changes++ == 0 ? "" : ", ");
        itself(sql, name, column);
      }
    }
    if (changes == 0) {
      itself(sql, name, table.key().get(0));
    }
    return sql.toString();
  }

  /**
   * Assigns a key column to itself, whatever the comparison says; what counts is that it is made.
   */
  private void guard(StringBuilder sql, TableShape table, String name) {
    String column = name + "." + Identifiers.quote(table.key().get(0).name());
    sql.append(Identifiers.quote(table.key().get(0).name())).append(" = IF(");
    for (int i = 0; i < table.key().size(); i++) {
      ColumnShape key = table.key().get(i);
      sql.append(i == 0 ? "" : " AND ");
      boolean exact = MySqlColumn.of(key).form().isExact();
      sql.append(exact ? "" : "CAST(").append(name).append('.');
      sql.append(Identifiers.quote(key.name())).append(exact ? " = " : " AS BINARY) = CAST(");
      incoming(sql, key);
      sql.append(exact ? "" : " AS BINARY)");
    }
    sql.append(" OR ").append(RAISE).append(", ");
    sql.append(column).append(", ").append(column).append(')');
  }

  private void incoming(StringBuilder sql, ColumnShape column) {
    if (facts.hasRowAlias()) {
      sql.append(ALIAS).append('.').append(Identifiers.quote(column.name()));
    } else {
      sql.append("VALUES(").append(Identifiers.quote(column.name())).append(')');
    }
  }

  private static void itself(StringBuilder sql, String table, ColumnShape column) {
    String name = Identifiers.quote(column.name());
    sql.append(name).append(" = ").append(table).append('.').append(name);
  }

  /** One row: what is assigned, then the key. */
  static String update(Step.Update step) {
    TableShape table = step.table();
    requireKey(table);
    StringBuilder sql = new StringBuilder(128);
    sql.append("UPDATE ").append(Identifiers.quote(table.name())).append(" SET ");
    int changes = 0;
    for (ColumnShape column : step.columns()) {
      if (!table.isKeyColumn(column.name())) {
        sql.append(changes++ == 0 ? "" : ", ")
            .append(Identifiers.quote(column.name()))
            .append(" = ")
            .append(MySqlColumn.of(column).form().placeholder());
      }
    }
    leaveAlone(sql, table, step.columns());
    sql.append(" WHERE ");
    onKey(sql, table);
    return sql.toString();
  }

  /** What the server would set to the time of day stays as it is. */
  private static void leaveAlone(StringBuilder sql, TableShape table, List<ColumnShape> written) {
    for (ColumnShape column : table.columns()) {
      if (MySqlColumn.of(column).touched() && !written.contains(column)) {
        sql.append(", ");
        itself(sql, Identifiers.quote(table.name()), column);
      }
    }
  }

  static String delete(TableShape table, int rows) {
    requireKey(table);
    StringBuilder sql = new StringBuilder(64 + rows * table.key().size() * 3);
    sql.append("DELETE FROM ").append(Identifiers.quote(table.name())).append(" WHERE ");
    keys(sql, table, rows);
    if (table.foreignKeys().stream().anyMatch(fk -> fk.parent().equals(table.name()))) {
      // InnoDB checks row by row; children mostly came later than their parents
      sql.append("\nORDER BY ");
      for (int i = 0; i < table.key().size(); i++) {
        sql.append(i == 0 ? "" : ", ")
            .append(Identifiers.quote(table.key().get(i).name()))
            .append(" DESC");
      }
    }
    return sql.toString();
  }

  /** Numbers, from 0, the keys bound that no row has. */
  static String absent(TableShape table, int rows) {
    requireKey(table);
    StringBuilder sql = new StringBuilder(128 * rows);
    for (int i = 0; i < rows; i++) {
      sql.append(i == 0 ? "" : "\nUNION ALL ")
          .append("SELECT ")
          .append(i)
          .append(" FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ")
          .append(Identifiers.quote(table.name()))
          .append(" WHERE ");
      onKey(sql, table);
      sql.append(')');
    }
    return sql.toString();
  }

  /**
   * Counts rows, by the keys bound, that reference what is not there; locks what they do reference,
   * as the check of a foreign key would. Keys are compared by their collations, as the index is.
   */
  static String orphans(TableShape table, ForeignKeyShape reference, int rows) {
    requireKey(table);
    StringBuilder sql = new StringBuilder(128 + rows * table.key().size() * 3);
    sql.append("SELECT COUNT(*) FROM ").append(Identifiers.quote(table.name())).append(" AS c");
    sql.append("\nLEFT JOIN ").append(Identifiers.quote(reference.parent())).append(" AS p ON ");
    for (int i = 0; i < reference.columns().size(); i++) {
      sql.append(i == 0 ? "" : " AND ")
          .append("p.")
          .append(Identifiers.quote(reference.parentColumns().get(i)))
          .append(" = c.")
          .append(Identifiers.quote(reference.columns().get(i)));
    }
    sql.append("\nWHERE ");
    tuples(sql, "c.", table.key(), rows);
    for (String column : reference.columns()) {
      sql.append("\nAND c.").append(Identifiers.quote(column)).append(" IS NOT NULL");
    }
    return sql.append("\nAND p.")
        .append(Identifiers.quote(reference.parentColumns().get(0)))
        .append(" IS NULL\nLOCK IN SHARE MODE")
        .toString();
  }

  /**
   * Sets columns to NULL.
   *
   * @param claims of each claim the number of its rows; empty for no condition
   */
  static String park(Step.Park step, int rows, List<Integer> claims) {
    TableShape table = step.table();
    requireKey(table);
    StringBuilder sql = new StringBuilder(128);
    sql.append("UPDATE ").append(Identifiers.quote(table.name())).append(" SET ");
    for (int i = 0; i < step.columns().size(); i++) {
      sql.append(i == 0 ? "" : ", ")
          .append(Identifiers.quote(step.columns().get(i).name()))
          .append(" = NULL");
    }
    leaveAlone(sql, table, step.columns());
    sql.append(" WHERE (");
    keys(sql, table, rows);
    sql.append(')');
    for (int c = 0; c < claims.size(); c++) {
      sql.append(c == 0 ? "\nAND (" : "\nOR ");
      tuples(sql, "", step.claims().get(c).columns(), claims.get(c));
    }
    return sql.append(claims.isEmpty() ? "" : ")").toString();
  }

  /** One row gets a value that no other has: the value, then the key. */
  static String parkAt(TableShape table, ColumnShape column) {
    StringBuilder sql = new StringBuilder(128);
    sql.append("UPDATE ")
        .append(Identifiers.quote(table.name()))
        .append(" SET ")
        .append(Identifiers.quote(column.name()))
        .append(" = ?");
    leaveAlone(sql, table, List.of(column));
    sql.append(" WHERE ");
    onKey(sql, table);
    return sql.toString();
  }

  /** The least and the greatest value of a column. */
  static String range(TableShape table, ColumnShape column) {
    String name = Identifiers.quote(column.name());
    return "SELECT MIN(" + name + "), MAX(" + name + ") FROM " + Identifiers.quote(table.name());
  }

  /**
   * How often each key value is bound: a text is compared by its collation, for the index, and by
   * its bytes.
   */
  static int bindings(ColumnShape key) {
    return MySqlColumn.of(key).form().isExact() ? 1 : 2;
  }

  private static void keys(StringBuilder sql, TableShape table, int rows) {
    if (isExact(table.key())) {
      tuples(sql, "", table.key(), rows);
      return;
    }
    for (int i = 0; i < rows; i++) {
      sql.append(i == 0 ? "" : "\nOR ");
      onKey(sql, table);
    }
  }

  private static void tuples(StringBuilder sql, String alias, List<ColumnShape> columns, int rows) {
    boolean one = columns.size() == 1;
    sql.append(one ? "" : "(");
    for (int i = 0; i < columns.size(); i++) {
      sql.append(i == 0 ? "" : ", ").append(alias);
      sql.append(Identifiers.quote(columns.get(i).name()));
    }
    sql.append(one ? " IN (" : ") IN (");
    String tuple = one ? "?" : "(" + "?, ".repeat(columns.size() - 1) + "?)";
    for (int i = 0; i < rows; i++) {
      sql.append(i == 0 ? "" : ", ").append(tuple);
    }
    sql.append(')');
  }

  private static void onKey(StringBuilder sql, TableShape table) {
    for (int i = 0; i < table.key().size(); i++) {
      ColumnShape key = table.key().get(i);
      String name = Identifiers.quote(key.name());
      sql.append(i == 0 ? "" : " AND ").append(name).append(" = ?");
      if (bindings(key) > 1) {
        sql.append(" AND CAST(CONVERT(").append(name).append(" USING utf8mb4) AS BINARY)");
        sql.append(" = CAST(? AS BINARY)");
      }
    }
  }

  private static void names(StringBuilder sql, List<ColumnShape> columns) {
    for (int i = 0; i < columns.size(); i++) {
      sql.append(i == 0 ? "" : ", ").append(Identifiers.quote(columns.get(i).name()));
    }
  }

  private static String row(List<ColumnShape> columns) {
    StringBuilder row = new StringBuilder("(");
    for (int i = 0; i < columns.size(); i++) {
      row.append(i == 0 ? "" : ", ").append(MySqlColumn.of(columns.get(i)).form().placeholder());
    }
    return row.append(')').toString();
  }

  private static void requireKey(TableShape table) {
    if (table.key().isEmpty()) {
      throw new IllegalArgumentException("Table " + table + " has no primary key to find rows by");
    }
  }
}

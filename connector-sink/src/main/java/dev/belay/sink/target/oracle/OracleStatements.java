package dev.belay.sink.target.oracle;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import java.util.List;

/**
 * The text of the statements. Writes are of one row, and executed for many by an array of binds:
 * one text, one plan and one round trip however many rows there are.
 *
 * <p>MERGE finds a row by its primary key and by nothing else, so a clash on another unique index
 * is an error (ORA-00001) and never changes another row.
 */
final class OracleStatements {
  private OracleStatements() {}

  /**
   * Binds the values of a row, in the order of the step's columns.
   *
   * @param lobs whether the values of LOB columns are bound as LOBs
   */
  static String upsert(Step.Upsert step, boolean lobs) {
    TableShape table = step.table();
    requireKey(table);
    StringBuilder sql = new StringBuilder(256);
    sql.append("MERGE INTO ").append(Identifiers.quote(table.name())).append(" t\nUSING (SELECT ");
    for (int i = 0; i < step.columns().size(); i++) {
      ColumnShape column = step.columns().get(i);
      sql.append(i == 0 ? "" : ", ")
          .append(value(column, lobs))
          .append(" AS ")
          .append(name(column));
    }
    sql.append(" FROM DUAL) s\nON (");
    for (int i = 0; i < table.key().size(); i++) {
      String key = name(table.key().get(i));
      sql.append(i == 0 ? "" : " AND ").append("t.").append(key).append(" = s.").append(key);
    }
    sql.append(')');
    int changes = 0;
    for (ColumnShape column : step.columns()) {
      if (!table.isKeyColumn(column.name())) {
        changes(sql, changes++, column).append("s.").append(name(column));
      }
    }
    for (ColumnShape column : step.reset()) {
      if (!OracleColumn.of(column).identity()) {
        changes(sql, changes++, column).append("DEFAULT");
      }
    }
    sql.append("\nWHEN NOT MATCHED THEN INSERT (");
    names(sql, "", step.columns());
    sql.append(")\nVALUES (");
    names(sql, "s.", step.columns());
    return sql.append(')').toString();
  }

  private static StringBuilder changes(StringBuilder sql, int before, ColumnShape column) {
    return sql.append(before == 0 ? "\nWHEN MATCHED THEN UPDATE SET " : ", ")
        .append("t.")
        .append(name(column))
        .append(" = ");
  }

  /** Binds what is assigned, then the key. */
  static String update(Step.Update step, boolean lobs) {
    TableShape table = step.table();
    requireKey(table);
    StringBuilder sql = new StringBuilder(128);
    sql.append("UPDATE ").append(Identifiers.quote(table.name())).append(" SET ");
    int changes = 0;
    for (ColumnShape column : step.columns()) {
      if (!table.isKeyColumn(column.name())) {
        sql.append(changes++ == 0 ? "" : ", ")
            .append(name(column))
            .append(" = ")
            .append(value(column, lobs));
      }
    }
    sql.append("\nWHERE ");
    onKey(sql, table);
    return sql.toString();
  }

  /** Binds the key. */
  static String delete(TableShape table) {
    requireKey(table);
    StringBuilder sql = new StringBuilder(64);
    sql.append("DELETE FROM ").append(Identifiers.quote(table.name())).append(" WHERE ");
    onKey(sql, table);
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
          .append(" AS n FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ")
          .append(Identifiers.quote(table.name()))
          .append(" WHERE ");
      onKey(sql, table);
      sql.append(')');
    }
    return sql.toString();
  }

  /**
   * Sets columns to NULL: binds the keys, then of each claim its rows.
   *
   * @param claims of each claim the number of its rows; empty for no condition
   */
  static String park(Step.Park step, int rows, List<Integer> claims) {
    TableShape table = step.table();
    requireKey(table);
    StringBuilder sql = new StringBuilder(128);
    sql.append("UPDATE ").append(Identifiers.quote(table.name())).append(" SET ");
    for (int i = 0; i < step.columns().size(); i++) {
      sql.append(i == 0 ? "" : ", ").append(name(step.columns().get(i))).append(" = NULL");
    }
    sql.append("\nWHERE ");
    tuples(sql, table.key(), rows);
    for (int c = 0; c < claims.size(); c++) {
      sql.append(c == 0 ? "\nAND (" : "\nOR ");
      tuples(sql, step.claims().get(c).columns(), claims.get(c));
    }
    return sql.append(claims.isEmpty() ? "" : ")").toString();
  }

  /** One row gets a value that no other has: the value, then the key. */
  static String parkAt(TableShape table, ColumnShape column) {
    StringBuilder sql = new StringBuilder(128);
    sql.append("UPDATE ")
        .append(Identifiers.quote(table.name()))
        .append(" SET ")
        .append(name(column))
        .append(" = ")
        .append(value(column, false))
        .append("\nWHERE ");
    onKey(sql, table);
    return sql.toString();
  }

  /** The least value of a column of numbers, or NULL. */
  static String least(TableShape table, ColumnShape column) {
    return "SELECT MIN(" + name(column) + ") FROM " + Identifiers.quote(table.name());
  }

  private static String value(ColumnShape column, boolean lobs) {
    ValueForm form = OracleColumn.of(column).form();
    return lobs && form instanceof LobForm lob ? lob.lobPlaceholder() : form.placeholder();
  }

  private static void tuples(StringBuilder sql, List<ColumnShape> columns, int rows) {
    StringBuilder tuple = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      tuple.append(i == 0 ? "" : ", ").append(value(columns.get(i), false));
    }
    boolean one = columns.size() == 1;
    sql.append(one ? "" : "(");
    names(sql, "", columns);
    sql.append(one ? " IN (" : ") IN (");
    for (int i = 0; i < rows; i++) {
      sql.append(i == 0 ? "" : ", ").append(one ? "" : "(").append(tuple).append(one ? "" : ")");
    }
    sql.append(')');
  }

  private static void onKey(StringBuilder sql, TableShape table) {
    for (int i = 0; i < table.key().size(); i++) {
      ColumnShape key = table.key().get(i);
      sql.append(i == 0 ? "" : " AND ").append(name(key)).append(" = ").append(value(key, false));
    }
  }

  private static void names(StringBuilder sql, String row, List<ColumnShape> columns) {
    for (int i = 0; i < columns.size(); i++) {
      sql.append(i == 0 ? "" : ", ").append(row).append(name(columns.get(i)));
    }
  }

  private static String name(ColumnShape column) {
    return Identifiers.quote(column.name());
  }

  private static void requireKey(TableShape table) {
    if (table.key().isEmpty()) {
      throw new IllegalArgumentException("Table " + table + " has no primary key to find rows by");
    }
  }
}

package dev.belay.sink.forward;

import java.util.ArrayList;
import java.util.List;

/**
 * A column of a table with every type, and values for it.
 *
 * @param literals as SQL has them; row n of the table has the n-th one, NULL where there is none
 */
public record SourceColumn(String name, String type, List<String> literals) {

  static SourceColumn of(String name, String type, String... literals) {
    return new SourceColumn(name, type, List.of(literals));
  }

  /** The definition of a table that has a key of its own besides. */
  static String table(String name, List<SourceColumn> columns) {
    StringBuilder sql = new StringBuilder("CREATE TABLE " + name + " (id int PRIMARY KEY");
    columns.forEach(c -> sql.append(", ").append(c.name()).append(' ').append(c.type()));
    return sql.append(')').toString();
  }

  /** A statement for each row, and one more for a row that has NULL wherever it may. */
  static List<String> inserts(String table, List<SourceColumn> columns, int firstId) {
    int rows = columns.stream().mapToInt(c -> c.literals().size()).max().orElse(0);
    List<String> inserts = new ArrayList<>();
    for (int row = 0; row <= rows; row++) {
      StringBuilder names = new StringBuilder("id");
      StringBuilder values = new StringBuilder(Integer.toString(firstId + row));
      for (SourceColumn column : columns) {
        if (row < column.literals().size()) {
          names.append(", ").append(column.name());
          values.append(", ").append(column.literals().get(row));
        }
      }
      inserts.add("INSERT INTO " + table + " (" + names + ") VALUES (" + values + ")");
    }
    return inserts;
  }
}

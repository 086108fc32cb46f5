package dev.belay.testkit.standin.row;

import java.util.List;

/**
 * A table at one moment of its life.
 *
 * @param id stays the same when the table is renamed or altered
 * @param columns in table order
 * @param key positions in {@code columns} of the primary key, in key order; empty if there is none
 */
public record TableShape(
    long id, String database, String schema, String name, List<Column> columns, List<Integer> key) {

  public TableShape {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
  }

  public List<String> keyNames() {
    return key.stream().map(position -> columns.get(position).name()).toList();
  }

  public boolean hasKey() {
    return !key.isEmpty();
  }

  /** Written {@code database.schema.table}, unquoted. */
  public String fullName() {
    return database + "." + schema + "." + name;
  }
}

package dev.belay.sink.target.mysql;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tables that reference each other by foreign keys that cannot be NULL, whose first rows InnoDB
 * takes in no order. One that references itself is none of them: its rows have an order, but for
 * those that reference each other.
 */
final class Circles {
  private Circles() {}

  /**
   * A column that others refer to and that is not of the primary key: without checks its value
   * could change under those that refer to it.
   */
  static Optional<ColumnShape> odd(TableShape table) {
    return table.columns().stream()
        .filter(column -> MySqlColumn.of(column).referenced())
        .filter(column -> !table.isKeyColumn(column.name()))
        .findFirst();
  }

  /** See {@link dev.belay.sink.target.Target#circleObjection}. */
  static Optional<String> objection(MySqlCatalog catalog, TableShape table, boolean closed)
      throws SQLException {
    Optional<ColumnShape> odd = odd(table);
    if (table.foreignKeys().isEmpty() || closed && odd.isEmpty()) {
      return Optional.empty();
    }
    List<TableName> path = path(catalog, table.name());
    if (path.isEmpty()) {
      return Optional.empty();
    }
    String found =
        "Target table "
            + table
            + " references itself by way of "
            + String.join(", ", path.stream().map(TableName::toString).toList())
            + ", by foreign keys that cannot be NULL: InnoDB checks them row by row, so the first"
            + " rows of such a circle fit in no order. Let a column of one of these keys be NULL";
    return Optional.of(
        closed
            ? found
                + "; mysql.cycle.checks=off-in-window does not help here, since a foreign key refers to"
                + " column "
                + odd.get().name()
                + ", which is not of the primary key."
            : found + ", or set mysql.cycle.checks=off-in-window.");
  }

  /** The tables on a way back to this one, without it; empty if there is none. */
  private static List<TableName> path(MySqlCatalog catalog, TableName start) throws SQLException {
    Map<TableName, TableName> childOf = new HashMap<>();
    Collection<TableName> level = List.of(start);
    while (!level.isEmpty()) {
      Set<TableName> next = new LinkedHashSet<>();
      for (MySqlCatalog.Bond bond : catalog.bonds(List.copyOf(level))) {
        if (bond.parent().equals(start) && !bond.child().equals(start)) {
          List<TableName> path = new ArrayList<>();
          for (TableName at = bond.child(); !at.equals(start); at = childOf.get(at)) {
            path.add(0, at);
          }
          return path;
        }
        if (!bond.parent().equals(start)
            && childOf.putIfAbsent(bond.parent(), bond.child()) == null) {
          next.add(bond.parent());
        }
      }
      level = next;
    }
    return List.of();
  }
}

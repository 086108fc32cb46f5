package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.TableShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Orders tables by their foreign keys: the strongly connected components of the graph child to
 * parent (Tarjan 1972), which that algorithm yields parents first.
 */
final class TableOrder {
  private final Map<TableName, TableShape> tables = new LinkedHashMap<>();
  private final Map<TableName, Integer> index = new HashMap<>();
  private final Map<TableName, Integer> low = new HashMap<>();
  private final Deque<TableName> stack = new ArrayDeque<>();
  private final Set<TableName> onStack = new HashSet<>();
  private final List<List<TableName>> groups = new ArrayList<>();

  private TableOrder(Collection<TableShape> shapes) {
    shapes.forEach(shape -> tables.put(shape.name(), shape));
  }

  /**
   * Groups of tables, a group after all groups that its tables reference. A group of more than one
   * is a cycle.
   */
  static List<List<TableName>> parentsFirst(Collection<TableShape> shapes) {
    TableOrder order = new TableOrder(shapes);
    for (TableName table : order.tables.keySet()) {
      if (!order.index.containsKey(table)) {
        order.visit(table);
      }
    }
    return order.groups;
  }

  static boolean referencesItself(TableShape table) {
    return table.foreignKeys().stream().anyMatch(fk -> fk.parent().equals(table.name()));
  }

  private void visit(TableName table) {
    index.put(table, index.size());
    low.put(table, index.get(table));
    stack.push(table);
    onStack.add(table);
    for (ForeignKeyShape fk : tables.get(table).foreignKeys()) {
      TableName parent = fk.parent();
      if (!tables.containsKey(parent)) {
        continue;
      }
      if (!index.containsKey(parent)) {
        visit(parent);
        low.merge(table, low.get(parent), Math::min);
      } else if (onStack.contains(parent)) {
        low.merge(table, index.get(parent), Math::min);
      }
    }
    if (low.get(table).equals(index.get(table))) {
      List<TableName> group = new ArrayList<>();
      TableName member;
      do {
        member = stack.pop();
        onStack.remove(member);
        group.add(member);
      } while (!member.equals(table));
      groups.add(group);
    }
  }
}

package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Orders the rows of tables that reference each other, or themselves, by what the rows reference:
 * for databases that check row by row, where the order of tables is no order.
 */
final class RowOrder {

  private static final class Node {
    private final Step.Write step;
    private final int stepNumber;
    private final StepRow row;
    private final List<Node> children = new ArrayList<>();
    private int parents;
    private int level;

    Node(Step.Write step, int stepNumber, StepRow row) {
      this.step = step;
      this.stepNumber = stepNumber;
      this.row = row;
    }
  }

  /** Referenced columns of a table, and values of theirs. */
  private record Referenced(TableName table, List<String> columns, List<String> values) {}

  private final List<Node> nodes = new ArrayList<>();

  private RowOrder() {}

  /**
   * The same rows in steps that can be run one after the other: a row comes after all that it
   * references, unless rows reference each other in a circle.
   *
   * @param most rows of a step
   */
  static List<Step> parentsFirst(List<Step.Write> writes, int most) {
    RowOrder order = new RowOrder();
    for (int i = 0; i < writes.size(); i++) {
      for (StepRow row : writes.get(i).rows()) {
        order.nodes.add(new Node(writes.get(i), i, row));
      }
    }
    order.link();
    order.level();
    return order.steps(most);
  }

  private void link() {
    Map<Referenced, Node> referenced = new HashMap<>();
    Map<TableName, List<List<String>>> wanted = new HashMap<>();
    for (Node node : nodes) {
      if (wanted.containsKey(node.step.table().name())) {
        continue;
      }
      wanted.put(node.step.table().name(), new ArrayList<>());
    }
    for (Node node : nodes) {
      for (ForeignKeyShape key : node.step.table().foreignKeys()) {
        List<List<String>> ofParent = wanted.get(key.parent());
        if (ofParent != null && !ofParent.contains(key.parentColumns())) {
          ofParent.add(key.parentColumns());
        }
      }
    }
    for (Node node : nodes) {
      for (List<String> columns : wanted.get(node.step.table().name())) {
        List<String> values = values(node, columns);
        if (!values.isEmpty()) {
          referenced.put(new Referenced(node.step.table().name(), columns, values), node);
        }
      }
    }
    for (Node node : nodes) {
      for (ForeignKeyShape key : node.step.table().foreignKeys()) {
        List<String> values = values(node, key.columns());
        Node parent =
            values.isEmpty()
                ? null
                : referenced.get(new Referenced(key.parent(), key.parentColumns(), values));
        if (parent != null && parent != node) {
          parent.children.add(node);
          node.parents++;
        }
      }
    }
  }

  /** Empty if the row does not carry them all, or one is NULL. */
  private static List<String> values(Node node, List<String> columns) {
    List<String> values = new ArrayList<>(columns.size());
    for (String name : columns) {
      int place = -1;
      List<ColumnShape> written = node.step.columns();
      for (int i = 0; i < written.size(); i++) {
        if (written.get(i).name().equals(name)) {
          place = i;
        }
      }
      if (place < 0 || node.row.values()[place] == null) {
        return List.of();
      }
      values.add(written.get(place).codec().canonical(node.row.values()[place]));
    }
    return values;
  }

  private void level() {
    Deque<Node> ready = new ArrayDeque<>();
    for (Node node : nodes) {
      if (node.parents == 0) {
        ready.add(node);
      }
    }
    int deepest = 0;
    while (!ready.isEmpty()) {
      Node node = ready.poll();
      for (Node child : node.children) {
        child.level = Math.max(child.level, node.level + 1);
        deepest = Math.max(deepest, child.level);
        if (--child.parents == 0) {
          ready.add(child);
        }
      }
    }
    for (Node node : nodes) {
      if (node.parents > 0) {
        // in a circle, or after one
        node.level = deepest + 1;
      }
    }
  }

  private List<Step> steps(int most) {
    // stable: rows of one level and step keep their order
    nodes.sort(Comparator.<Node>comparingInt(n -> n.level).thenComparingInt(n -> n.stepNumber));
    List<Step> steps = new ArrayList<>();
    List<StepRow> run = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      run.add(nodes.get(i).row);
      boolean ends =
          i + 1 == nodes.size()
              || nodes.get(i + 1).stepNumber != nodes.get(i).stepNumber
              || run.size() == most;
      if (ends) {
        steps.add(nodes.get(i).step.withRows(run));
        run = new ArrayList<>();
      }
    }
    return steps;
  }
}

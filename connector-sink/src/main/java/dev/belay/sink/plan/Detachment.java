package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Writes rows that reference each other in a circle in two steps: without the references, and then
 * these. Only for references that can be NULL meanwhile.
 */
final class Detachment {
  private final Collection<TableName> group;
  private final BiPredicate<TableShape, ColumnShape> canPark;

  /**
   * @param group tables that reference each other, or one that references itself
   */
  Detachment(Collection<TableName> group, BiPredicate<TableShape, ColumnShape> canPark) {
    this.group = group;
    this.canPark = canPark;
  }

  /** For each reference into the group, the column that can be NULL. */
  List<ColumnShape> columns(TableShape table) {
    List<ColumnShape> columns = new ArrayList<>();
    for (ForeignKeyShape key : table.foreignKeys()) {
      if (group.contains(key.parent())) {
        Optional<ColumnShape> column =
            key.columns().stream()
                .flatMap(name -> table.column(name).stream())
                .filter(c -> c.nullable() && !c.generated() && !table.isKeyColumn(c.name()))
                .filter(c -> canPark.test(table, c))
                .findFirst();
        column.filter(c -> !columns.contains(c)).ifPresent(columns::add);
      }
    }
    return columns;
  }

  /**
   * The steps, references last.
   *
   * @param most rows of a step
   */
  List<Step> writes(List<Step.Write> writes, int most) {
    List<Step.Write> without = new ArrayList<>();
    List<Step> references = new ArrayList<>();
    for (Step.Write write : writes) {
      List<ColumnShape> carried = new ArrayList<>(columns(write.table()));
      carried.retainAll(write.columns());
      if (carried.isEmpty()) {
        without.add(write);
        continue;
      }
      without.add(write.withRows(emptied(write, carried)));
      List<ColumnShape> columns = new ArrayList<>(write.table().key());
      columns.addAll(carried);
      List<StepRow> rows = picked(write, columns, carried);
      if (!rows.isEmpty()) {
        references.add(new Step.Update(write.table(), columns, rows));
      }
    }
    // those that cannot be NULL still have an order
    List<Step> steps = new ArrayList<>(RowOrder.parentsFirst(without, most));
    steps.addAll(references);
    return steps;
  }

  /**
   * As {@link #columns}, and where none of a reference can be NULL, one that can get a free value.
   */
  private List<ColumnShape> givenUp(TableShape table) {
    List<ColumnShape> columns = new ArrayList<>(columns(table));
    for (ForeignKeyShape key : table.foreignKeys()) {
      if (group.contains(key.parent())
          && columns.stream().noneMatch(c -> key.columns().contains(c.name()))) {
        key.columns().stream()
            .flatMap(name -> table.column(name).stream())
            .filter(c -> !c.generated() && !table.isKeyColumn(c.name()))
            .filter(c -> canPark.test(table, c))
            .findFirst()
            .ifPresent(columns::add);
      }
    }
    return columns;
  }

  /**
   * Takes rows of a circle away: first they let go of each other, by references to nothing where
   * these cannot be NULL, and then each can go by itself.
   */
  List<Step> partings(List<Step.Delete> deletes) {
    List<Step> steps = new ArrayList<>();
    for (Step.Delete delete : deletes) {
      for (ColumnShape column : givenUp(delete.table())) {
        steps.add(new Step.Park(delete.table(), List.of(column), delete.rows()));
      }
    }
    steps.addAll(deletes(List.copyOf(deletes)));
    return steps;
  }

  private static List<StepRow> emptied(Step.Write write, List<ColumnShape> columns) {
    int[] places = places(write, columns);
    List<StepRow> rows = new ArrayList<>(write.rows().size());
    for (StepRow row : write.rows()) {
      String[] values = row.values().clone();
      for (int place : places) {
        values[place] = null;
      }
      rows.add(new StepRow(values, row.change()));
    }
    return rows;
  }

  /** Rows that reference anything. */
  private static List<StepRow> picked(
      Step.Write write, List<ColumnShape> columns, List<ColumnShape> references) {
    int[] places = places(write, columns);
    int[] referencing = places(write, references);
    List<StepRow> rows = new ArrayList<>();
    for (StepRow row : write.rows()) {
      boolean any = false;
      for (int place : referencing) {
        any |= row.values()[place] != null;
      }
      if (any) {
        String[] values = new String[places.length];
        for (int i = 0; i < places.length; i++) {
          values[i] = row.values()[places[i]];
        }
        rows.add(new StepRow(values, row.change()));
      }
    }
    return rows;
  }

  private static int[] places(Step.Write write, List<ColumnShape> columns) {
    int[] places = new int[columns.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = write.columns().indexOf(columns.get(i));
    }
    return places;
  }

  /** Deletes in the order that the references allow which cannot be NULL: children first. */
  List<Step> deletes(List<Step> deletes) {
    List<TableShape> bound = deletes.stream().map(delete -> bound(delete.table())).toList();
    List<Step> ordered = new ArrayList<>();
    for (List<TableName> tables : TableOrder.parentsFirst(bound)) {
      for (Step delete : deletes) {
        if (tables.contains(delete.table().name())) {
          ordered.add(0, delete);
        }
      }
    }
    return ordered;
  }

  /** The table with those references alone that cannot be NULL. */
  private TableShape bound(TableShape table) {
    List<ColumnShape> free = columns(table);
    return new TableShape(
        table.name(),
        table.columns(),
        table.key().stream().map(ColumnShape::name).toList(),
        table.isKeyDeferrable(),
        table.uniques(),
        table.foreignKeys().stream()
            .filter(key -> free.stream().noneMatch(c -> key.columns().contains(c.name())))
            .toList());
  }

  /** Whether tables reference each other, or one itself, by references that cannot be NULL. */
  boolean isBound(Collection<TableShape> tables) {
    List<TableShape> bound = tables.stream().map(this::bound).toList();
    return bound.stream().anyMatch(TableOrder::referencesItself)
        || TableOrder.parentsFirst(bound).size() < bound.size();
  }

  /** What takes the references from rows that are about to go. */
  List<Step> parks(List<Step.Delete> deletes) {
    List<Step> parks = new ArrayList<>();
    for (Step.Delete delete : deletes) {
      for (ColumnShape column : columns(delete.table())) {
        parks.add(new Step.Park(delete.table(), List.of(column), delete.rows()));
      }
    }
    return parks;
  }
}

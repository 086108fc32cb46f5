package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import dev.belay.sink.plan.FoldedRow.IfAbsent;
import dev.belay.sink.plan.Plan.Rung;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.ForeignKeyShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.shape.UniqueShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * Puts the rows of a window into an order that constraints allow (invariant I5 Referential), as a
 * ladder of ways. The target tries them in turn; the first costs nothing extra and fits nearly
 * always.
 *
 * <ol>
 *   <li><b>ordered</b>: upserts parents first, then deletes children first. Tables that reference
 *       each other in a cycle share a statement where the database checks at its end; where it
 *       checks row by row, their rows are put in order one by one.
 *   <li><b>parked</b>: before that, rows whose unique values stand in each other's way give them up
 *       for the moment.
 *   <li><b>together</b>: everything in one statement, for keys that move together with their
 *       references, deletes first: unique values are checked row by row.
 *   <li><b>parked, together</b>: both.
 *   <li><b>detached</b>, instead of the two before it where the database checks row by row: rows of
 *       a cycle are written without the references that can be NULL, and get them when all of them
 *       are there; those that go lose them first.
 *   <li><b>closed</b>, last, where the target does that: rows of a circle of references that cannot
 *       be NULL are one stage, whose references are checked when all of it is written.
 * </ol>
 *
 * Rows are never deleted to be inserted again: with ON DELETE CASCADE that would take their
 * children along.
 */
public final class StepOrder {
  private final int rowsPerStatement;
  private final boolean statementsCombine;
  private final BiPredicate<TableShape, ColumnShape> canPark;
  private final Predicate<Collection<TableShape>> closesCircles;

  /** For a target that closes no circles. */
  public StepOrder(
      int rowsPerStatement,
      boolean statementsCombine,
      BiPredicate<TableShape, ColumnShape> canPark) {
    this(rowsPerStatement, statementsCombine, canPark, circle -> false);
  }

  /**
   * @param statementsCombine whether the target runs several steps as one statement
   * @param canPark whether a column's values can be moved out of the way
   * @param closesCircles whether rows of these tables, which reference each other, can be one stage
   */
  public StepOrder(
      int rowsPerStatement,
      boolean statementsCombine,
      BiPredicate<TableShape, ColumnShape> canPark,
      Predicate<Collection<TableShape>> closesCircles) {
    this.rowsPerStatement = rowsPerStatement;
    this.statementsCombine = statementsCombine;
    this.canPark = canPark;
    this.closesCircles = closesCircles;
  }

  List<Rung> ladder(List<FoldedRow> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    List<Step> writes = writes(rows);
    List<Step> deletes = deletes(rows);
    Map<TableName, TableShape> tables = new LinkedHashMap<>();
    rows.forEach(row -> tables.putIfAbsent(row.table().name(), row.table()));
    List<List<TableName>> groups = TableOrder.parentsFirst(tables.values());

    List<List<Step>> ordered = new ArrayList<>();
    for (List<TableName> group : groups) {
      stages(group, tables, writes, ordered);
    }
    for (int g = groups.size() - 1; g >= 0; g--) {
      stages(groups.get(g), tables, deletes, ordered);
    }
    List<Rung> ladder = new ArrayList<>();
    ladder.add(new Rung(Rung.ORDERED, ordered));
    List<List<Step>> parks = new ArrayList<>();
    parks(rows, writes, tables.values()).forEach(park -> parks.add(List.of(park)));
    if (!parks.isEmpty()) {
      ladder.add(new Rung(Rung.PARKED, concat(parks, ordered)));
    }
    if (statementsCombine && writes.size() + deletes.size() > 1) {
      List<Step> all = new ArrayList<>(deletes);
      all.addAll(writes);
      ladder.add(new Rung(Rung.TOGETHER, List.of(all)));
      if (!parks.isEmpty()) {
        ladder.add(new Rung(Rung.PARKED_TOGETHER, concat(parks, List.of(all))));
      }
    }
    if (!statementsCombine) {
      detached(groups, tables, writes, deletes)
          .ifPresent(stages -> ladder.add(new Rung(Rung.DETACHED, concat(parks, stages))));
      closed(groups, tables, writes, deletes, parks).ifPresent(ladder::add);
    }
    return ladder;
  }

  /** Empty if no rows are of a circle that the target closes. */
  private Optional<Rung> closed(
      List<List<TableName>> groups,
      Map<TableName, TableShape> tables,
      List<Step> writes,
      List<Step> deletes,
      List<List<Step>> parks) {
    Set<TableName> circles = new HashSet<>();
    for (List<TableName> group : groups) {
      List<TableShape> shapes = group.stream().map(tables::get).toList();
      if (new Detachment(group, canPark).isBound(shapes) && closesCircles.test(shapes)) {
        circles.addAll(group);
      }
    }
    if (circles.isEmpty()) {
      return Optional.empty();
    }
    List<List<Step>> stages = new ArrayList<>(parks);
    for (List<TableName> group : groups) {
      List<Step> ofGroup = List.copyOf(writesOf(group, writes));
      if (!circles.containsAll(group)) {
        stages(group, tables, writes, stages);
      } else if (!ofGroup.isEmpty()) {
        stages.add(ofGroup);
      }
    }
    for (int g = groups.size() - 1; g >= 0; g--) {
      List<TableName> group = groups.get(g);
      List<Step.Delete> gone = deletesOf(group, deletes);
      if (!circles.containsAll(group)) {
        stages(group, tables, deletes, stages);
      } else if (!gone.isEmpty()) {
        stages.add(new Detachment(group, canPark).partings(gone));
      }
    }
    return Optional.of(new Rung(Rung.CLOSED, stages, circles));
  }

  private static List<Step.Delete> deletesOf(List<TableName> group, List<Step> deletes) {
    return deletes.stream()
        .filter(step -> group.contains(step.table().name()))
        .map(Step.Delete.class::cast)
        .toList();
  }

  /** Empty if no rows are of a cycle with references that can be NULL. */
  private Optional<List<List<Step>>> detached(
      List<List<TableName>> groups,
      Map<TableName, TableShape> tables,
      List<Step> writes,
      List<Step> deletes) {
    List<List<Step>> stages = new ArrayList<>();
    boolean any = false;
    for (List<TableName> group : groups) {
      Detachment detachment = new Detachment(group, canPark);
      if (isCycle(group, tables)
          && group.stream().anyMatch(t -> !detachment.columns(tables.get(t)).isEmpty())) {
        any = true;
        List<Step.Write> ofGroup = writesOf(group, writes);
        detachment.writes(ofGroup, rowsPerStatement).forEach(step -> chunks(step, stages));
      } else {
        stages(group, tables, writes, stages);
      }
    }
    for (int g = groups.size() - 1; g >= 0; g--) {
      List<TableName> group = groups.get(g);
      if (isCycle(group, tables)) {
        new Detachment(group, canPark)
            .parks(deletesOf(group, deletes))
            .forEach(park -> stages.add(List.of(park)));
      }
      stages(group, tables, deletes, stages);
    }
    return any ? Optional.of(stages) : Optional.empty();
  }

  private static List<Step.Write> writesOf(List<TableName> group, List<Step> writes) {
    return writes.stream()
        .filter(step -> group.contains(step.table().name()))
        .map(Step.Write.class::cast)
        .toList();
  }

  private static boolean isCycle(List<TableName> group, Map<TableName, TableShape> tables) {
    return group.size() > 1 || TableOrder.referencesItself(tables.get(group.get(0)));
  }

  private static List<List<Step>> concat(List<List<Step>> first, List<List<Step>> then) {
    List<List<Step>> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }

  /** The steps of a group of tables: one statement if the tables form a cycle, else chunks. */
  private void stages(
      List<TableName> group,
      Map<TableName, TableShape> tables,
      List<Step> steps,
      List<List<Step>> into) {
    List<Step> ofGroup = steps.stream().filter(s -> group.contains(s.table().name())).toList();
    if (ofGroup.isEmpty()) {
      return;
    }
    boolean cycle = isCycle(group, tables);
    if (cycle && statementsCombine) {
      into.add(ofGroup);
      return;
    }
    if (cycle && ofGroup.get(0) instanceof Step.Write) {
      RowOrder.parentsFirst(writesOf(group, ofGroup), rowsPerStatement)
          .forEach(step -> into.add(List.of(step)));
      return;
    }
    List<Step> inOrder = cycle ? new Detachment(group, canPark).deletes(ofGroup) : ofGroup;
    inOrder.forEach(step -> chunks(step, into));
  }

  private void chunks(Step step, List<List<Step>> into) {
    for (int from = 0; from < step.rows().size(); from += rowsPerStatement) {
      int to = Math.min(from + rowsPerStatement, step.rows().size());
      into.add(
          List.of(
              from == 0 && to == step.rows().size()
                  ? step
                  : step.withRows(step.rows().subList(from, to))));
    }
  }

  /** One step for each table and set of columns. */
  private static List<Step> writes(List<FoldedRow> rows) {
    record Shape(
        TableName table, List<ColumnShape> columns, List<ColumnShape> reset, IfAbsent ifAbsent) {}
    Map<Shape, List<StepRow>> byShape = new LinkedHashMap<>();
    Map<Shape, TableShape> tables = new LinkedHashMap<>();
    FoldedRow last = null;
    List<StepRow> ofLast = List.of();
    for (int i = 0; i < rows.size(); i++) {
      FoldedRow row = rows.get(i);
      if (last != null && isOfOneShape(last, row)) {
        ofLast.add(new StepRow(row.values(), i));
        continue;
      }
      // a part of a row that is gone may have nothing to write
      if (!row.delete() && (row.isMade() || row.columns().size() > row.table().key().size())) {
        Shape shape = new Shape(row.table().name(), row.columns(), row.reset(), row.ifAbsent());
        tables.put(shape, row.table());
        ofLast = byShape.computeIfAbsent(shape, s -> new ArrayList<>());
        ofLast.add(new StepRow(row.values(), i));
        last = row;
      }
    }
    List<Step> steps = new ArrayList<>();
    byShape.forEach(
        (shape, some) ->
            steps.add(
                switch (shape.ifAbsent()) {
                  case INSERT, INSERT_NEW ->
                      new Step.Upsert(
                          tables.get(shape),
                          shape.columns(),
                          shape.reset(),
                          shape.ifAbsent() == IfAbsent.INSERT_NEW,
                          some);
                  case WAIT_FOR_ROW, WAIT_FOR_COLUMNS, NOTHING ->
                      new Step.Update(tables.get(shape), shape.columns(), some);
                }));
    return steps;
  }

  /** Told by identity, as rows of one table usually can be; false says nothing. */
  private static boolean isOfOneShape(FoldedRow a, FoldedRow b) {
    return !b.delete()
        && a.table() == b.table()
        && a.columns() == b.columns()
        && a.reset() == b.reset()
        && a.ifAbsent() == b.ifAbsent();
  }

  private static List<Step> deletes(List<FoldedRow> rows) {
    Map<TableName, List<StepRow>> byTable = new LinkedHashMap<>();
    Map<TableName, TableShape> tables = new LinkedHashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      FoldedRow row = rows.get(i);
      if (row.delete()) {
        tables.put(row.table().name(), row.table());
        byTable.computeIfAbsent(row.table().name(), t -> new ArrayList<>()).add(keyRow(row, i));
      }
    }
    List<Step> steps = new ArrayList<>();
    byTable.forEach((table, some) -> steps.add(new Step.Delete(tables.get(table), some)));
    return steps;
  }

  private static StepRow keyRow(FoldedRow row, int index) {
    return new StepRow(row.key().toArray(String[]::new), index);
  }

  /** For each set of unique values that could clash: the column that gives way. */
  private List<Step> parks(List<FoldedRow> rows, List<Step> writes, Collection<TableShape> tables) {
    List<Step> parks = new ArrayList<>();
    for (TableShape table : tables) {
      for (UniqueShape unique : table.uniques()) {
        Optional<ColumnShape> column =
            unique.deferrable() ? Optional.empty() : parkable(table, unique, tables);
        if (column.isPresent()) {
          park(table, unique, column.get(), rows, writes).ifPresent(parks::add);
        }
      }
    }
    return parks;
  }

  private static Optional<Step> park(
      TableShape table,
      UniqueShape unique,
      ColumnShape column,
      List<FoldedRow> rows,
      List<Step> writes) {
    List<StepRow> keys = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      FoldedRow row = rows.get(i);
      // a row that does not carry the column would not get its value back
      if (row.table().name().equals(table.name())
          && (row.delete() || row.columns().contains(column))) {
        keys.add(keyRow(row, i));
      }
    }
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    if (unique.match() == UniqueShape.Match.OTHER) {
      return Optional.of(new Step.Park(table, List.of(column), keys));
    }
    List<Step.Claim> claims = new ArrayList<>();
    for (Step step : writes) {
      if (step.table().name().equals(table.name())) {
        claim((Step.Write) step, unique).ifPresent(claims::add);
      }
    }
    return claims.isEmpty()
        ? Optional.empty()
        : Optional.of(new Step.Park(table, List.of(column), keys, claims));
  }

  /** What the rows written will have; empty if the unique columns are left alone. */
  private static Optional<Step.Claim> claim(Step.Write write, UniqueShape unique) {
    List<ColumnShape> carried =
        write.columns().stream().filter(c -> unique.columns().contains(c.name())).toList();
    if (carried.isEmpty()) {
      return Optional.empty();
    }
    List<ColumnShape> bound = new ArrayList<>(write.table().key());
    bound.addAll(carried);
    int[] places = bound.stream().mapToInt(write.columns()::indexOf).toArray();
    List<StepRow> rows =
        write.rows().stream()
            .map(
                row ->
                    new StepRow(
                        Arrays.stream(places).mapToObj(p -> row.values()[p]).toArray(String[]::new),
                        row.change()))
            .toList();
    return Optional.of(
        new Step.Claim(carried, unique.match() == UniqueShape.Match.EQUAL_WITH_NULLS, rows));
  }

  private Optional<ColumnShape> parkable(
      TableShape table, UniqueShape unique, Collection<TableShape> tables) {
    List<ColumnShape> candidates =
        unique.columns().stream()
            .flatMap(name -> table.column(name).stream())
            .filter(c -> !c.generated() && !table.isKeyColumn(c.name()))
            .filter(c -> c.nullable() || !isForeignKeyColumn(table, c))
            .filter(c -> !isReferenced(table, c, tables))
            .filter(c -> canPark.test(table, c))
            .toList();
    // NULL is free for certain; a made-up value comes second
    return candidates.stream()
        .filter(ColumnShape::nullable)
        .findFirst()
        .or(() -> candidates.stream().findFirst());
  }

  private static boolean isForeignKeyColumn(TableShape table, ColumnShape column) {
    return table.foreignKeys().stream().anyMatch(fk -> fk.columns().contains(column.name()));
  }

  private static boolean isReferenced(
      TableShape table, ColumnShape column, Collection<TableShape> tables) {
    for (TableShape other : tables) {
      for (ForeignKeyShape fk : other.foreignKeys()) {
        if (fk.parent().equals(table.name()) && fk.parentColumns().contains(column.name())) {
          return true;
        }
      }
    }
    return false;
  }
}

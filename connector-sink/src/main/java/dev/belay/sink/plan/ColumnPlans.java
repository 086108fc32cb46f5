package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Where the columns of one feed table's rows go in its target table. One thread. */
final class ColumnPlans {
  /** A key column that only the Kafka key carries. */
  static final int KAFKA_KEY = -1;

  /** The column for what the target has no column for. */
  static final int EXTRAS = -2;

  /** The column that says whether the row is gone. */
  static final int MARK = -3;

  private final TableName feed;
  private final TableColumns table;
  private final TableShape shape;
  private final ColumnPolicy policy;
  private final Optional<DeletePolicy.Mark> mark;
  private final Map<List<String>, ColumnPlan> plans = new IdentityHashMap<>();
  private final Map<List<ColumnShape>, List<ColumnShape>> columnSets = new HashMap<>();

  ColumnPlans(
      TableName feed, TableColumns table, ColumnPolicy policy, Optional<DeletePolicy.Mark> mark) {
    this.feed = feed;
    this.table = table;
    this.shape = table.shape();
    this.policy = policy;
    this.mark = mark;
  }

  /**
   * How the columns of one wire shape lie in the target.
   *
   * @param columns what is written, key included; one list object per set of columns, so that rows
   *     of one statement find each other
   * @param sources index in the wire's row; below zero for what is not in it: {@link #KAFKA_KEY},
   *     {@link #EXTRAS}, {@link #MARK}
   * @param keyAt index in {@code columns} of each key column
   */
  @SuppressWarnings("ArrayRecordComponent")
  record ColumnPlan(
      List<ColumnShape> columns, int[] sources, int[] keyAt, boolean keyInRow, Extras extras) {}

  /** One list object for all that are equal. */
  List<ColumnShape> shared(List<ColumnShape> columns) {
    return columnSets.computeIfAbsent(List.copyOf(columns), Function.identity());
  }

  /**
   * @param names of a row's columns; one list object for as long as they stay the same
   */
  ColumnPlan of(List<String> names) throws UnboundException {
    ColumnPlan plan = plans.get(names);
    if (plan == null) {
      plan = newColumnPlan(names);
      if (plans.size() > 1_000) {
        // name lists that are not shared: a cache by identity would only grow
        plans.clear();
      }
      plans.put(names, plan);
    }
    return plan;
  }

  private ColumnPlan newColumnPlan(List<String> names) throws UnboundException {
    List<ColumnShape> columns = new ArrayList<>();
    List<Integer> sources = new ArrayList<>();
    List<Integer> unknown = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (policy.ignores(feed, names.get(i))) {
        continue;
      }
      Optional<ColumnShape> column = match(names.get(i));
      if (column.isEmpty()) {
        if (table.column(names.get(i)).isEmpty()) {
          unknown.add(i);
        }
        continue;
      }
      if (columns.contains(column.get())) {
        throw new UnboundException(
            UnboundException.Reach.RECORD,
            true,
            "The record has several columns which differ from "
                + column.get().name()
                + " of target table "
                + shape
                + " by case only, or go there by columns.map, and the target has one. Give it the"
                + " others.");
      }
      columns.add(column.get());
      sources.add(i);
    }
    if (policy.extras().isPresent() && !unknown.isEmpty()) {
      add(columns, extrasColumn(policy.extras().get()), sources, EXTRAS);
    }
    if (mark.isPresent()) {
      add(columns, mark.get().column(), sources, MARK);
    }
    boolean keyInRow = true;
    int[] keyAt = new int[shape.key().size()];
    for (int c = 0; c < keyAt.length; c++) {
      keyAt[c] = columns.indexOf(shape.key().get(c));
      if (keyAt[c] < 0) {
        keyInRow = false;
        keyAt[c] = columns.size();
        columns.add(shape.key().get(c));
        sources.add(KAFKA_KEY);
      }
    }
    return new ColumnPlan(
        shared(columns),
        sources.stream().mapToInt(Integer::intValue).toArray(),
        keyAt,
        keyInRow,
        new Extras(unknown.stream().mapToInt(Integer::intValue).toArray()));
  }

  private void add(List<ColumnShape> columns, ColumnShape ours, List<Integer> sources, int source)
      throws UnboundException {
    if (columns.contains(ours)) {
      throw new UnboundException(
          UnboundException.Reach.TABLE,
          true,
          "The feed itself has column "
              + ours.name()
              + " of table "
              + feed
              + ", which "
              + (source == MARK ? "delete.mode" : "columns.unknown")
              + " names for something else. Name another column of the target there, or leave the"
              + " feed's out with columns.ignore.");
    }
    columns.add(ours);
    sources.add(source);
  }

  private ColumnShape extrasColumn(String name) throws UnboundException {
    return table
        .own(name)
        .filter(column -> column.kind().equals("json") && !column.generated())
        .orElseThrow(
            () ->
                new UnboundException(
                    UnboundException.Reach.RECORD,
                    true,
                    "The record has columns that target table "
                        + shape
                        + " lacks, and columns.unknown="
                        + name
                        + " names no column of type JSON there to put them into. Add it, or set"
                        + " columns.unknown=ignore."));
  }

  private Optional<ColumnShape> match(String name) throws UnboundException {
    Optional<ColumnShape> column = table.column(name);
    if (column.isEmpty() && !policy.ignoreUnknown() && policy.extras().isEmpty()) {
      throw new UnboundException(
          UnboundException.Reach.RECORD,
          true,
          "The record has column "
              + name
              + ", and target table "
              + shape
              + " has no such column. Add it, or set columns.unknown=ignore.");
    }
    return column.filter(c -> !c.generated());
  }
}

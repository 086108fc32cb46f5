package dev.belay.sink.apply;

import dev.belay.sink.apply.ConflictLog.Tally;
import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.ConflictEntry;
import dev.belay.sink.checkpoint.ConflictStore;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.plan.FoldedRow;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.Planner;
import dev.belay.sink.plan.Prior;
import dev.belay.sink.plan.Ruling;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Comparison;
import dev.belay.sink.step.Finding;
import dev.belay.sink.step.StepRow;
import dev.belay.sink.target.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Asks the target about the rows of tables that have a policy for conflicts, and leaves of a plan
 * what is to be written. In the transaction that writes it: the rows are locked from the question
 * on, and one that was not there is only ever made, so that what the application writes in between
 * is never lost. One thread at a time.
 */
final class Judge {
  private final Target target;
  private final Planner planner;
  private final boolean atWork;
  private final boolean tiesToSource;
  private final ConflictLog log;
  private final Optional<ConflictStore> history;

  /** Tables that were seen to note their deletes. */
  private final Set<TableName> noting = new HashSet<>();

  /**
   * @param atWork whether any table has such a policy
   * @param tiesToSource whose row stands where both are of the same time
   * @param history where each conflict is written down, if anywhere
   */
  Judge(
      Target target,
      Planner planner,
      boolean atWork,
      boolean tiesToSource,
      ConflictLog log,
      Optional<ConflictStore> history) {
    this.target = target;
    this.planner = planner;
    this.atWork = atWork;
    this.tiesToSource = tiesToSource;
    this.log = log;
    this.history = history;
  }

  /**
   * Rows that are compared and written, before others of the same plan.
   *
   * @param places the index of each row in the plan that they are of
   */
  record Pass(Plan plan, List<Integer> places) {

    /** The first of a plan. */
    static Pass of(Plan plan) {
      return new Pass(plan, IntStream.range(0, plan.rows().size()).boxed().toList());
    }
  }

  /**
   * What is left of a pass.
   *
   * @param places as of {@link Pass}
   */
  record Settled(Plan plan, List<Integer> places, Tally tally) {

    /** Rows by their index in the plan that they are of. */
    <V> Map<Integer, V> placed(Map<Integer, V> byRow) {
      Map<Integer, V> placed = new LinkedHashMap<>();
      byRow.forEach((row, value) -> placed.put(places.get(row), value));
      return placed;
    }
  }

  /** The pass that follows on one that is written; empty if that was the last. */
  Optional<Pass> after(Pass pass) {
    List<FoldedRow> rows = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < pass.places().size(); i++) {
      Optional<FoldedRow> next = pass.plan().rows().get(i).prior().next();
      if (next.isPresent()) {
        rows.add(next.get());
        places.add(pass.places().get(i));
      }
    }
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(new Pass(planner.replan(pass.plan(), rows), places));
  }

  /** Whether some rows of a plan are to be compared before they are written. */
  boolean isAskedAbout(Plan plan) {
    return atWork && plan.rows().stream().anyMatch(row -> row.prior().isAsked());
  }

  /**
   * Locks and compares, and says what is to be written in the same transaction.
   *
   * @throws ContestedException if rows are to be rejected
   */
  Settled settle(Connection open, Pass pass) throws SQLException, ContestedException {
    Plan plan = pass.plan();
    if (!isAskedAbout(plan)) {
      return new Settled(plan, pass.places(), Tally.NONE);
    }
    Map<Integer, Finding> found = new HashMap<>();
    for (Comparison comparison : comparisons(plan)) {
      target.compare(open, comparison).forEach(finding -> found.put(finding.change(), finding));
    }
    Map<Integer, String> deleted = deleted(open, plan, found.keySet());
    List<FoldedRow> rows = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    Set<Integer> contested = new HashSet<>();
    Map<Ruling.Conflict, Long> conflicts = new HashMap<>();
    List<ConflictEntry> entries = new ArrayList<>();
    for (int i = 0; i < plan.rows().size(); i++) {
      FoldedRow row = plan.rows().get(i);
      Optional<FoldedRow> write = Optional.of(row);
      if (row.prior().isAsked()) {
        Ruling ruling =
            Ruling.of(
                row,
                Optional.ofNullable(found.get(i)),
                Optional.ofNullable(deleted.get(i)),
                tiesToSource);
        conflicts.merge(ruling.conflict(), 1L, Long::sum);
        write = ruling.write();
        if (history.isPresent() && ruling.conflict() != Ruling.Conflict.NONE) {
          entries.add(entry(row, ruling.conflict()));
        }
        if (ruling.conflict() == Ruling.Conflict.REJECTED) {
          contested.add(pass.places().get(i));
        }
      }
      if (write.isPresent()) {
        rows.add(write.get());
        places.add(pass.places().get(i));
      }
    }
    if (!contested.isEmpty()) {
      throw new ContestedException(contested);
    }
    keep(open, entries);
    return new Settled(
        planner.replan(plan, rows),
        places,
        new Tally(
            conflicts.getOrDefault(Ruling.Conflict.SOURCE_WON, 0L),
            conflicts.getOrDefault(Ruling.Conflict.TARGET_WON, 0L),
            conflicts.getOrDefault(Ruling.Conflict.MERGED, 0L),
            0));
  }

  /** Writes down what was decided, in the transaction that does it. */
  void keep(Connection open, List<ConflictEntry> entries) throws SQLException {
    if (history.isPresent()) {
      history.get().write(open, entries);
    }
  }

  /** What is written down of a row that was compared. */
  static ConflictEntry entry(FoldedRow row, Ruling.Conflict conflict) {
    Prior prior = row.prior();
    return new ConflictEntry(
        prior.origin(),
        prior.committed(),
        row.table().name(),
        row.table().key().stream().map(ColumnShape::name).toList(),
        row.key(),
        prior.policy(),
        row.delete() ? "delete" : prior.kind() == Prior.Kind.NONE ? "insert" : "update",
        switch (conflict) {
          case NONE -> "";
          case SOURCE_WON -> "source";
          case TARGET_WON -> "target";
          case MERGED -> "merged";
          case REJECTED -> "rejected";
        });
  }

  /**
   * When the target's applications deleted rows that are to be there, and are not. Asked after the
   * comparison has waited for those who were about to delete: a later statement sees what they
   * noted.
   *
   * @param there the rows that the target has
   */
  private Map<Integer, String> deleted(Connection open, Plan plan, Set<Integer> there)
      throws SQLException {
    Map<TableShape, List<StepRow>> absent = new LinkedHashMap<>();
    for (int i = 0; i < plan.rows().size(); i++) {
      FoldedRow row = plan.rows().get(i);
      if (row.prior().timesDeletes()) {
        requireNotes(open, row.table().name());
        if (!row.delete() && !there.contains(i)) {
          absent
              .computeIfAbsent(row.table(), table -> new ArrayList<>())
              .add(new StepRow(row.key().toArray(String[]::new), i));
        }
      }
    }
    Map<Integer, String> deleted = new HashMap<>();
    for (Map.Entry<TableShape, List<StepRow>> table : absent.entrySet()) {
      deleted.putAll(target.deleted(open, table.getKey(), table.getValue()));
    }
    return deleted;
  }

  private void requireNotes(Connection open, TableName table) throws SQLException {
    if (noting.contains(table)) {
      return;
    }
    if (!target.notesDeletes(open, table)) {
      throw new StopException(Triggers.noTombstones(target, table));
    }
    noting.add(table);
  }

  /** The transaction of these passes is committed. */
  void committed(List<Settled> passes) {
    passes.forEach(settled -> count(settled.tally()));
  }

  /** Rows are rejected for good. */
  void rejected(long rows) {
    count(new Tally(0, 0, 0, rows));
  }

  private void count(Tally tally) {
    if (tally.total() > 0) {
      log.settled(tally);
    }
  }

  /** One for all rows that have the same columns: those that a row lacks are not compared. */
  private static List<Comparison> comparisons(Plan plan) {
    record Shape(
        TableShape table,
        Prior.Kind kind,
        List<ColumnShape> before,
        boolean deleted,
        List<ColumnShape> after) {}
    Map<Shape, Comparison> byShape = new LinkedHashMap<>();
    for (int i = 0; i < plan.rows().size(); i++) {
      FoldedRow row = plan.rows().get(i);
      Prior prior = row.prior();
      if (prior.isAsked()) {
        byShape
            .computeIfAbsent(
                new Shape(row.table(), prior.kind(), prior.columns(), row.delete(), row.columns()),
                shape -> comparison(row))
            .rows()
            .add(new StepRow(values(row), i));
      }
    }
    return List.copyOf(byShape.values());
  }

  private static Comparison comparison(FoldedRow like) {
    Prior prior = like.prior();
    Optional<ColumnShape> version = like.delete() ? Optional.empty() : prior.version();
    return new Comparison(
        like.table(),
        besideKey(like.table(), prior.columns()),
        prior.kind() == Prior.Kind.ROW,
        besideKey(like.table(), like.columns()),
        !like.delete(),
        prior.policy().merges(),
        version,
        prior.policy() == ConflictPolicy.NEWEST
            && version.isEmpty()
            && (!like.delete() || prior.timesDeletes()),
        new ArrayList<>());
  }

  private static List<ColumnShape> besideKey(TableShape table, List<ColumnShape> columns) {
    return columns.stream().filter(column -> !table.isKeyColumn(column.name())).toList();
  }

  private static String[] values(FoldedRow row) {
    List<String> values = new ArrayList<>(row.key());
    add(row.table(), row.prior().columns(), row.prior().values(), values);
    add(row.table(), row.columns(), row.values(), values);
    return values.toArray(String[]::new);
  }

  private static void add(
      TableShape table, List<ColumnShape> columns, String[] from, List<String> values) {
    for (int i = 0; i < columns.size(); i++) {
      if (!table.isKeyColumn(columns.get(i).name())) {
        values.add(from[i]);
      }
    }
  }
}

package dev.belay.sink.plan;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.TableName;
import dev.belay.sink.step.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a window comes to. Every change given is in exactly one of: a folded row, the replays, the
 * misfits, or the known ones.
 *
 * @param rows in the order of first arrival
 * @param replays indexes of changes that are older than, or the same as, what was applied
 * @param misfits changes that cannot be bound, with the reason
 * @param ladder the ways to write the rows, cheapest first; each a list of stages; the steps of a
 *     stage go into one statement
 */
public record Plan(
    List<FoldedRow> rows,
    List<Integer> replays,
    List<Misfit> misfits,
    List<Rung> ladder,
    Memory memory) {

  /** The plan of no changes. */
  public static final Plan EMPTY =
      new Plan(List.of(), List.of(), List.of(), List.of(), Memory.NONE);

  /** A change that cannot be bound to the target. */
  public record Misfit(int change, UnboundException reason) {}

  /**
   * One way to write all rows.
   *
   * @param name for logs
   * @param circles tables whose stages are to be written as a circle; none but in {@link #CLOSED}
   */
  public record Rung(String name, List<List<Step>> stages, Set<TableName> circles) {
    static final String ORDERED = "ordered";
    static final String PARKED = "parked";
    static final String TOGETHER = "together";
    static final String PARKED_TOGETHER = "parked, together";
    static final String DETACHED = "detached";
    static final String CLOSED = "closed";

    Rung(String name, List<List<Step>> stages) {
      this(name, stages, Set.of());
    }

    /** Whether a stage is of rows that reference each other in a circle. */
    public boolean isCircle(List<Step> stage) {
      return stage.stream().allMatch(step -> circles.contains(step.table().name()));
    }
  }

  /**
   * What is to be remembered once the rows are committed.
   *
   * @param known what took effect before
   * @param written what the rows are folded from
   */
  public record Memory(Map<Newest.Id, Newest.Version> known, List<BoundChange> written) {
    /** Nothing to be remembered. */
    public static final Memory NONE = new Memory(Map.of(), List.of());

    /** The newest version of each row that is written, for a plan that follows. */
    Map<Newest.Id, Newest.Version> versions() {
      Map<Newest.Id, Newest.Version> versions = new HashMap<>();
      for (BoundChange change : written) {
        if (change.version().isKnown()) {
          versions.merge(
              new Newest.Id(change.row(), change.family()),
              Newest.Version.of(change),
              Newest.Version::and);
        }
      }
      return versions;
    }

    public void keepIn(Newest newest) {
      known.forEach(newest::remember);
      for (BoundChange change : written) {
        if (change.version().isKnown()) {
          newest.remember(new Newest.Id(change.row(), change.family()), Newest.Version.of(change));
        }
      }
    }
  }

  /**
   * The way in which a row can be written by itself: unique values parked where that helps,
   * references of a cycle written last where they must be.
   */
  public Rung oneByOne() {
    for (String best : List.of(Rung.DETACHED, Rung.PARKED)) {
      for (Rung rung : ladder) {
        if (rung.name().equals(best)) {
          return rung;
        }
      }
    }
    return ladder.get(0);
  }

  /** The way that closes circles, if there is one. */
  public Optional<Rung> closed() {
    return ladder.stream().filter(rung -> !rung.circles().isEmpty()).findFirst();
  }

  /** Whether a step is of rows which wait if the target does not have them. */
  public boolean mayWait(Step step) {
    // one step for each table, set of columns, and answer to this
    return step instanceof Step.Update update
        && rows.get(update.rows().get(0).change()).waitsIfAbsent();
  }

  /** The updates of rows which wait if the target does not have them. */
  public List<Step.Update> waiting() {
    return ladder.stream()
        .limit(1)
        .flatMap(rung -> rung.stages().stream())
        .flatMap(List::stream)
        .filter(this::mayWait)
        .map(Step.Update.class::cast)
        .toList();
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The newest version that it writes; {@link HlcTimestamp#NONE} if it writes nothing. */
  public HlcTimestamp newestVersion() {
    return rows.stream().map(FoldedRow::version).reduce(HlcTimestamp.NONE, HlcTimestamp::max);
  }
}

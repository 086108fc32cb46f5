package dev.belay.sink.apply;

import dev.belay.sink.apply.Settlement.Postscript;
import dev.belay.sink.change.TableName;
import dev.belay.sink.checkpoint.Advance;
import dev.belay.sink.checkpoint.ConflictEntry;
import dev.belay.sink.checkpoint.FenceException;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.failure.TargetFault;
import dev.belay.sink.failure.Verdict;
import dev.belay.sink.plan.FoldedRow;
import dev.belay.sink.plan.Newest;
import dev.belay.sink.plan.Plan;
import dev.belay.sink.plan.Plan.Memory;
import dev.belay.sink.plan.PlanInput;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One window on its way into the target. The first try may be under way on the {@link Writer}'s
 * thread; whatever follows from its failure happens in {@link #finish}, on the task's thread. Until
 * then the task must leave the target's connection alone.
 */
public final class Flight {
  private static final Logger LOG = LoggerFactory.getLogger(Flight.class);

  /** How often a fault that may be over at once is tried against at once. */
  private static final int PATIENCE = 2;

  private final WindowApplier applier;
  private final List<PlanInput> changes;
  private final Newest newest;
  private final boolean ahead;
  private final Settlement settlement;
  private final Exclusions out;
  private Optional<Outcome> planned = Optional.empty();
  private Optional<Plan> first = Optional.empty();
  private Optional<Future<Boolean>> underWay = Optional.empty();
  private boolean reread;
  private boolean careful;
  private boolean lookForAbsent;
  private int passing;
  private int refused;

  Flight(
      WindowApplier applier,
      List<PlanInput> changes,
      Newest newest,
      boolean ahead,
      Settlement settlement,
      Exclusions out) {
    this.applier = applier;
    this.changes = changes;
    this.newest = newest;
    this.ahead = ahead;
    this.out = out;
    this.settlement = withHistory(settlement);
  }

  /** What is rejected for a conflict is written down with the checkpoint that covers it. */
  private Settlement withHistory(Settlement caller) {
    return new Settlement() {
      @Override
      public Advance advance(Outcome outcome) {
        return caller.advance(outcome);
      }

      @Override
      public void report(Map<Integer, Refusal> rejected) {
        caller.report(rejected);
      }

      @Override
      public Postscript remember(Outcome outcome) {
        Postscript last = caller.remember(outcome);
        List<ConflictEntry> contested = out.contested();
        return open -> {
          last.write(open);
          applier.judge().keep(open, contested);
        };
      }
    };
  }

  /**
   * Plans without a look at the target, which is busy.
   *
   * @param before what is to be known of the window that it is busy with
   * @return false if the plan needs the target, or decisions
   */
  boolean isPlannedAfter(Memory before) {
    try {
      Plan plan = applier.planner().plan(changes, newest, Set.of(), before);
      if (!plan.misfits().isEmpty() || !tooEarly(plan).isEmpty()) {
        return false;
      }
      planned = Optional.of(new Outcome(plan, out.rejected(), out.held()));
      return true;
    } catch (TargetCatalog.CatalogAwayException busy) {
      return false;
    }
  }

  /** What it will have written if it goes as planned now. */
  Memory memory() {
    return planned.map(outcome -> outcome.plan().memory()).orElse(Memory.NONE);
  }

  /** Whether it was written by the first of its plans, and whole. */
  public boolean wentAsPlanned(Outcome outcome) {
    return first.filter(plan -> plan == outcome.plan()).isPresent()
        && outcome.held().isEmpty()
        && outcome.rejected().isEmpty();
  }

  /**
   * Plans, unless that is done, and begins the first try on the writer's thread.
   *
   * @throws OutageException nothing was written, nothing is under way
   */
  public void depart(Writer writer) throws OutageException {
    Outcome outcome = plan();
    first = Optional.of(outcome.plan());
    if (!outcome.rejected().isEmpty()) {
      // Connect's reporter belongs to the task's thread
      return;
    }
    // of records that were unreadable: the checkpoint may cover them
    settlement.report(Map.of());
    Advance advance = settlement.advance(outcome);
    Postscript end = settlement.remember(outcome);
    underWay =
        Optional.of(
            writer.submit(() -> applier.transaction().straight(outcome, advance, true, end)));
  }

  /** Waits for a while; true if {@link #finish} need not wait for the writer's thread. */
  public boolean await(Duration atMost) {
    if (underWay.isEmpty()) {
      return true;
    }
    try {
      underWay.get().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      // finish() tells
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Waits for the try under way, and goes on from what became of it.
   *
   * @return what is committed now
   * @throws OutageException nothing was written; try again later
   * @throws InDoubtException ask {@link WindowApplier#standing} before anything else
   * @throws FenceException the checkpoint rows are not as left; ask {@link WindowApplier#standing}
   * @throws StopException a person has to mend something
   */
  public Outcome finish() throws OutageException, InDoubtException, FenceException {
    while (true) {
      Outcome outcome = plan();
      try {
        if ((careful || lookForAbsent)
            && out.excludeAbsent(applier.absent(outcome.plan()), outcome.plan())) {
          planned = Optional.empty();
          continue;
        }
        if (!careful) {
          if (straight(outcome)) {
            return settled(outcome);
          }
          lookForAbsent = true;
          continue;
        }
        Map<Integer, TargetFault> culprits =
            applier
                .transaction()
                .carefully(outcome, settlement, takingChildrenAlong(outcome.plan()));
        if (culprits.isEmpty()) {
          return settled(outcome);
        }
        out.exclude(culprits, outcome.plan());
        planned = Optional.empty();
      } catch (ContestedException contested) {
        out.rejectContested(contested.rows(), outcome.plan());
        planned = Optional.empty();
      } catch (Objection objection) {
        react(objection, outcome);
      }
    }
  }

  private Outcome settled(Outcome outcome) {
    applier.judge().rejected(out.contested().size());
    return outcome;
  }

  /** Returns false if nothing was done, since rows that are only to be updated are not there. */
  private boolean straight(Outcome outcome)
      throws OutageException, InDoubtException, FenceException, Objection, ContestedException {
    if (underWay.isPresent()) {
      Future<Boolean> first = underWay.get();
      underWay = Optional.empty();
      return land(first);
    }
    return applier
        .transaction()
        .straight(
            outcome,
            settlement.advance(outcome),
            !lookForAbsent,
            open -> {
              settlement.report(outcome.rejected());
              settlement.remember(outcome).write(open);
            });
  }

  /** Takes the result of the other thread as if it were this one's. */
  private static boolean land(Future<Boolean> flight)
      throws OutageException, InDoubtException, FenceException, Objection, ContestedException {
    try {
      return flight.get();
    } catch (ExecutionException e) {
      Throwable failure = e.getCause();
      if (failure instanceof OutageException outage) {
        throw outage;
      }
      if (failure instanceof InDoubtException doubt) {
        throw doubt;
      }
      if (failure instanceof FenceException fence) {
        throw fence;
      }
      if (failure instanceof Objection objection) {
        throw objection;
      }
      if (failure instanceof ContestedException contested) {
        throw contested;
      }
      if (failure instanceof RuntimeException own) {
        throw own;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(failure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutageException("interrupted while waiting for the target");
    }
  }

  private void react(Objection objection, Outcome outcome) throws OutageException {
    if (objection.isPassing()) {
      if (++passing > PATIENCE) {
        throw new OutageException(
            applier.targetName() + ", applying: " + objection.fault().describe());
      }
    } else if (!reread && objection.mayBeDrift()) {
      reread = true;
      applier.rereadShapes();
      planned = Optional.empty();
    } else if (objection.fault().verdict() == Verdict.FATAL) {
      throw new StopException(
          applier.targetName()
              + ": "
              + objection.fault().describe()
              + applier.remedy(objection)
              + ". Nothing is applied until this is mended.");
    } else if (careful && ++refused > PATIENCE) {
      throw new StopException(
          applier.targetName()
              + " refuses a window again and again though its rows were tried one by one: "
              + objection.fault().describe()
              + ". With a conflict.policy that may be a value, or a column's value in the target, that"
              + " cannot be compared. Correct it where it is, or set source-wins for the table.");
    } else {
      LOG.debug(
          "A window of {} rows meets {}",
          outcome.plan().rows().size(),
          objection.fault().describe());
      careful = true;
    }
  }

  /** Changes by deletes that would take children along, while others may come before them. */
  private Set<Integer> tooEarly(Plan plan) {
    Set<Integer> tooEarly = new HashSet<>();
    if (ahead) {
      plan.rows().stream()
          .filter(row -> row.delete() && applier.takesChildrenAlong(row.table().name()))
          .forEach(row -> tooEarly.addAll(row.changes()));
    }
    return tooEarly;
  }

  /** The tables of its deletes that take children along; asked for before a transaction begins. */
  private Set<TableName> takingChildrenAlong(Plan plan) throws OutageException {
    Set<TableName> tables = new HashSet<>();
    try {
      for (FoldedRow row : plan.rows()) {
        if (row.delete() && applier.takesChildrenAlong(row.table().name())) {
          tables.add(row.table().name());
        }
      }
      return tables;
    } catch (TargetCatalog.CatalogAwayException e) {
      throw e.outage();
    }
  }

  /** A plan of all that is not excluded, and that can be bound. */
  private Outcome plan() throws OutageException {
    while (planned.isEmpty()) {
      Plan plan;
      Set<Integer> tooEarly = new HashSet<>();
      try {
        plan = applier.planner().plan(changes, newest, out.changes());
        tooEarly.addAll(tooEarly(plan));
      } catch (TargetCatalog.CatalogAwayException e) {
        throw e.outage();
      }
      if (!plan.misfits().isEmpty()) {
        if (!reread && plan.misfits().stream().anyMatch(m -> m.reason().mayBeDrift())) {
          reread = true;
          applier.rereadShapes();
        } else {
          out.rejectMisfits(plan);
        }
      } else if (!tooEarly.isEmpty()) {
        out.hold(tooEarly);
      } else {
        planned = Optional.of(new Outcome(plan, out.rejected(), out.held()));
      }
    }
    return planned.get();
  }
}

package dev.belay.sink.apply;

import dev.belay.sink.plan.Plan;
import java.util.Map;
import java.util.Set;

/**
 * What became of the changes that were given. A change is in the plan's rows or replays, or
 * rejected, or held.
 *
 * @param plan what was written
 * @param rejected by index of the change
 * @param held indexes of changes that wait for others
 */
public record Outcome(Plan plan, Map<Integer, Refusal> rejected, Set<Integer> held) {

  /** Nothing written, rejected or held; for what is committed without a plan of the whole. */
  public static final Outcome NOTHING = new Outcome(Plan.EMPTY, Map.of(), Set.of());
}

package dev.belay.sink.plan;

import dev.belay.sink.change.Change;

/**
 * A change on its way into a plan.
 *
 * @param known whether it took effect before this task's time and is read again only to rebuild the
 *     memory of what was applied ahead of the resolved time
 */
public record PlanInput(Change change, boolean known) {}

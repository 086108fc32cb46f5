package dev.belay.cli.handover;

import dev.belay.cli.handover.Drain.Arrival;
import dev.belay.cli.handover.Drain.Later;
import dev.belay.cli.verify.Comparison;
import dev.belay.sink.apply.SequenceSync;
import dev.belay.sink.change.HlcTimestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a hand-over has shown, and what it has not.
 *
 * @param time everything committed up to it was to be in the target
 * @param later what came after it; empty if that could not be told
 * @param gaps what of the feed the sink does not bring
 * @param compared empty if it was not asked for
 * @param whole whether all tables of the feed were compared
 * @param sequences empty if they were not looked at, or follow the rows by themselves
 */
record HandOver(
    Line line,
    Instant began,
    Instant ended,
    HlcTimestamp time,
    Arrival arrival,
    Optional<Later> later,
    List<String> gaps,
    Optional<Comparison.Outcome> compared,
    boolean whole,
    Optional<List<SequenceSync.Found>> sequences) {

  /** The same with what became of the sequences. */
  HandOver with(Optional<List<SequenceSync.Found>> found) {
    return new HandOver(
        line, began, Instant.now(), time, arrival, later, gaps, compared, whole, found);
  }

  /** Whether everything was shown. */
  boolean isSignedOff() {
    return whole && compared.isPresent() && objections().isEmpty();
  }

  /** Why it is not signed off, each a sentence for a person; empty if it is. */
  List<String> objections() {
    List<String> objections = new ArrayList<>();
    if (later.isEmpty()) {
      objections.add(
          "Whether somebody still writes cannot be told: the feed's records need a converter to be"
              + " read (feed.format). Go by hand: config/playbooks/failback-on-demand.md.");
    }
    later.ifPresent(
        after -> {
          after
              .changes()
              .forEach(
                  (topic, count) ->
                      objections.add(
                          "Topic "
                              + topic
                              + " has "
                              + count
                              + (count == 1 ? " change" : " changes")
                              + " from after that time: somebody still writes to CockroachDB. Stop"
                              + " them, and begin again."));
          if (after.unread() > 0) {
            objections.add(
                after.unread()
                    + " records cannot be read or tell no time, so that it is not known whether"
                    + " somebody still writes.");
          }
        });
    objections.addAll(gaps);
    if (!arrival.snapshot()) {
      objections.add(
          "The target is UNVERIFIED: rows were applied ahead of the frontier, which has not passed"
              + " them yet. Wait until belay status says that it is a snapshot.");
    }
    if (arrival.openRejections() > 0) {
      objections.add(
          arrival.openRejections()
              + " rejected records are open, whose rows are not as in CockroachDB. The dead letter"
              + " queue says why; mend them, or compare without them.");
    }
    compared.ifPresent(
        outcome -> {
          if (!outcome.notCompared().isEmpty()) {
            objections.add(
                "Not compared, since CockroachDB has no such table or it cannot be compared: "
                    + String.join(", ", outcome.notCompared())
                    + ". belay verify says why; --tables names those that are to be compared.");
          }
          if (outcome.different() > 0 || outcome.schemaDifferences() > 0) {
            objections.add(
                outcome.different()
                    + " rows differ, and "
                    + outcome.schemaDifferences()
                    + " tables or columns: belay verify tells each.");
          }
        });
    sequences.ifPresent(
        found ->
            found.stream()
                .filter(
                    each -> each.state().isAtRisk() || each.state() == SequenceSync.State.CONTESTED)
                .forEach(
                    each ->
                        objections.add(
                            "Sequence "
                                + each.sequence()
                                + " is "
                                + each.state()
                                + ": the first insert that draws from it may fail. See"
                                + " docs/operations.md, Sequences.")));
    return objections;
  }
}

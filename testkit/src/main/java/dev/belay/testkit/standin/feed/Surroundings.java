package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.Misbehaviour;
import dev.belay.testkit.standin.capture.Capture;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.HybridClock;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a job works with.
 *
 * @param sinks opens the sink of a plan
 * @param misbehaviour asked at each round
 */
record Surroundings(
    Capture capture,
    Cluster cluster,
    HybridClock clock,
    Function<FeedPlan, Sink> sinks,
    Supplier<Misbehaviour> misbehaviour,
    JobHolds holds,
    Obstacles obstacles) {

  /** Reasons for which a job must fail. Any thread. */
  interface Obstacles {
    /**
     * Asked when it begins or begins again.
     *
     * @param from the time from which it needs the past; empty if it begins with a scan
     */
    Optional<String> toStart(FeedPlan plan, Optional<Hlc> from);

    /** Asked all the time. */
    Optional<String> toGoOn(FeedPlan plan);
  }
}

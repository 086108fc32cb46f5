package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Refusal;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A job's state and what is said of it. Guarded by its job.
 *
 * <p>The words are those of CockroachDB's {@code pkg/jobs} of 2025 ("state"; "status" before). Not
 * verified: whether {@code running_status} of a paused job is shown by every version; up to v25.1 a
 * paused job shows its reason in {@code error} only. Here it is in both.
 */
final class JobLife {

  private static final String EXPLAINED =
      "pausing due to error; use RESUME JOB to try to proceed once the issue is resolved, or CANCEL"
          + " JOB to rollback: ";

  private final long id;
  private final Instant created = Instant.now();
  private JobState state = JobState.PENDING;
  private String runningStatus = "";
  private String error = "";
  private String pauseReason = "";
  private Optional<Instant> finished = Optional.empty();
  private Instant modified = created;

  JobLife(long id) {
    this.id = id;
  }

  JobState state() {
    return state;
  }

  void report(String status) {
    runningStatus = status;
    modified = Instant.now();
  }

  void become(JobState next) {
    state = next;
    modified = Instant.now();
    if (next.isFinal()) {
      finished = Optional.of(modified);
    }
  }

  /** Why it was paused, empty if for no special reason. */
  void pausedFor(String reason) {
    pauseReason = reason;
  }

  void failedFor(String why) {
    error = why;
  }

  boolean isIn(JobState... states) {
    return Set.of(states).contains(state);
  }

  /**
   * @param what as in "cannot be requested to be paused"
   */
  void require(String what, JobState... states) {
    if (!isIn(states)) {
      throw Refusal.uncoded(
          "job " + id + ": job with state " + state.text() + " cannot be " + what);
    }
  }

  JobStatus status(FeedPlan plan, SinkUri sink, Optional<Hlc> highWater) {
    return new JobStatus(
        plan.id(),
        plan.description(),
        plan.user(),
        state,
        runningStatus,
        created,
        finished,
        modified,
        highWater,
        state == JobState.PAUSED && !pauseReason.isEmpty() ? EXPLAINED + pauseReason : error,
        sink.redacted(),
        plan.tables().stream().map(FeedPlan.Watched::fullName).toList(),
        String.join(",", plan.allTopics()));
  }
}

package dev.belay.source.plan;

import java.time.Duration;
import java.util.Map;

/**
 * How often healing was tried without success.
 *
 * @param resumes of each paused job, by its id
 * @param recreation of failed jobs, since a job last moved on
 */
public record Trials(Map<Long, Trial> resumes, Trial recreation) {

  /** Nothing was tried. */
  public static final Trials NONE = new Trials(Map.of(), Trial.FIRST);

  /**
   * @param count tries so far
   * @param left how long to wait before the next
   * @param isLast whether no further try is allowed
   */
  public record Trial(int count, Duration left, boolean isLast) {
    public static final Trial FIRST = new Trial(0, Duration.ZERO, false);
  }

  public Trials {
    resumes = Map.copyOf(resumes);
  }

  Trial resume(long jobId) {
    return resumes.getOrDefault(jobId, Trial.FIRST);
  }
}

package dev.belay.source.plan;

import dev.belay.source.feed.TableName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How often healing was tried without success.
 *
 * @param resumes of each paused job, by its id
 * @param recreations of failed jobs, by each of their tables, since a job of that table came
 *     further than the failed one
 * @param creations that the cluster refused, by the tables that the job was to have
 */
public record Trials(
    Map<Long, Trial> resumes,
    Map<TableName, Trial> recreations,
    Map<Set<TableName>, Refusal> creations) {

  /** Nothing was tried. */
  public static final Trials NONE = new Trials(Map.of(), Map.of(), Map.of());

  /**
   * @param count tries so far
   * @param left how long to wait before the next
   * @param isLast whether no further try is allowed
   */
  public record Trial(int count, Duration left, boolean isLast) {
    public static final Trial FIRST = new Trial(0, Duration.ZERO, false);
  }

  /**
   * The cluster did not make a job.
   *
   * @param words what it says
   * @param isForGood whether another try meets the same until a person has mended the cause
   */
  public record Refusal(Trial trial, String words, boolean isForGood) {}

  public Trials {
    resumes = Map.copyOf(resumes);
    recreations = Map.copyOf(recreations);
    creations = Map.copyOf(creations);
  }

  Optional<Refusal> creation(Set<TableName> tables) {
    return Optional.ofNullable(creations.get(tables));
  }

  /** Whether the last try at a job for the table was refused. */
  boolean hasRefused(TableName table) {
    return creations.keySet().stream().anyMatch(tables -> tables.contains(table));
  }

  Trial recreation(TableName table) {
    return recreations.getOrDefault(table, Trial.FIRST);
  }

  Trial resume(long jobId) {
    return resumes.getOrDefault(jobId, Trial.FIRST);
  }
}

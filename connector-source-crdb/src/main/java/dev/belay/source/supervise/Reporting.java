package dev.belay.source.supervise;

import dev.belay.source.feed.FeedAction;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.JobState;
import dev.belay.source.feed.Position;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/** What the planner's actions mean for somebody who looks at the feed. The task's thread only. */
final class Reporting {
  private static final String LOOK_AT_JOBS =
      "Look for nodes that are down or that drain, since a node must take the job up, and for jobs"
          + " that wait as this one does. What somebody asked for and did not come is asked for again"
          + " by PAUSE JOB, RESUME JOB or CANCEL JOB.";

  /** Of those that live the oldest stays; of those that have ended the last one counts. */
  private static final Comparator<FoundJob> BY_AGE =
      (one, other) ->
          one.state().isFinal()
              ? Comparator.comparing(FoundJob::finished)
                  .thenComparing(FoundJob::id)
                  .compare(other, one)
              : Long.compare(one.id(), other.id());

  private final Healing healing;
  private final Progress progress;
  private final Optional<Duration> gcProtection;
  private final Map<Long, SortedSet<TableName>> blind = new HashMap<>();

  /**
   * @param gcProtection for how long a job holds back garbage collection; empty if the cluster
   *     decides
   */
  Reporting(Healing healing, Progress progress, Optional<Duration> gcProtection) {
    this.healing = healing;
    this.progress = progress;
    this.gcProtection = gcProtection;
  }

  /** A job whose tables had rows that it does not send, which its status tells from now on. */
  void beganWithoutRows(long job, SortedSet<TableName> tables) {
    if (!tables.isEmpty()) {
      blind.put(job, new TreeSet<>(tables));
    }
  }

  List<FeedStatus> status(
      List<FeedAction> actions, Survey survey, Map<TableName, Position> positions, Duration now) {
    List<FeedStatus> all = new ArrayList<>();
    for (FeedAction action : actions) {
      // a job that is being cancelled is spoken of by the one that stays
      if (!(action instanceof FeedAction.Cancel)) {
        all.add(status(action, survey, positions, now));
      }
    }
    // a job is spoken of once, though each of its tables may have been
    return all.stream().distinct().toList();
  }

  private FeedStatus status(
      FeedAction action, Survey survey, Map<TableName, Position> positions, Duration now) {
    if (action instanceof FeedAction.Create create) {
      return withoutJob(create.tables(), FeedState.STARTING, "", "");
    } else if (action instanceof FeedAction.Resume resume) {
      return of(resume.job(), FeedState.RETRYING, resume.job().trouble(), "", survey);
    } else if (action instanceof FeedAction.LeavePaused paused) {
      String remedy = "RESUME JOB " + paused.job().id() + " lets it go on.";
      return of(paused.job(), FeedState.PAUSED, paused.note(), remedy, survey);
    } else if (action instanceof FeedAction.Wait wait) {
      return about(wait.tables(), FeedState.RETRYING, wait.trouble(), "", survey, positions);
    } else if (action instanceof FeedAction.NeedsAction needed) {
      return about(
          needed.tables(),
          FeedState.NEEDS_ACTION,
          needed.found(),
          needed.remedy(),
          survey,
          positions);
    }
    return running(((FeedAction.Leave) action).job(), survey, now);
  }

  private FeedStatus running(FoundJob job, Survey survey, Duration now) {
    Optional<Duration> stalled = progress.stalledFor(job, now);
    if (job.state() == JobState.SUCCEEDED) {
      return of(job, FeedState.COMPLETED, "", "", survey);
    } else if (job.state() != JobState.RUNNING && job.state() != JobState.RETRY_RUNNING) {
      return stalled
          .map(still -> of(job, FeedState.STALLED, onItsWay(job, still), LOOK_AT_JOBS, survey))
          .orElseGet(() -> of(job, FeedState.STARTING, "", warning(job), survey));
    } else if (stalled.isPresent()) {
      return of(
          job,
          FeedState.STALLED,
          "The resolved time has not moved for "
              + stalled.get().toSeconds()
              + " s; the job says: "
              + job.runningStatus(),
          "Look for lagging ranges, a Kafka that refuses, or a node that is down; PAUSE JOB and RESUME"
              + " JOB begin again at the last checkpoint.",
          survey);
    } else if (job.highWater().isEmpty() && job.scans()) {
      return of(job, FeedState.SCANNING, retried(job), "", survey);
    }
    return of(job, FeedState.RUNNING, retried(job), warning(job), survey);
  }

  private static String onItsWay(FoundJob job, Duration still) {
    return "The resolved time has not moved for "
        + still.toSeconds()
        + " s; job "
        + job.id()
        + " is "
        + job.state().word()
        + ", which it should not be for long.";
  }

  private String warning(FoundJob job) {
    return Optional.ofNullable(blind.get(job.id()))
        .map(
            tables ->
                "Tables "
                    + tables
                    + " began without their rows of before. Compare them with the target's, which"
                    + " must have those already.")
        .orElse("");
  }

  /** What the cluster itself is trying again, in its words. */
  private static String retried(FoundJob job) {
    String status = job.runningStatus();
    return status.contains("retryable error") || status.contains("transient error") ? status : "";
  }

  /**
   * Of the job that the tables have, of twins the one that stays, or else had last. Tables without
   * an offset have none that is still theirs: what a job of before had come to would be stored as
   * their position, in the place of the one that was deleted for a fresh start.
   */
  private FeedStatus about(
      Collection<TableName> tables,
      FeedState state,
      String error,
      String remedy,
      Survey survey,
      Map<TableName, Position> positions) {
    boolean isFresh = tables.stream().map(positions::get).anyMatch(Position.None.class::isInstance);
    return survey.jobs().stream()
        .filter(job -> !isFresh && job.tables().containsAll(tables))
        .min(Comparator.comparing((FoundJob job) -> job.state().isFinal()).thenComparing(BY_AGE))
        .map(job -> of(job, state, error, remedy, survey))
        .orElseGet(() -> withoutJob(tables, state, error, remedy));
  }

  private FeedStatus withoutJob(
      Collection<TableName> tables, FeedState state, String error, String remedy) {
    return new FeedStatus(
        Optional.empty(),
        state,
        new TreeSet<>(tables),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        error,
        remedy,
        healing.resumed(),
        healing.recreated());
  }

  private FeedStatus of(FoundJob job, FeedState state, String error, String remedy, Survey survey) {
    Optional<Duration> behind = job.highWater().map(time -> time.until(survey.now()));
    return new FeedStatus(
        Optional.of(job.id()),
        state,
        new TreeSet<>(job.tables()),
        job.highWater(),
        seconds(behind),
        seconds(behind.flatMap(age -> kept(job, survey).map(kept -> kept.minus(age)))),
        error,
        remedy,
        healing.resumed(),
        healing.recreated());
  }

  /** For how long what the job needs is kept: it protects that itself as long as it lives. */
  private Optional<Duration> kept(FoundJob job, Survey survey) {
    Optional<Duration> ttl =
        job.tables().stream()
            .map(survey.gcTtl()::get)
            .filter(Objects::nonNull)
            .min(Duration::compareTo);
    return job.state().isFinal() ? ttl : gcProtection;
  }

  private static OptionalLong seconds(Optional<Duration> duration) {
    return duration.isPresent()
        ? OptionalLong.of(Math.max(0, duration.get().toSeconds()))
        : OptionalLong.empty();
  }
}

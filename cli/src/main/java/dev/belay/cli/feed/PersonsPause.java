package dev.belay.cli.feed;

import dev.belay.source.cluster.Cluster;
import dev.belay.source.cluster.ClusterException;
import dev.belay.source.cluster.Jobs;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.JobState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Pauses a job so that the connector leaves it alone. PAUSE JOB does nothing to a job that an error
 * has paused, and the connector resumes such a one. So it is resumed here first, and paused when it
 * no longer speaks of the error. One thread.
 */
final class PersonsPause {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_EVERY_MILLIS = 200;
  private static final int TRIES = 5;

  private final Cluster cluster;
  private final String feed;
  private final String database;

  PersonsPause(Cluster cluster, String feed, String database) {
    this.cluster = cluster;
    this.feed = feed;
    this.database = database;
  }

  /** Returns whether the job is paused, or about to be, by a person. */
  boolean pause(FoundJob job) throws ClusterException {
    FoundJob now = job;
    for (int tries = 0; tries < TRIES && now.isPausedByError(); tries++) {
      tell(Jobs::resume, job.id());
      now = await(job.id(), FoundJob::isFreeOfError).orElse(now);
      if (now.state() == JobState.RUNNING) {
        tell(Jobs::pause, job.id());
        now = await(job.id(), found -> found.state() == JobState.PAUSED).orElse(now);
      }
    }
    if (now.state() != JobState.PAUSED) {
      tell(Jobs::pause, job.id());
    }
    return !now.isPausedByError();
  }

  /** A statement about a job. */
  @FunctionalInterface
  private interface Statement {
    void run(Connection session, long job) throws SQLException;
  }

  private void tell(Statement statement, long job) throws ClusterException {
    cluster.<Void>ask(
        session -> {
          statement.run(session, job);
          return null;
        });
  }

  /** The job as it is when it is as wanted, when an error has paused it again, or in the end. */
  private Optional<FoundJob> await(long id, Predicate<FoundJob> wanted) throws ClusterException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<FoundJob> found =
          cluster.ask(session -> Jobs.of(session, feed, database)).stream()
              .filter(job -> job.id() == id)
              .findFirst();
      boolean isOver = found.isEmpty() || System.nanoTime() - end >= 0;
      if (isOver || wanted.test(found.get()) || found.get().isPausedByError()) {
        return found;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return found;
      }
    }
  }
}

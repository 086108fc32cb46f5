package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.plan.Backoff;
import java.time.Duration;

/**
 * How long a supervisor waits between two looks at its jobs. Pure.
 *
 * @param usual pause while CockroachDB answers
 * @param hurried pause while a job may have a twin; no longer than the usual one
 * @param backoff pauses while CockroachDB does not answer
 */
record Rhythm(Duration usual, Duration hurried, Backoff backoff) {

  static Rhythm of(SourceConfig config) {
    Duration usual = config.superviseInterval();
    Duration resolved = config.resolvedInterval();
    return new Rhythm(
        usual,
        resolved.compareTo(usual) < 0 ? resolved : usual,
        new Backoff(config.resumeBackoff(), config.resumeBackoffMax()));
  }

  /**
   * Before the next look.
   *
   * @param missed looks in a row that had no answer; they are never closer than those that have one
   */
  Duration pause(int missed, boolean hurries) {
    Duration pause = hurries ? hurried : usual;
    Duration longer = backoff.pause(missed);
    return longer.compareTo(pause) > 0 ? longer : pause;
  }
}

package dev.belay.cli.status;

import dev.belay.cli.connect.Connector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A flow as its sink tells it.
 *
 * @param target the database's address, without secrets
 * @param place empty if the checkpoint could not be read, or is none yet
 * @param backlog empty if Kafka could not be asked
 * @param perSecond records that took effect, between two looks; empty if there was one look alone
 * @param meters the tasks' metrics; none unless JMX was asked
 * @param unseen what could not be looked at, and why
 */
record SinkStatus(
    Connector connector,
    Direction direction,
    String target,
    Optional<Place> place,
    Optional<Backlog> backlog,
    OptionalDouble perSecond,
    Meters meters,
    List<String> unseen,
    Instant at) {

  /** Where a flow leads. */
  enum Direction {
    FAILBACK,
    FORWARD;

    String word() {
      return this == FAILBACK ? "failback" : "forward";
    }
  }

  /** Whether the frontier says how far it is; else records do. */
  boolean hasFrontier() {
    return place.filter(known -> known.frontier().frontier().isKnown()).isPresent();
  }

  /**
   * What a rollback at this moment would lose, as time: how long ago the frontier was now, and
   * without a frontier since when the first record waits that has not taken effect. Never negative,
   * since two clocks are compared. Empty if it cannot be told.
   */
  Optional<Duration> rpo() {
    if (hasFrontier()) {
      return Optional.of(
          notNegative(Duration.between(Place.wall(place.get().frontier().frontier()), at)));
    }
    return place.isEmpty() || backlog.isEmpty()
        ? Optional.empty()
        : Optional.of(
            backlog
                .get()
                .oldest()
                .map(first -> notNegative(Duration.between(first, at)))
                .orElse(Duration.ZERO));
  }

  /**
   * How long until everything that is in Kafka has taken effect, at the rate at which it did just
   * now. Empty if it cannot be told, because nothing moves or was looked at.
   */
  Optional<Duration> rto() {
    if (backlog.isEmpty()) {
      return Optional.empty();
    }
    long messages = backlog.get().messages();
    if (messages == 0) {
      return Optional.of(Duration.ZERO);
    }
    return perSecond.isEmpty() || perSecond.getAsDouble() <= 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Math.round(1_000 * messages / perSecond.getAsDouble())));
  }

  private static Duration notNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}

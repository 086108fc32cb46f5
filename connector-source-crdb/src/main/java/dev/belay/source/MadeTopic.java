package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The status topic, made before a task tells anything: Connect's producer would make one that is
 * not compacted. While Kafka is away it is tried again. The task's thread only.
 */
final class MadeTopic {
  private static final Logger LOG = LoggerFactory.getLogger(MadeTopic.class);
  private static final Duration TRY_EVERY = Duration.ofSeconds(1);

  private final SourceConfig config;
  private boolean isThere;
  private boolean away;
  private Optional<String> hopeless = Optional.empty();
  private long due = System.nanoTime();

  MadeTopic(SourceConfig config) {
    this.config = config;
  }

  /** Whether it is there by now; tries to make it, if it is time to. */
  boolean isThere() {
    if (isThere || System.nanoTime() - due < 0) {
      return isThere;
    }
    try {
      StatusTopic.make(config);
      isThere = true;
      if (away) {
        LOG.info("Kafka answers; status is told from now on");
      }
    } catch (StatusTopic.KafkaAwayException e) {
      if (!away) {
        LOG.warn("No status can be told yet; asking Kafka again: {}", e.getMessage());
        away = true;
      }
      hopeless = e.isHopeless() ? Optional.of(e.getMessage()) : Optional.empty();
      due = System.nanoTime() + TRY_EVERY.toNanos();
    }
    return isThere;
  }

  /** Why it will not be made however often that is tried; empty if it may be. */
  Optional<String> hopeless() {
    return hopeless;
  }
}

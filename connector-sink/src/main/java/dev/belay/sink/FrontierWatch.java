package dev.belay.sink;

import static java.util.stream.Collectors.joining;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.topics.TopicSurvey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the time up to which every row has been read: the least of the resolved times of all
 * partitions of all subscribed topics (invariant I4 Snapshot).
 *
 * <p>A partition that CockroachDB writes to already and that is not in the consumer's metadata yet
 * may hold rows below that time. It existed when the resolved times were produced, so metadata read
 * after they were consumed shows it: only such a reading makes resolved times count.
 */
final class FrontierWatch {
  private static final Logger LOG = LoggerFactory.getLogger(FrontierWatch.class);

  /** A broker near by answers in less; a slower answer is taken up by a later call. */
  private static final long PATIENCE_MS = 20;

  private final Supplier<CompletionStage<TopicSurvey>> survey;
  private final boolean wholeFeed;
  private final Laggards laggards;
  private final Quiet quiet;
  private Optional<CompletableFuture<TopicSurvey>> asked = Optional.empty();
  private TopicSurvey known = new TopicSurvey(Map.of(), List.of());
  private String stall = "";

  /**
   * @param survey reads the topics' metadata now
   * @param wholeFeed whether this task has all partitions
   */
  FrontierWatch(
      Supplier<CompletionStage<TopicSurvey>> survey,
      boolean wholeFeed,
      Laggards laggards,
      Quiet quiet) {
    this.survey = survey;
    this.wholeFeed = wholeFeed;
    this.laggards = laggards;
    this.quiet = quiet;
  }

  /** Starts over after a claim. */
  void claimed(TopicSurvey survey) {
    asked = Optional.empty();
    known = survey;
    laggards.claimed();
  }

  /** Why the frontier cannot move, empty if it can. */
  String stall() {
    if (!stall.isEmpty()) {
      return stall;
    }
    return laggards.finding().isEmpty() ? quiet.finding() : laggards.finding();
  }

  boolean isAsking() {
    return asked.isPresent();
  }

  /**
   * Confirms resolved times, as far as the cluster has answered.
   *
   * @throws StopException if partitions were added while several tasks share the topics
   */
  void look(Map<TopicPartition, PartitionState> claimed) {
    laggards.look(claimed);
    quiet.look(claimed.values());
    if (asked.isEmpty() && claimed.values().stream().anyMatch(PartitionState::awaitsConfirmation)) {
      claimed.values().forEach(PartitionState::ask);
      asked = Optional.of(survey.get().toCompletableFuture());
    }
    if (asked.isEmpty()) {
      return;
    }
    try {
      TopicSurvey answer = asked.get().get(PATIENCE_MS, TimeUnit.MILLISECONDS);
      asked = Optional.empty();
      judge(answer, claimed);
    } catch (TimeoutException notYet) {
      LOG.trace("No metadata yet");
    } catch (ExecutionException e) {
      asked = Optional.empty();
      stalled("Kafka does not answer about the topics: " + e.getCause().getClass().getSimpleName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void judge(TopicSurvey answer, Map<TopicPartition, PartitionState> claimed) {
    if (!answer.missing().isEmpty()) {
      stalled(
          "subscribed topics do not exist: "
              + String.join(", ", answer.missing())
              + ". Create them or take them out of the connector's topics");
      return;
    }
    answer
        .topics()
        .forEach(
            (topic, facts) -> {
              TopicSurvey.Facts before = known.topics().get(topic);
              if (before != null && !before.id().equals(facts.id())) {
                throw PositionCheck.madeAnew("Topic " + topic, before.id(), facts.id());
              }
            });
    if (wholeFeed) {
      known = answer;
      if (!isComplete(claimed)) {
        return;
      }
    } else if (!answer.topics().equals(known.topics())) {
      Set<TopicPartition> more = answer.partitions();
      more.removeAll(known.partitions());
      throw grown(more);
    }
    claimed.values().forEach(PartitionState::confirm);
    if (!stall.isEmpty()) {
      LOG.info("The frontier can move again");
      stall = "";
    }
  }

  /** Why several tasks cannot go on. */
  static StopException grown(Collection<TopicPartition> partitions) {
    return new StopException(
        "Topics gained partitions while several tasks share them ("
            + partitions.stream().map(TopicPartition::toString).sorted().collect(joining(", "))
            + "), so keys have moved between partitions and no task can tell repeated rows from new"
            + " ones. Restart the connector with tasks.max=1 until status shows no lag, then raise it"
            + " again.");
  }

  private void stalled(String reason) {
    if (!stall.equals(reason)) {
      LOG.warn("The frontier cannot move: {}", reason);
      stall = reason;
    }
  }

  /**
   * The frontier that can be taken now; {@link HlcTimestamp#NONE} if a partition never resolved.
   *
   * @param committed where it stays while this task does not have every partition: those that it
   *     lacks may be behind
   */
  HlcTimestamp frontier(Map<TopicPartition, PartitionState> claimed, HlcTimestamp committed) {
    HlcTimestamp least =
        claimed.values().stream()
            .map(PartitionState::confirmed)
            .reduce(HlcTimestamp::min)
            .orElse(HlcTimestamp.NONE);
    // a topic that has just joined may not be as far as the others were
    return wholeFeed && !isComplete(claimed) ? HlcTimestamp.min(least, committed) : least;
  }

  /** Whether the task has every partition that was last seen. */
  private boolean isComplete(Map<TopicPartition, PartitionState> claimed) {
    Set<TopicPartition> unread = known.partitions();
    unread.removeAll(claimed.keySet());
    if (!unread.isEmpty()) {
      stalled(
          "partitions are not assigned to this task yet: "
              + unread.stream().map(TopicPartition::toString).collect(joining(", "))
              + ". New ones come with the next metadata refresh"
              + " (consumer.override.metadata.max.age.ms)");
    }
    return unread.isEmpty();
  }
}

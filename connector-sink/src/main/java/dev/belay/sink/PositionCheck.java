package dev.belay.sink;

import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.topics.TopicSurvey;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares a position, in the target or given by a person, with what Kafka still has (invariant I9
 * Loud: gaps).
 */
final class PositionCheck {
  private static final String REMEDY =
      " Compare the databases; then set a position with PATCH /connectors/<name>/offsets, or start"
          + " over with DELETE /connectors/<name>/offsets while the connector is STOPPED.";

  private PositionCheck() {}

  /** Why a topic that is another one than before stops the task. */
  static StopException madeAnew(String where, String idBefore, String idNow) {
    return new StopException(
        where
            + ": the topic was deleted and made anew (id "
            + idNow
            + ", the checkpoint is of "
            + idBefore
            + "). Its offsets mean other records now, and records of the old topic that were not"
            + " applied are lost."
            + REMEDY);
  }

  /**
   * @param from the next offset that is to be read
   * @throws StopException if records between the two are gone, or the topic is another one
   */
  static void check(PartitionCheckpoint row, LogRange log, long from) {
    String where =
        "Topic " + row.partition().topic() + ", partition " + row.partition().partition();
    if (!row.topicId().isEmpty() && !row.topicId().equals(log.topicId())) {
      throw madeAnew(where, row.topicId(), log.topicId());
    }
    if (log.start() > from) {
      throw new StopException(
          where
              + ": the log starts at offset "
              + log.start()
              + ", and the task has to read from "
              + from
              + ": retention has taken records that were not applied or are needed to tell repeated"
              + " rows from new ones."
              + REMEDY
              + " Then raise retention.ms above the longest time the target may be away.");
    }
    if (log.end() < row.appliedOffset()) {
      throw new StopException(
          where
              + ": the log ends at offset "
              + log.end()
              + ", and the checkpoint has applied up to "
              + row.appliedOffset()
              + ": Kafka has lost records that the target has (a broker failed over without them)."
              + REMEDY);
    }
  }

  /**
   * What is wrong with positions that a person sets; partitions that are to start over may be gone.
   *
   * @param given where to go on; empty for the start of the log
   * @param survey the topics of all that is given
   * @param logs what Kafka has of each partition of the survey
   * @param isRead whether the connector reads a topic
   * @return a sentence each, in order of topic and partition; empty if nothing is wrong
   */
  static List<String> objections(
      Map<TopicPartition, Optional<Long>> given,
      TopicSurvey survey,
      Map<TopicPartition, LogRange> logs,
      Predicate<String> isRead) {
    Set<String> objections = new LinkedHashSet<>();
    given.entrySet().stream()
        .filter(entry -> entry.getValue().isPresent())
        .sorted(
            Comparator.comparing(
                    (Map.Entry<TopicPartition, Optional<Long>> entry) -> entry.getKey().topic())
                .thenComparing(entry -> entry.getKey().partition()))
        .forEach(
            entry ->
                objection(entry.getKey(), entry.getValue().orElseThrow(), survey, logs, isRead)
                    .ifPresent(objections::add));
    return List.copyOf(objections);
  }

  private static Optional<String> objection(
      TopicPartition partition,
      long offset,
      TopicSurvey survey,
      Map<TopicPartition, LogRange> logs,
      Predicate<String> isRead) {
    String topic = "Topic " + partition.topic();
    TopicSurvey.Facts facts = survey.topics().get(partition.topic());
    if (facts == null) {
      return Optional.of(topic + " does not exist.");
    }
    if (!isRead.test(partition.topic())) {
      return Optional.of(topic + " is not read by the connector (topics, topics.regex).");
    }
    LogRange log = logs.get(partition);
    if (log == null) {
      return Optional.of(
          topic
              + " has no partition "
              + partition.partition()
              + ", only 0 to "
              + (facts.partitions() - 1)
              + ".");
    }
    if (offset < log.start() || offset > log.end()) {
      return Optional.of(
          topic
              + ", partition "
              + partition.partition()
              + ": offset "
              + offset
              + (offset < 0 ? " is negative, and" : "")
              + " is not between "
              + log.start()
              + ", where the log starts, and "
              + log.end()
              + ", where it ends.");
    }
    return Optional.empty();
  }
}

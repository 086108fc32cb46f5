package dev.belay.sink;

import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.StopException;

/** Compares a position in the target with what Kafka still has (invariant I9 Loud: gaps). */
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
}

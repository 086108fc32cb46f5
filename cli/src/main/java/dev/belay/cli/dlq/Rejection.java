package dev.belay.cli.dlq;

import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * A rejected record that nothing has mended yet, as the checkpoint has it.
 *
 * @param partition of the record
 * @param offset of the record; below zero for a row that stands for records beyond the bound
 * @param table in the target; empty if the record could not be read
 * @param keyHash of its row, by which a newer version mends it; empty if none is known
 * @param hlc commit time of the rejected version; empty if the record could not be read
 * @param code why the database refused it; empty if it never got there
 * @param records that it stands for
 */
record Rejection(
    TopicPartition partition,
    long offset,
    Optional<String> table,
    Optional<String> keyHash,
    Optional<String> hlc,
    Optional<String> code,
    long records) {

  /** As a person names it: {@code topic:partition:offset}. */
  String name() {
    return partition.topic() + ":" + partition.partition() + ":" + offset;
  }
}

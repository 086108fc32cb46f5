package dev.belay.sink.checkpoint;

import dev.belay.sink.change.HlcTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * A rejected record for which no newer version of its row was applied yet, a row of {@code
 * belay_rejection}; or what could not be told apart any more.
 *
 * @param offset of the record; {@link #OVERFLOW} if the row stands for several
 * @param table empty if the record could not be read
 * @param keyHash as {@link RejectedKey} has it; empty if there is no key, so that only a person can
 *     say that it is mended
 * @param version {@link HlcTimestamp#NONE} if the record could not be read
 * @param code SQLSTATE, empty if the record never got to the database
 * @param records how many rejected records this is
 */
public record OpenRejection(
    TopicPartition partition,
    long offset,
    String table,
    String keyHash,
    HlcTimestamp version,
    String code,
    long records) {

  /** The offset of the row that counts the records beyond the bound. */
  public static final long OVERFLOW = -1;

  /** A record that could not be read. */
  public static OpenRejection unreadable(TopicPartition partition, long offset) {
    return new OpenRejection(partition, offset, "", "", HlcTimestamp.NONE, "", 1);
  }

  /** So many records of a partition beyond the bound. */
  public static OpenRejection overflow(TopicPartition partition, long records) {
    return new OpenRejection(partition, OVERFLOW, "", "", HlcTimestamp.NONE, "", records);
  }

  public boolean hasKey() {
    return !keyHash.isEmpty();
  }
}

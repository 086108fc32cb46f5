package dev.belay.sink.spill;

import dev.belay.sink.change.HlcTimestamp;
import java.util.Optional;

/**
 * A record as it came, with what must be known of it without decoding it again.
 *
 * @param topic original topic
 * @param partition original partition
 * @param offset original offset
 * @param namedTopic topic after transforms
 * @param key empty for none
 * @param value empty for none
 * @param version commit time
 * @param delete whether it deletes a row
 */
@SuppressWarnings("ArrayRecordComponent")
public record SpilledRecord(
    String topic,
    int partition,
    long offset,
    String namedTopic,
    Optional<byte[]> key,
    Optional<byte[]> value,
    HlcTimestamp version,
    boolean delete) {}

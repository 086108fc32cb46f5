package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.row.Hlc;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A line of {@code SHOW CHANGEFEED JOBS}.
 *
 * @param highWater everything at or below it is sent and acknowledged; empty during the initial
 *     scan
 * @param error why it failed, else empty
 * @param topics separated by commas
 */
public record JobStatus(
    long id,
    String description,
    String user,
    JobState state,
    String runningStatus,
    Instant created,
    Optional<Instant> finished,
    Instant modified,
    Optional<Hlc> highWater,
    String error,
    String sinkUri,
    List<String> fullTableNames,
    String topics) {}

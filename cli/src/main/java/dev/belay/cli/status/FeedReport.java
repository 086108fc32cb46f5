package dev.belay.cli.status;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a source connector says of a job or a task, in its status topic.
 *
 * @param of {@code job 42} or {@code task 0}
 * @param gcSecondsLeft until what the feed needs may be collected, if it does not move
 * @param error empty if nothing went wrong
 * @param at when it was said, by the worker's clock
 */
record FeedReport(
    String of,
    String state,
    List<String> tables,
    OptionalLong secondsBehind,
    OptionalLong gcSecondsLeft,
    String error,
    String remedy,
    Optional<Instant> at) {}

package dev.belay.cli.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the user asked for.
 *
 * @param direction which way rows go
 * @param duration how long the workload runs
 * @param rate transactions a second
 * @param rows rows of each table before the workload begins
 * @param seed of the first rows and of the workload: the same seed draws the same transactions
 * @param keep stay up after the verdict
 * @param json end with the verdict as a JSON object
 * @param terminal whether somebody watches, so that the line of progress may be rewritten
 * @param target the database that was migrated from
 * @param feed how rows get into Kafka
 * @param plugins the connectors as they are shipped, each with the zips that go over it
 */
record DemoSettings(
    Direction direction,
    Duration duration,
    int rate,
    int rows,
    long seed,
    Mode mode,
    OldDatabase target,
    Feed feed,
    boolean keep,
    boolean json,
    boolean terminal,
    List<List<Path>> plugins) {}

package dev.belay.cli.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the user asked for.
 *
 * @param duration how long the workload runs
 * @param rate transactions a second
 * @param rows rows of each table before the workload begins
 * @param seed of the first rows and of the workload: the same seed draws the same transactions
 * @param keep stay up after the verdict
 * @param json end with the verdict as a JSON object
 * @param terminal whether somebody watches, so that the line of progress may be rewritten
 * @param pluginZip the sink as it is shipped
 */
record DemoSettings(
    Duration duration,
    int rate,
    int rows,
    long seed,
    Mode mode,
    boolean keep,
    boolean json,
    boolean terminal,
    Path pluginZip) {}

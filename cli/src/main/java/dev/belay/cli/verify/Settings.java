package dev.belay.cli.verify;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How two databases are compared.
 *
 * @param connector whose checkpoint tells the time that the target holds; empty to compare what is
 *     there now, and differing rows again
 * @param parallel ranges that are compared at the same time
 * @param rangeRows about so many rows make a range
 * @param rowsPerSecond of each side, on average; 0 for as many as can be had
 * @param settle how long rows that differ are looked at again
 * @param listed so many differing rows of a table are told one by one; all are counted
 * @param journal where it is written down what was compared, to go on from there
 */
record Settings(
    Optional<String> connector,
    int parallel,
    long rangeRows,
    long rowsPerSecond,
    Duration settle,
    long listed,
    Optional<Path> journal) {}

package dev.belay.sink.shape;

import java.util.OptionalLong;

/**
 * Where a sequence is, and how far the rows of its columns are.
 *
 * @param last the sequence's {@code last_value}
 * @param called whether that was given already; else it is the next
 * @param furthest of the values in its columns that the sequence can give, the one that it would
 *     reach last; empty if there is none
 */
public record SequencePosition(long last, boolean called, OptionalLong furthest) {}

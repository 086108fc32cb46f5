package dev.belay.sink.step;

/**
 * The values of one row of a step.
 *
 * @param values one for each column of the step; null is SQL NULL
 * @param change index of the folded change that this row came from, so that a failure can be traced
 *     to its Kafka record
 */
@SuppressWarnings("ArrayRecordComponent")
public record StepRow(String[] values, int change) {}

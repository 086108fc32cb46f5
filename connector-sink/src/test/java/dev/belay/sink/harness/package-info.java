/**
 * Drives a real sink task against real Kafka and a real database, one step of Connect's loop at a
 * time, so that a test can stop between steps, cut the network at a chosen statement, or let the
 * task crash. Begin with {@link dev.belay.sink.harness.TaskHarness}.
 */
package dev.belay.sink.harness;

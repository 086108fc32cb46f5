/**
 * Real parts for tests and the demo, with no Docker: each server is started from what Maven brings,
 * on the loopback interface and a free port, and goes away with the JVM that started it.
 *
 * <p>This package holds what the servers share: {@link dev.belay.testkit.LoopbackPort ports},
 * {@link dev.belay.testkit.Deadline waiting}, and {@link dev.belay.testkit.ChildJvm JVMs of their
 * own} for parts that a test wants to kill.
 */
package dev.belay.testkit;

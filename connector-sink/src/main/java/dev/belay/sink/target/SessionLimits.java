package dev.belay.sink.target;

import java.time.Duration;

/**
 * What the server itself enforces on an apply session, so that a frozen worker cannot hold locks
 * for ever.
 *
 * @param idleInTransaction how long a transaction may sit without a statement
 * @param lockWait how long a statement waits for a lock
 * @param applicationName shown by the server's session list
 */
public record SessionLimits(
    Duration idleInTransaction, Duration lockWait, String applicationName) {}

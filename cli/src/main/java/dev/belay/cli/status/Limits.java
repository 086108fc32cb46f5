package dev.belay.cli.status;

import java.time.Duration;

/**
 * What is allowed.
 *
 * @param rpo may be lost
 * @param rto a rollback may wait for
 * @param gcWindow must be left
 * @param feedByHand whether no connector looks after the changefeed
 */
record Limits(Duration rpo, Duration rto, Duration gcWindow, boolean feedByHand) {}

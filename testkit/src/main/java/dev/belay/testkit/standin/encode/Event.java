package dev.belay.testkit.standin.encode;

import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.RowChange;

/**
 * A row change on its way to a topic.
 *
 * @param updated when it was committed; for a row of a scan, the time of the scan
 * @param mvcc when this version of the row was committed
 * @param topic where it goes
 * @param processedNanos when it is sent, nanoseconds since the Unix epoch
 */
public record Event(RowChange change, Hlc updated, Hlc mvcc, String topic, long processedNanos) {}

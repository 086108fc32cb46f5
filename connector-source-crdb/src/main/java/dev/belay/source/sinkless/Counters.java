package dev.belay.source.sinkless;

import java.util.concurrent.atomic.LongAdder;

/** What a task has done since it started. The task's thread counts; any thread may read. */
final class Counters {
  /** Rows handed to Connect, scanned ones too. */
  final LongAdder rows = new LongAdder();

  /** Windows that ended with their resolved time. */
  final LongAdder windows = new LongAdder();

  /** Rows that came again, were known to be in Kafka, and were left out. */
  final LongAdder leftOut = new LongAdder();

  /** Rows that came again and may be in Kafka twice: after a window that was cut short. */
  final LongAdder repeated = new LongAdder();

  /** Rows that were handed over before their resolved time, because there was no room. */
  final LongAdder early = new LongAdder();

  /** Sessions that were lost. */
  final LongAdder reconnects = new LongAdder();

  /** Rows that went to disk. */
  final LongAdder spilled = new LongAdder();
}

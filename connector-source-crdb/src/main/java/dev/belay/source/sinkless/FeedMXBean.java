package dev.belay.source.sinkless;

/** A task's figures in JMX, {@code dev.belay:type=source-feed,connector=NAME,task=N}. */
public interface FeedMXBean {
  /** In the words of the status topic. */
  String getState();

  /** The clock minus the least cursor; -1 if nothing is known yet. */
  long getSecondsBehind();

  /** How long until garbage collection takes the way back; -1 if unknown. */
  long getGcWindowLeftSeconds();

  /** Rows in memory that wait for their resolved time. */
  long getHeldBytes();

  /** Rows handed to Connect. */
  long getRowsTotal();

  /** Windows that ended with their resolved time. */
  long getWindowsTotal();

  /** Rows that came again and were left out. */
  long getRowsLeftOutTotal();

  /** Rows that came again after a window that was cut short, and may be in Kafka twice. */
  long getRowsRepeatedTotal();

  /** Rows handed over before their resolved time, because there was no room. */
  long getRowsEarlyTotal();

  /** Rows that went to disk. */
  long getRowsSpilledTotal();

  /** Sessions that were lost. */
  long getReconnectsTotal();
}

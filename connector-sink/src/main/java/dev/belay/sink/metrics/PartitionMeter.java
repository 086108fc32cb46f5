package dev.belay.sink.metrics;

import dev.belay.sink.change.HlcTimestamp;
import java.util.function.Function;

/** What is measured of each partition of a task, tagged with topic and partition. */
public enum PartitionMeter {
  SECONDS_BEHIND(
      "partition-seconds-behind",
      "Now minus the partition's newest resolved time, in seconds; -1 before the first.",
      "The partition with the highest value holds the frontier back.",
      Reading::secondsBehind),
  RESOLVED(
      "partition-resolved",
      "The partition's newest resolved time that was read, as an HLC; none before the first.",
      "Stands still while others move: the changefeed does not write resolved messages there.",
      reading -> reading.resolved().toString());

  /** Written by the task's thread, read by any. */
  static final class Reading {
    private final SinkMetrics metrics;
    private volatile HlcTimestamp resolved = HlcTimestamp.NONE;

    Reading(SinkMetrics metrics) {
      this.metrics = metrics;
    }

    void resolved(HlcTimestamp time) {
      resolved = time;
    }

    HlcTimestamp resolved() {
      return resolved;
    }

    double secondsBehind() {
      return metrics.secondsBehind(resolved);
    }
  }

  private final String shown;
  private final String meaning;
  private final String reading;
  private final Function<Reading, Object> value;

  PartitionMeter(String shown, String meaning, String reading, Function<Reading, Object> value) {
    this.shown = shown;
    this.meaning = meaning;
    this.reading = reading;
    this.value = value;
  }

  /** The metric's and JMX attribute's name. */
  public String shown() {
    return shown;
  }

  public String meaning() {
    return meaning;
  }

  /** What a person makes of it. */
  public String reading() {
    return reading;
  }

  Object value(Reading of) {
    return value.apply(of);
  }
}

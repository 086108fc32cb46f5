package dev.belay.source.sinkless;

import java.util.function.Function;

/**
 * What a task that reads measures, by the names that are an interface; the reference page is made
 * from this.
 */
public enum ReaderMeter {
  STATE(
      "state",
      "A word of the status topic.",
      "Alert on NEEDS_ACTION and STALLED, and on UNREACHABLE or RETRYING that lasts.",
      figures -> figures.status().state().name()),
  SECONDS_BEHIND(
      "seconds-behind",
      "The cluster's clock minus the least cursor of the task's tables; -1 if nothing is known yet.",
      "What Kafka does not have yet. The sink's own lag comes on top.",
      figures -> figures.status().secondsBehind().orElse(-1)),
  GC_WINDOW_LEFT(
      "gc-window-left-seconds",
      "Seconds until what the feed needs may be garbage-collected; -1 if unknown.",
      "Nothing holds that back here: alert well before zero.",
      figures -> figures.status().gcWindowLeft().orElse(-1)),
  TABLES_WAITING(
      "tables-waiting",
      "Tables that join when the others have come to where these begin.",
      "More than zero for long: the others do not catch up.",
      figures -> (long) figures.status().waiting().size()),
  HELD_BYTES(
      "held-bytes",
      "Rows in memory that wait for their resolved time, in bytes.",
      "Near feed.buffer.bytes: rows go to spill.dir, or out early.",
      Figures::heldBytes),
  ROWS("rows-total", "Rows handed to Connect.", "The rate of work.", f -> f.counters().rows.sum()),
  WINDOWS(
      "windows-total",
      "Windows that ended with their resolved time.",
      "Stands still: so does the resolved time.",
      figures -> figures.counters().windows.sum()),
  ROWS_LEFT_OUT(
      "rows-left-out-total",
      "Rows that came again and were left out.",
      "Normal after a session was lost.",
      figures -> figures.counters().leftOut.sum()),
  ROWS_REPEATED(
      "rows-repeated-total",
      "Rows that came again after a window that was cut short, and may be in Kafka twice.",
      "Normal after a crash amid a window above transaction.max.*; the sink drops them.",
      figures -> figures.counters().repeated.sum()),
  ROWS_EARLY(
      "rows-early-total",
      "Rows handed over before their resolved time for lack of room.",
      "Growth: set spill.dir, or raise feed.buffer.bytes.",
      figures -> figures.counters().early.sum()),
  ROWS_SPILLED(
      "rows-spilled-total",
      "Rows that went to spill.dir.",
      "Growth: more memory would spare the disk.",
      figures -> figures.counters().spilled.sum()),
  RECONNECTS(
      "reconnects-total",
      "Sessions that were lost.",
      "Growth: look at the status's error.",
      figures -> figures.counters().reconnects.sum());

  private final String shown;
  private final String meaning;
  private final String reading;
  private final Function<Figures, Object> value;

  ReaderMeter(String shown, String meaning, String reading, Function<Figures, Object> value) {
    this.shown = shown;
    this.meaning = meaning;
    this.reading = reading;
    this.value = value;
  }

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

  Object value(Figures figures) {
    return value.apply(figures);
  }
}

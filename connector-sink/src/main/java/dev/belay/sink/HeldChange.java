package dev.belay.sink;

import dev.belay.sink.change.Change;
import org.apache.kafka.connect.sink.SinkRecord;

/** A change that was read and has not taken effect yet. */
final class HeldChange {
  private final Change change;
  private final SinkRecord record;
  private final int bytes;
  private final boolean known;
  private boolean blocked;
  private Window.Mark mark = Window.Mark.NONE;

  /**
   * @param record for the dead letter queue, should it come to that
   * @param bytes of its key and value, as the decoder read them
   * @param known whether it took effect before this task's time, and is here only to be remembered
   */
  HeldChange(Change change, SinkRecord record, int bytes, boolean known) {
    this.change = change;
    this.record = record;
    this.bytes = bytes;
    this.known = known;
  }

  Change change() {
    return change;
  }

  SinkRecord record() {
    return record;
  }

  boolean isKnown() {
    return known;
  }

  /** Whether it was tried and waits for another row. */
  boolean isBlocked() {
    return blocked;
  }

  void block() {
    blocked = true;
  }

  /** Takes note of the window that writes it; a later one takes the place of an earlier. */
  void choose(Window.Mark by) {
    mark = by;
  }

  boolean isChosenBy(Window.Mark by) {
    return mark == by;
  }

  long offset() {
    return change.origin().offset();
  }

  /** Size of the record in Kafka, or of what a converter made of it. */
  int bytes() {
    return bytes;
  }
}

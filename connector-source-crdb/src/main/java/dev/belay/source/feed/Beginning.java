package dev.belay.source.feed;

/** Where a new job begins. */
public sealed interface Beginning {

  /** All rows as of this time, then every change after it. */
  record Scan(HlcTimestamp at) implements Beginning {}

  /** Every change after this time, and no row that was there before. */
  record After(HlcTimestamp cursor) implements Beginning {}

  /** The time that must still be readable: nothing after it may have been garbage-collected. */
  default HlcTimestamp time() {
    if (this instanceof Scan scan) {
      return scan.at();
    }
    return ((After) this).cursor();
  }
}

package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Refusal;
import java.util.Locale;

/** The words for history that is gone. */
final class Histories {

  private Histories() {}

  /** A time as CockroachDB's own messages write it: {@code 1700000000.000000001,2}. */
  static String text(Hlc time) {
    return String.format(
        Locale.ROOT,
        "%d.%09d,%d",
        time.wallNanos() / 1_000_000_000L,
        time.wallNanos() % 1_000_000_000L,
        time.logical());
  }

  /** A reading of what was collected already; CockroachDB adds the range, which is nowhere here. */
  static String gone(Hlc time, Hlc threshold) {
    return "batch timestamp "
        + text(time)
        + " must be after replica GC threshold "
        + text(threshold);
  }

  /** A cursor before what is left. */
  static Refusal tooOld(Hlc cursor, Hlc threshold) {
    return Refusal.uncoded(
        "could not create changefeed: cursor "
            + cursor
            + " is older than the GC threshold "
            + threshold.wallNanos()
            + ": "
            + gone(cursor, threshold));
  }
}

package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.sql.Refusal;

/** The words for history that is gone. */
final class Histories {

  private Histories() {}

  /** A reading of what was collected already; CockroachDB adds the range, which is nowhere here. */
  static String gone(Hlc time, Hlc threshold) {
    return "batch timestamp "
        + time.inSeconds()
        + " must be after replica GC threshold "
        + threshold.inSeconds();
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

package dev.belay.sink.change;

/** A row that changed: it is now this ({@link Upsert}), or it is gone ({@link Delete}). */
public sealed interface Change extends Decoded permits Upsert, Delete {
  ChangeInfo info();

  @Override
  default Origin origin() {
    return info().origin();
  }

  /**
   * When the change was committed, which orders the versions of a row; {@link HlcTimestamp#NONE} if
   * the feed lacks the option {@code updated}. Rows of an initial scan or a schema backfill carry
   * the time of the scan.
   */
  default HlcTimestamp version() {
    return info().updated();
  }
}

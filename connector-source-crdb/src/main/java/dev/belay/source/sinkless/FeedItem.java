package dev.belay.source.sinkless;

import dev.belay.source.feed.HlcTimestamp;

/** What a feed tells. */
sealed interface FeedItem {

  /** What it costs to keep it, in bytes, roughly. */
  long bytes();

  /**
   * A changed row.
   *
   * @param key as it came
   * @param value as it came
   * @param time of its commit
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Row(Route route, byte[] key, byte[] value, HlcTimestamp time) implements FeedItem {
    /** Objects and references around the bytes. */
    private static final int OVERHEAD = 128;

    @Override
    public long bytes() {
      return key.length + value.length + OVERHEAD;
    }
  }

  /**
   * Everything up to a time has been told.
   *
   * @param value the message as it came
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Resolved(HlcTimestamp time, byte[] value) implements FeedItem {
    @Override
    public long bytes() {
      return value.length;
    }
  }
}

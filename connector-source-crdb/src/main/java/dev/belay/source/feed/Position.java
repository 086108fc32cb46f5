package dev.belay.source.feed;

/** What Connect's offsets say of a table. */
public sealed interface Position {

  /** Nothing: the table is new, or its offset was deleted for a fresh start. */
  record None() implements Position {}

  /**
   * A person moved it.
   *
   * @param cursor changes after it are wanted
   */
  record Moved(HlcTimestamp cursor) implements Position {}

  /**
   * A job had come this far when the offset was written.
   *
   * @param cursor everything up to it was sent
   * @param endedByUs whether the connector had asked for the job's end, to make another
   */
  record Reached(HlcTimestamp cursor, long jobId, boolean endedByUs) implements Position {
    public Reached(HlcTimestamp cursor, long jobId) {
      this(cursor, jobId, false);
    }
  }

  /**
   * A job was made for the table and had not come to its first checkpoint.
   *
   * @param endedByUs whether the connector had asked for the job's end, to make another
   */
  record Begun(long jobId, boolean endedByUs) implements Position {}

  /**
   * A table is being read by pages, without a job.
   *
   * @param at the rows are those of this time
   * @param key the last row's, as a JSON array of texts; empty before the first page
   */
  record Scanning(HlcTimestamp at, String key) implements Position {}
}

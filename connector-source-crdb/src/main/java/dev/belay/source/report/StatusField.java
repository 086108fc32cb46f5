package dev.belay.source.report;

/**
 * The fields of a status record, in their order. Their names are an interface; the reference page
 * is made from this.
 */
public enum StatusField {
  CONNECTOR("connector", "always", "The connector's name."),
  FEED("feed", "always", "The feed's identity: `feed.id`, or the connector's name."),
  DELIVERY("delivery", "always", "`kafka` or `sinkless`, as in `feed.delivery`."),
  STATE("state", "always", "One of the states above."),
  JOB("job", "with a job; never with `sinkless`", "The job's id in CockroachDB, as text."),
  TABLES("tables", "always", "The tables that the record is about, as `database.schema.table`."),
  WAITING(
      "waiting",
      "with `sinkless`, while there are such",
      "Tables whose changes are not read yet: the others are behind the time at which these begin,"
          + " and they join when that is reached."),
  CURSOR(
      "cursor",
      "after the first checkpoint",
      "Everything up to this time is in Kafka: the job's high-water mark, or the least of the"
          + " task's tables."),
  SECONDS_BEHIND(
      "seconds_behind", "with `cursor`", "The cluster's clock minus `cursor`, in seconds."),
  GC_WINDOW_LEFT(
      "gc_window_left_seconds",
      "with `cursor`, or a scan of `sinkless`, where the time is known",
      "Seconds until what the feed needs may be garbage-collected, if `cursor` does not move. A job"
          + " that is not at its end protects that for `feed.gc.protect.expires.after.ms`; after its"
          + " end, and with `sinkless`, `gc.ttlseconds` of the tables counts, from the time of the"
          + " scan while there is one."),
  ERROR("error", "where something went wrong", "What was found, without secrets."),
  REMEDY("remedy", "where a person can do something", "What to do."),
  RESUMES(
      "resumes",
      "always",
      "Times that this task resumed a job which an error had paused, of the whole feed. With"
          + " `sinkless`: that it lost its session."),
  RECREATIONS(
      "recreations",
      "always",
      "Times that this task made a job in the place of a failed one, of the whole feed. With"
          + " `sinkless`: 0."),
  AT("at", "always", "When the record was made, by the worker's clock: ISO 8601, UTC.");

  private final String shown;
  private final String present;
  private final String meaning;

  StatusField(String shown, String present, String meaning) {
    this.shown = shown;
    this.present = present;
    this.meaning = meaning;
  }

  /** As the record has it. */
  public String shown() {
    return shown;
  }

  /** When the record has it. */
  public String present() {
    return present;
  }

  public String meaning() {
    return meaning;
  }
}

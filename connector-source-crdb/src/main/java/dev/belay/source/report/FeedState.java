package dev.belay.source.report;

/** What a feed, or a job of it, is doing, in the words of the status topic and of the metrics. */
public enum FeedState {
  RUNNING("The job runs, and its resolved time moves."),
  SCANNING("The job sends all rows; there is no resolved time until it has."),
  STARTING("The job was made and has not begun, or is on its way to another state."),
  STALLED(
      "The job says that it runs, or that it is on its way to another state, and nothing has moved for"
          + " stall.timeout.ms."),
  RETRYING("An error stopped the job; it is tried again after a pause."),
  PAUSED("A person paused the job. It stays paused until a person resumes it."),
  NEEDS_ACTION("Only a person can go on; the record says what to do."),
  COMPLETED("The job has come to the end that it was given."),
  ENDED("The job's offsets were deleted, and it is cancelled for that; a fresh start may follow."),
  UNREACHABLE("CockroachDB does not answer; what the jobs do is unknown.");

  private final String meaning;

  FeedState(String meaning) {
    this.meaning = meaning;
  }

  public String meaning() {
    return meaning;
  }
}

package dev.belay.testkit.standin.feed;

import java.util.Locale;

/** The states of a job that a changefeed of the stand-in can be in. */
public enum JobState {
  PENDING,
  RUNNING,
  PAUSE_REQUESTED,
  PAUSED,
  CANCEL_REQUESTED,
  REVERTING,
  CANCELED,
  FAILED,
  SUCCEEDED;

  /** As job listings write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public boolean isFinal() {
    return this == CANCELED || this == FAILED || this == SUCCEEDED;
  }
}

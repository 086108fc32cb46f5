package dev.belay.source.feed;

import java.util.Arrays;
import java.util.Locale;

/** The states of a changefeed job, by the words of {@code SHOW CHANGEFEED JOBS}. */
public enum JobState {
  PENDING,
  RUNNING,
  RETRY_RUNNING,
  PAUSE_REQUESTED,
  PAUSED,
  CANCEL_REQUESTED,
  REVERTING,
  RETRY_REVERTING,
  REVERT_FAILED,
  CANCELED,
  FAILED,
  SUCCEEDED,
  /** A word that this version does not know: the job is left alone. */
  UNKNOWN;

  public static JobState of(String word) {
    String name = word.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(values())
        .filter(state -> state.name().equals(name))
        .findFirst()
        .orElse(UNKNOWN);
  }

  /** It sends nothing any more and never will. */
  public boolean isFinal() {
    return this == CANCELED || this == FAILED || this == SUCCEEDED || this == REVERT_FAILED;
  }

  /** Somebody has asked for its end, which has not come yet. */
  public boolean isEnding() {
    return this == CANCEL_REQUESTED || this == REVERTING || this == RETRY_REVERTING;
  }

  /** As CockroachDB writes it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

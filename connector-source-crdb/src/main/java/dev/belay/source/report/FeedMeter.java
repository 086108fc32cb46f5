package dev.belay.source.report;

import java.util.Collection;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What a task measures, by the names that are an interface; the reference page is made from this.
 */
public enum FeedMeter {
  STATE(
      "state",
      "The state that most needs a person, of all jobs of the feed; a word of the status topic.",
      "Alert on NEEDS_ACTION and STALLED, and on UNREACHABLE or RETRYING that lasts.",
      all ->
          all.stream()
              .map(FeedStatus::state)
              .max(Comparator.comparingInt(FeedMeter::urgency))
              .map(Enum::name)
              .orElse("")),
  JOBS("jobs", "Jobs of the feed.", "One, unless tables were added or divided.", all -> size(all)),
  SECONDS_BEHIND(
      "seconds-behind",
      "The cluster's clock minus the resolved time of the job that is furthest behind; -1 during an"
          + " initial scan.",
      "What Kafka does not have yet. The sink's own lag comes on top.",
      all -> most(all.stream().map(FeedStatus::secondsBehind).toList())),
  GC_WINDOW_LEFT(
      "gc-window-left-seconds",
      "Seconds until what the feed needs may be garbage-collected; -1 if unknown.",
      "How long a way back is left if nobody does anything. Alert below an hour.",
      all -> least(all.stream().map(FeedStatus::gcWindowLeft).toList())),
  RESUMES(
      "resumes-total",
      "Times that a job which an error had paused was resumed.",
      "Growth: look at the status's error.",
      all -> all.stream().mapToLong(FeedStatus::resumes).max().orElse(0)),
  RECREATIONS(
      "recreations-total",
      "Times that a failed job was made again.",
      "Growth: look at the status's error.",
      all -> all.stream().mapToLong(FeedStatus::recreations).max().orElse(0));

  private final String shown;
  private final String meaning;
  private final String reading;
  private final Function<Collection<FeedStatus>, Object> value;

  FeedMeter(
      String shown,
      String meaning,
      String reading,
      Function<Collection<FeedStatus>, Object> value) {
    this.shown = shown;
    this.meaning = meaning;
    this.reading = reading;
    this.value = value;
  }

  public String shown() {
    return shown;
  }

  public String meaning() {
    return meaning;
  }

  /** What a person makes of it. */
  public String reading() {
    return reading;
  }

  Object value(Collection<FeedStatus> all) {
    return value.apply(all);
  }

  private static Object size(Collection<FeedStatus> all) {
    return all.stream().filter(status -> status.id().isPresent()).count();
  }

  private static Object most(Collection<OptionalLong> values) {
    return values.stream().anyMatch(OptionalLong::isEmpty)
        ? -1L
        : values.stream().mapToLong(OptionalLong::getAsLong).max().orElse(-1);
  }

  private static Object least(Collection<OptionalLong> values) {
    return values.stream()
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .min()
        .orElse(-1);
  }

  private static int urgency(FeedState state) {
    return switch (state) {
      case COMPLETED, ENDED -> 1;
      case RUNNING -> 2;
      case SCANNING -> 3;
      case STARTING -> 4;
      case PAUSED -> 5;
      case RETRYING -> 6;
      case UNREACHABLE -> 7;
      case STALLED -> 8;
      case NEEDS_ACTION -> 9;
    };
  }
}

package dev.belay.source.feed;

import java.time.Duration;
import java.util.Set;

/** What is to be done now. */
public sealed interface FeedAction {

  /** Make a job. */
  record Create(Set<TableName> tables, Beginning beginning, String why) implements FeedAction {}

  /** Let a job go on that an error has paused. */
  record Resume(FoundJob job) implements FeedAction {}

  /** End a job for good: another one does its work, or nobody wants it. */
  record Cancel(FoundJob job, String why) implements FeedAction {}

  /** Nothing: the job does what it should, or is on its way to another state. */
  record Leave(FoundJob job) implements FeedAction {}

  /** Nothing: a person has paused it. */
  record LeavePaused(FoundJob job, String note) implements FeedAction {}

  /** Nothing yet: try again later what an error has stopped. */
  record Wait(Set<TableName> tables, String trouble, Duration left) implements FeedAction {}

  /**
   * Nothing can be done without a person.
   *
   * @param found what was found, and why it stops
   * @param remedy what to do
   */
  record NeedsAction(Set<TableName> tables, String found, String remedy) implements FeedAction {}
}

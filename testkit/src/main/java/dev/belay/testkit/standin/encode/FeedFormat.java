package dev.belay.testkit.standin.encode;

import java.util.EnumSet;
import java.util.Set;

/**
 * What of a changefeed's options decides the bytes of its messages.
 *
 * @param with the options that are set
 */
public record FeedFormat(Envelope envelope, Set<With> with) {

  /** Options that add to a message. */
  public enum With {
    UPDATED,
    MVCC_TIMESTAMP,
    DIFF,
    KEY_IN_VALUE,
    TOPIC_IN_VALUE,
    /** {@code enriched_properties} has {@code source}. */
    SOURCE,
    /** {@code enriched_properties} has {@code schema}. */
    SCHEMA,
    JSON_NULL_AS_OBJECT
  }

  public FeedFormat {
    with = Set.copyOf(with);
  }

  public static FeedFormat of(Envelope envelope, With... with) {
    EnumSet<With> set = EnumSet.noneOf(With.class);
    set.addAll(Set.of(with));
    return new FeedFormat(envelope, set);
  }

  public boolean has(With option) {
    return with.contains(option);
  }
}

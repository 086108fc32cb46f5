package dev.belay.sink.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * A set of offsets, as ranges; text form {@code 5,9-12}, empty for none. Immutable.
 *
 * @param ranges ascending, not touching each other
 */
public record OffsetRanges(List<Range> ranges) {
  public static final OffsetRanges NONE = new OffsetRanges(List.of());

  /** Both ends included. */
  public record Range(long first, long last) {}

  /**
   * @param ascending no two alike
   */
  public static OffsetRanges of(List<Long> ascending) {
    List<Range> ranges = new ArrayList<>();
    for (long offset : ascending) {
      Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
      if (last != null && last.last() + 1 == offset) {
        ranges.set(ranges.size() - 1, new Range(last.first(), offset));
      } else {
        ranges.add(new Range(offset, offset));
      }
    }
    return ranges.isEmpty() ? NONE : new OffsetRanges(List.copyOf(ranges));
  }

  /**
   * @throws IllegalArgumentException if the text was not written by {@link #toString}
   */
  public static OffsetRanges parse(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",")) {
      int dash = part.indexOf('-');
      long first = Long.parseLong(dash < 0 ? part : part.substring(0, dash));
      ranges.add(new Range(first, dash < 0 ? first : Long.parseLong(part.substring(dash + 1))));
    }
    return new OffsetRanges(List.copyOf(ranges));
  }

  public boolean contains(long offset) {
    return ranges.stream().anyMatch(r -> r.first() <= offset && offset <= r.last());
  }

  /** The offsets at or above one. */
  public LongStream from(long least) {
    return ranges.stream()
        .flatMapToLong(r -> LongStream.rangeClosed(Math.max(r.first(), least), r.last()));
  }

  public OptionalLong first() {
    return ranges.isEmpty() ? OptionalLong.empty() : OptionalLong.of(ranges.get(0).first());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Range r : ranges) {
      text.append(text.isEmpty() ? "" : ",").append(r.first());
      if (r.last() > r.first()) {
        text.append('-').append(r.last());
      }
    }
    return text.toString();
  }
}

package dev.belay.cli.verify;

import dev.belay.sink.change.HlcTimestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What came of the ranges of a table so far. One thread. */
final class TableTotal {
  private final long most;
  private Counts counts = Counts.NONE;
  private List<Difference> listed = new ArrayList<>();
  private Optional<HlcTimestamp> firstTime = Optional.empty();
  private Optional<HlcTimestamp> lastTime = Optional.empty();

  /**
   * @param most so many differences are kept
   */
  TableTotal(long most) {
    this.most = most;
  }

  void add(Compared range) {
    counts = counts.plus(range.counts());
    for (Difference difference : range.listed()) {
      if (listed.size() < most) {
        listed.add(difference);
      }
    }
    range
        .time()
        .ifPresent(
            time -> {
              firstTime = Optional.of(HlcTimestamp.min(firstTime.orElse(time), time));
              lastTime = Optional.of(HlcTimestamp.max(lastTime.orElse(time), time));
            });
  }

  /** Whether all differences are kept that were counted. */
  boolean isWhole() {
    return counts.differences() == listed.size();
  }

  /** What is left of the differences after another look. */
  void settle(List<Difference> left) {
    long missing = left.stream().filter(d -> d.of() == Difference.Of.MISSING).count();
    long extra = left.stream().filter(d -> d.of() == Difference.Of.EXTRA).count();
    counts =
        new Counts(counts.source(), counts.target(), missing, extra, left.size() - missing - extra);
    listed = new ArrayList<>(left);
  }

  Counts counts() {
    return counts;
  }

  List<Difference> listed() {
    return List.copyOf(listed);
  }

  Optional<HlcTimestamp> firstTime() {
    return firstTime;
  }

  Optional<HlcTimestamp> lastTime() {
    return lastTime;
  }
}

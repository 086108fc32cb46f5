package dev.belay.sink.checkpoint;

import dev.belay.sink.change.HlcTimestamp;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * Where a partition must be read again from: the smallest offset that holds a time above the
 * committed resolved time. One thread.
 *
 * <pre>
 *   offset   10   11   12   13(resolved 40)   14   15
 *   time     30   55   38                     60   50
 *   committed resolved time 40: read again from 11, before the resolved record itself
 * </pre>
 *
 * Only offsets whose time is above that of all before them matter; of those at most {@link
 * #MOST_STEPS} are kept, and neighbours are merged towards the earlier offset, which reads a little
 * more again and never too little.
 */
public final class RewindTrail {
  static final int MOST_STEPS = 1024;

  /**
   * @param merged how many it stands for
   */
  private record Step(long offset, HlcTimestamp time, int merged) {
    Step and(Step later) {
      return new Step(offset, later.time, merged + later.merged);
    }
  }

  private Deque<Step> steps = new ArrayDeque<>();
  private int mostMerged = 1;

  /** Offsets must ascend. */
  public void add(long offset, HlcTimestamp time) {
    if (!steps.isEmpty() && !time.isAfter(steps.peekLast().time())) {
      return;
    }
    Step step = new Step(offset, time, 1);
    if (!steps.isEmpty() && steps.peekLast().merged() < mostMerged) {
      step = steps.removeLast().and(step);
    }
    steps.addLast(step);
    if (steps.size() > MOST_STEPS) {
      mergePairs();
    }
  }

  private void mergePairs() {
    Deque<Step> pairs = new ArrayDeque<>();
    while (!steps.isEmpty()) {
      Step step = steps.removeFirst();
      pairs.addLast(steps.isEmpty() ? step : step.and(steps.removeFirst()));
    }
    steps = pairs;
    mostMerged *= 2;
  }

  /** Forgets what is at or below a time that is about to be committed as resolved. */
  public void forgetUpTo(HlcTimestamp resolved) {
    while (!steps.isEmpty() && !steps.peekFirst().time().isAfter(resolved)) {
      steps.removeFirst();
    }
    if (steps.isEmpty()) {
      mostMerged = 1;
    }
  }

  /** The offset to read again from, empty if nothing above the resolved time was seen. */
  public OptionalLong firstAbove(HlcTimestamp resolved) {
    for (Step step : steps) {
      if (step.time().isAfter(resolved)) {
        return OptionalLong.of(step.offset());
      }
    }
    return OptionalLong.empty();
  }
}

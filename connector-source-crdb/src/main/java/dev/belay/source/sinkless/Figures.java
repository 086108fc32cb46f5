package dev.belay.source.sinkless;

import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.report.TaskMetrics;
import dev.belay.source.report.TaskMetrics.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;

/** What a task's metrics say. The task's thread writes, any thread reads. */
final class Figures implements AutoCloseable {
  private final Counters counters;
  private final Function<List<Metric>, TaskMetrics> shower;
  private volatile FeedStatus status =
      new FeedStatus(
          Optional.empty(),
          FeedState.STARTING,
          new TreeSet<>(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          "",
          "",
          0,
          0);
  private volatile Optional<TaskMetrics> shown = Optional.empty();
  private volatile long heldBytes;

  Figures(Counters counters, Function<List<Metric>, TaskMetrics> shower) {
    this.counters = counters;
    this.shower = shower;
  }

  /** Begins to show them, once. */
  void show() {
    if (shown.isEmpty()) {
      shown =
          Optional.of(
              shower.apply(
                  Arrays.stream(ReaderMeter.values())
                      .map(
                          meter ->
                              new Metric(meter.shown(), meter.meaning(), () -> meter.value(this)))
                      .toList()));
    }
  }

  void now(FeedStatus told, long held) {
    status = told;
    heldBytes = held;
  }

  FeedStatus status() {
    return status;
  }

  Counters counters() {
    return counters;
  }

  long heldBytes() {
    return heldBytes;
  }

  @Override
  public void close() {
    shown.ifPresent(TaskMetrics::close);
  }
}

package dev.belay.source.sinkless;

import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.report.JmxBean;
import java.util.Map;
import java.util.Optional;
import javax.management.ObjectName;

/** Shows a task's figures in JMX. The task's thread writes, any thread reads. */
final class Figures implements FeedMXBean, AutoCloseable {
  private final Counters counters;
  private final String connector;
  private final int task;
  private volatile Optional<JmxBean> shown = Optional.empty();
  private volatile FeedState state = FeedState.STARTING;
  private volatile long secondsBehind = -1;
  private volatile long gcWindowLeft = -1;
  private volatile long heldBytes;

  Figures(String connector, int task, Counters counters) {
    this.connector = connector;
    this.task = task;
    this.counters = counters;
  }

  /** Begins to show them; a predecessor that has not ended yet gives its name up. */
  void show() {
    shown =
        Optional.of(
            JmxBean.show(
                this,
                "source-feed",
                Map.of("connector", ObjectName.quote(connector), "task", Integer.toString(task))));
  }

  void now(FeedStatus status, long held) {
    state = status.state();
    secondsBehind = status.secondsBehind().orElse(-1);
    gcWindowLeft = status.gcWindowLeft().orElse(-1);
    heldBytes = held;
  }

  @Override
  public String getState() {
    return state.name();
  }

  @Override
  public long getSecondsBehind() {
    return secondsBehind;
  }

  @Override
  public long getGcWindowLeftSeconds() {
    return gcWindowLeft;
  }

  @Override
  public long getHeldBytes() {
    return heldBytes;
  }

  @Override
  public long getRowsTotal() {
    return counters.rows.sum();
  }

  @Override
  public long getWindowsTotal() {
    return counters.windows.sum();
  }

  @Override
  public long getRowsLeftOutTotal() {
    return counters.leftOut.sum();
  }

  @Override
  public long getRowsRepeatedTotal() {
    return counters.repeated.sum();
  }

  @Override
  public long getRowsEarlyTotal() {
    return counters.early.sum();
  }

  @Override
  public long getRowsSpilledTotal() {
    return counters.spilled.sum();
  }

  @Override
  public long getReconnectsTotal() {
    return counters.reconnects.sum();
  }

  @Override
  public void close() {
    shown.ifPresent(JmxBean::close);
  }
}

package dev.belay.source.report;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;
import org.apache.kafka.connect.source.SourceTaskContext;

/**
 * Shows the feed's status as metrics; by ourselves as {@code
 * dev.belay:type=source-task,connector=NAME}. The task's thread shows; metrics are read from any.
 */
public final class FeedMeters implements AutoCloseable {
  private volatile List<FeedStatus> last = List.of();
  private final TaskMetrics shown;

  private FeedMeters(SourceTaskContext context, String connector) {
    this.shown =
        TaskMetrics.show(
            context,
            Arrays.stream(FeedMeter.values())
                .map(
                    meter ->
                        new TaskMetrics.Metric(
                            meter.shown(), meter.meaning(), () -> meter.value(last)))
                .toList(),
            Map.of("connector", ObjectName.quote(connector)));
  }

  public static FeedMeters of(SourceTaskContext context, String connector) {
    return new FeedMeters(context, connector);
  }

  /** What the metrics say from now on. */
  public void show(List<FeedStatus> all) {
    last = List.copyOf(all);
  }

  @Override
  public void close() {
    shown.close();
  }
}

package dev.belay.source;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.report.FeedState;
import dev.belay.source.report.FeedStatus;
import dev.belay.source.report.StatusRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A task that may not read its tables, or has none: it tells the status topic why, and fails. The
 * task's thread, but for {@link #close}.
 */
final class RefusedFeed implements Delivery {
  private static final String REMEDY = "Mend the cause, then restart the connector.";
  private static final long PATIENCE_MILLIS = 500;

  private final SourceConfig config;
  private final String why;
  private final TableShare share;
  private final StatusRecords status;
  private final MadeTopic statusTopic;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean told;

  /**
   * @param share with what stands in the way
   */
  RefusedFeed(SourceConfig config, TableShare share, StatusRecords status) {
    this.config = config;
    this.why = share.refusal();
    this.share = share;
    this.status = status;
    this.statusTopic = new MadeTopic(config);
  }

  @Override
  public List<SourceRecord> poll() throws InterruptedException {
    if (told && config.failWhenActionIsNeeded()) {
      throw new ConnectException(why + " " + REMEDY);
    }
    if (told || !statusTopic.isThere()) {
      closed.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
    if (!statusTopic.isThere()) {
      return null;
    }
    List<SourceRecord> records = new ArrayList<>();
    if (!told) {
      records.addAll(status.forgetTasks(FormerTasks.of(config, share)));
      told = true;
    }
    records.addAll(
        status.of(
            List.of(
                new FeedStatus(
                    Optional.empty(),
                    FeedState.NEEDS_ACTION,
                    // the next start goes by them
                    share.tables(),
                    Optional.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    why,
                    REMEDY,
                    0,
                    0))));
    return records.isEmpty() ? null : records;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}

package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a reader has and the task has not taken: no more than there is room for. */
class HandOverTest {
  private static final TableName TABLE = new TableName("db", "public", "t");
  private static final Route ROUTE = new Routes(List.of(TABLE), true, "").of(TABLE);
  private static final FeedItem.Row ROW =
      new FeedItem.Row(ROUTE, new byte[10], new byte[862], new HlcTimestamp(1, 0));

  private final HandOver handOver = new HandOver(10 * ROW.bytes());
  private final AtomicInteger given = new AtomicInteger();
  private final Thread reader = new Thread(this::giveForEver, "reader");

  private void giveForEver() {
    try {
      while (handOver.put(ROW)) {
        given.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitWaiting() {
    await().until(() -> reader.getState() == Thread.State.WAITING);
  }

  @Test
  void aReaderWhoseRowsNobodyTakesWaitsAtTheLimitAndGoesOnWhenTheyAreTaken() throws Exception {
    reader.start();
    try {
      awaitWaiting();
      assertThat(given).hasValue(10);
      assertThat(handOver.take(0)).hasSize(10);
      await().until(() -> given.get() == 20);
      awaitWaiting();
      assertThat(given).hasValue(20);
    } finally {
      handOver.close();
      reader.join(TimeUnit.SECONDS.toMillis(10));
    }
    // whoever waited for room has gone
    assertThat(reader.isAlive()).isFalse();
  }

  @Test
  void oneThatIsLargerThanTheLimitPassesAlone() throws Exception {
    FeedItem.Row large =
        new FeedItem.Row(ROUTE, new byte[0], new byte[100_000], new HlcTimestamp(1, 0));
    assertThat(handOver.put(large)).isTrue();
    reader.start();
    try {
      awaitWaiting();
      assertThat(given).hasValue(0);
      assertThat(handOver.take(0)).hasSize(1);
      await().until(() -> given.get() == 10);
    } finally {
      handOver.close();
      reader.join(TimeUnit.SECONDS.toMillis(10));
    }
  }
}

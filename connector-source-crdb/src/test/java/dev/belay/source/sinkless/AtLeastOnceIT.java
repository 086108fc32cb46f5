package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.feed.HlcTimestamp;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where the worker has no exactly-once: rows may come twice, none is missing. */
class AtLeastOnceIT {

  @Test
  void killedWorkerMissesNothing() throws Exception {
    try (Parts parts = Parts.atLeastOnce()) {
      parts.table("a");
      HlcTimestamp begin = parts.now();
      parts.topics.create("job_defaultdb.public.a", 3);
      parts.job("job_", begin, "a");
      parts.create(
          "loose", "a", Map.of("feed.initial.scan", "no", "feed.cursor", begin.toString()));
      Random random = new Random(8);
      try (Connection session = parts.cluster.connect()) {
        for (int i = 0; i < 3; i++) {
          Parts.work(session, random, 150, "a");
          parts.worker.kill9();
          Parts.work(session, random, 50, "a");
          parts.worker.restart();
        }
        parts.rest().awaitRunning("loose", Parts.LIMIT);
        Parts.work(session, random, 50, "a");
      }
      HlcTimestamp end = parts.now();
      Contents found = Contents.until(parts.bootstrap(), end, "defaultdb.public.a");
      Contents told = Contents.until(parts.bootstrap(), end, "job_defaultdb.public.a");
      HlcTimestamp first = found.earliest();
      Map<String, List<String>> expected = Contents.withoutRepeats(told.rowsByKey(end, "job_"));
      assertThat(Contents.differences(Contents.withoutRepeats(found.rowsByKey(end, "")), expected))
          .as("first row at %s", first)
          .isEmpty();
    }
  }
}

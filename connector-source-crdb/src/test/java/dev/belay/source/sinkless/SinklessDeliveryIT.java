package dev.belay.source.sinkless;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.source.feed.HlcTimestamp;
import java.sql.Connection;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Topics that a task fills are those that a changefeed to Kafka fills. */
class SinklessDeliveryIT {
  private static Parts parts;

  @BeforeAll
  static void start() throws Exception {
    parts = Parts.exactlyOnce();
  }

  @AfterAll
  static void stop() throws Exception {
    parts.close();
  }

  @Test
  void topicsAreThoseOfAChangefeedToKafka() throws Exception {
    parts.table("a");
    parts.table("\"Odd ☃ name\"");
    String odd = "Odd_u0020__u2603__u0020_name";
    HlcTimestamp begin = parts.now();
    for (String topic : new String[] {"defaultdb.public.a", "defaultdb.public." + odd}) {
      parts.topics.create("job_" + topic, 3);
    }
    parts.job("job_", begin, "a", "\"Odd ☃ name\"");
    parts.create(
        "same",
        "a,\"Odd ☃ name\"",
        Map.of(
            "feed.initial.scan",
            "no",
            "feed.cursor",
            begin.toString(),
            "feed.topic.prefix",
            "own_"));
    try (Connection session = parts.cluster.connect()) {
      Parts.work(session, new Random(1), 300, "a", "\"Odd ☃ name\"");
    }
    HlcTimestamp end = parts.now();

    Contents own =
        Contents.until(
            parts.bootstrap(), end, "own_defaultdb.public.a", "own_defaultdb.public." + odd);
    Contents job =
        Contents.until(
            parts.bootstrap(), end, "job_defaultdb.public.a", "job_defaultdb.public." + odd);
    assertThat(own.rowsByKey(end, "own_")).isEqualTo(job.rowsByKey(end, "job_")).hasSize(80);
    assertThat(own.brokenPromises()).isEmpty();

    JsonNode offsets = parts.rest().offsets("same").path("offsets");
    assertThat(offsets).hasSize(2);
    for (JsonNode offset : offsets) {
      assertThat(HlcTimestamp.parse(offset.path("offset").path("cursor").asText())).isPresent();
    }
    parts.rest().delete("same");
  }
}

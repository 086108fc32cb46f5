package dev.belay.sink.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.sink.failure.StopException;
import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.RealParts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopicWatchIT {
  @RegisterExtension static final RealParts PARTS = new RealParts();
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String UNKNOWN_NAME = "kafka.invalid:9092";

  @Test
  void aNameThatResolvesLaterIsFoundByThen() throws Exception {
    Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", UNKNOWN_NAME));
    try (Feed feed = new Feed(PARTS);
        TopicWatch topics =
            new TopicWatch(
                () -> Admin.create(settings), List.of(feed.topic("orders")), Optional.empty())) {
      feed.create("orders", 2);
      assertThatExceptionOfType(TopicWatch.KafkaAwayException.class)
          .isThrownBy(() -> topics.surveyWithin(LIMIT))
          .withMessageContaining("kafka.admin.bootstrap.servers");
      settings.put("bootstrap.servers", PARTS.bootstrapServers());
      assertThat(topics.surveyWithin(LIMIT).partitions()).hasSize(2);
    }
  }

  @Test
  void whoeverDoesNotWaitLearnsOfAnUnknownNameFromTheAnswer() {
    try (TopicWatch topics =
        new TopicWatch(
            () -> Admin.create(Map.of("bootstrap.servers", UNKNOWN_NAME)),
            List.of("orders"),
            Optional.empty())) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> topics.survey().toCompletableFuture().get())
          .withCauseInstanceOf(TopicWatch.KafkaAwayException.class);
    }
  }

  @Test
  void settingsThatCannotWorkAreNoOutage() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", PARTS.bootstrapServers(),
            "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", "SCRAM-SHA-512");
    try (TopicWatch topics =
        new TopicWatch(() -> Admin.create(settings), List.of("orders"), Optional.empty())) {
      assertThatExceptionOfType(StopException.class)
          .isThrownBy(() -> topics.surveyWithin(LIMIT))
          .withMessageContaining("java.security.auth.login.config");
    }
  }
}

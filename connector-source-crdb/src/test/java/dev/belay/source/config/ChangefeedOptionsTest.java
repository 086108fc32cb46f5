package dev.belay.source.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options by which the user takes our own keys' place. */
class ChangefeedOptionsTest {

  @ParameterizedTest
  @CsvSource({
    "72h, 259200000",
    "72h0m0s, 259200000",
    "1h30m, 5400000",
    "1.5h, 5400000",
    ".5s, 500",
    "90m, 5400000",
    "1500ms, 1500",
    "0, 0"
  })
  void durationsAreReadAsCockroachDbReadsThem(String text, long millis) {
    assertThat(ChangefeedOptions.duration(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "72", "3d", "h", "1h 30m", "-1h", "unset"})
  void whatIsNoneIsNotGuessed(String text) {
    assertThat(ChangefeedOptions.duration(text)).isEmpty();
  }

  @Test
  void anOptionOfTheUserIsForHowLongAJobProtects() {
    assertThat(protection(Map.of())).contains(Duration.ofDays(3));
    assertThat(protection(Map.of("feed.gc.protect.expires.after.ms", "7200000")))
        .contains(Duration.ofHours(2));
    assertThat(
            protection(
                Map.of(
                    "feed.gc.protect.expires.after.ms", "7200000",
                    "feed.option.gc_protect_expires_after", "5h")))
        .contains(Duration.ofHours(5));
    // by changefeed.protect_timestamp.max_age
    assertThat(protection(Map.of("feed.option.gc_protect_expires_after", "unset"))).isEmpty();
    assertThat(protection(Map.of("feed.option.gc_protect_expires_after", "0s"))).isEmpty();
  }

  @Test
  void anOptionOfTheUserIsHowOftenTheResolvedTimeMoves() {
    assertThat(config(Map.of("feed.resolved.interval.ms", "2000")).checkpointsOfJobs())
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(checkpoints("10m")).isEqualTo(Duration.ofMinutes(10));
    // CockroachDB's own
    assertThat(checkpoints("unset")).isEqualTo(Duration.ofSeconds(30));
  }

  private static Duration checkpoints(String option) {
    return config(
            Map.of(
                "feed.resolved.interval.ms",
                "2000",
                "feed.option.min_checkpoint_frequency",
                option))
        .checkpointsOfJobs();
  }

  @Test
  void whatCockroachDbWouldNotReadIsNamed() {
    assertThat(ChangefeedOptions.unreadable(Map.of("gc_protect_expires_after", "3d")))
        .containsExactly("gc_protect_expires_after");
    assertThat(ChangefeedOptions.unreadable(Map.of("min_checkpoint_frequency", "")))
        .containsExactly("min_checkpoint_frequency");
    assertThat(
            ChangefeedOptions.unreadable(
                Map.of("gc_protect_expires_after", "unset", "min_checkpoint_frequency", "0")))
        .isEmpty();
  }

  private static Optional<Duration> protection(Map<String, String> more) {
    return config(more).gcProtectionOfJobs();
  }

  private static SourceConfig config(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "shop-feed");
    settings.put("source.connection.url", "jdbc:postgresql://127.0.0.1:26257/shop");
    settings.put("source.connection.user", "belay");
    settings.put("feed.tables", "orders");
    settings.put("kafka.admin.bootstrap.servers", "127.0.0.1:9092");
    settings.putAll(more);
    return new SourceConfig(settings);
  }
}

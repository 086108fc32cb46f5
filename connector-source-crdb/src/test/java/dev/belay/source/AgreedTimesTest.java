package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Without Kafka; with it there are TwinIT and KafkaRightsIT. */
class AgreedTimesTest {
  private static final TableName ORDERS = new TableName("shop", "public", "orders");

  @Test
  void whoCannotAskBeginsNowAndHasNobodyToBlameWhenThatIsRefused() {
    SourceConfig config =
        new SourceConfig(
            Map.of(
                "name", "feed",
                "source.connection.url", "jdbc:postgresql://127.0.0.1:1/shop",
                "source.connection.user", "belay",
                "feed.sink.uri", "kafka://127.0.0.1:1",
                "kafka.admin.bootstrap.servers", "nowhere.invalid:9092"));
    AgreedTimes times = new AgreedTimes(config, "shop", new MadeTopic(config));
    HlcTimestamp now = new HlcTimestamp(1_701_102_296_662_969_433L, 0);
    Survey survey = new Survey(now, List.of(), Map.of());
    assertThat(times.on(Set.of(ORDERS), survey)).isEqualTo(Map.of(ORDERS, now));
    assertThat(times.refused(Set.of(ORDERS), now)).isFalse();
  }
}

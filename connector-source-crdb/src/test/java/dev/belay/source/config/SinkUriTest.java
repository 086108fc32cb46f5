package dev.belay.source.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether two feeds write to the same topics, by what the cluster shows of each. */
class SinkUriTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kafka://b1:9093,b2:9093 | p_ | kafka://b1:9093?topic_prefix=p_         | true
          kafka://b1:9093,b2:9093 | p_ | kafka://B2:9093,b1:9093?topic_prefix=p_ | true
          kafka://b1:9093         | p_ | kafka://b1:9093?topic_prefix=q_         | false
          kafka://b1:9093         | p_ | kafka://b3:9093?topic_prefix=p_         | false
          kafka://b1:9093         | '' | kafka://b1:9093                         | true
          kafka://user@b1:9093    | '' | kafka://b1:9093                         | true
          external://k            | '' | external://k                            | true
          external://k            | '' | external://other                        | false
          external://k            | '' | kafka://k                               | false
          """)
  void brokersAreComparedAsSets(String base, String prefix, String other, boolean shared) {
    assertThat(uri(base, prefix).sharesTopicsWith(other)).isEqualTo(shared);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kafka://b1:9093 | p_ | external://k                    | true
          external://k    | '' | kafka://b1:9093?topic_prefix=p_ | true
          external://k    | '' | external://other                | true
          kafka://b1:9093 | p_ | kafka://b3:9093?topic_prefix=p_ | true
          kafka://b1:9093 | p_ | kafka://b3:9093?topic_prefix=q_ | false
          """)
  void whatNobodyCanTellMayBeShared(String base, String prefix, String other, boolean shared) {
    assertThat(uri(base, prefix).mayShareTopicsWith(other)).isEqualTo(shared);
  }

  private static SinkUri uri(String base, String prefix) {
    return new SinkUri(base, prefix.isEmpty() ? Map.of() : Map.of("topic_prefix", prefix));
  }
}

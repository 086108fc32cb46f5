package dev.belay.source.sinkless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.feed.HlcTimestamp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitTimeTest {
  private static final String TEXT = "1701102296662969433.0000000012";
  private static final Optional<HlcTimestamp> TIME =
      Optional.of(new HlcTimestamp(1701102296662969433L, 12));

  private static Optional<HlcTimestamp> of(String value) {
    return CommitTime.of(value.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"after\": {\"id\": 1}, \"updated\": \"%s\"}",
        "{\"after\": null, \"before\": null, \"updated\": \"%s\"}",
        "{\"after\": {\"updated\": \"2.0000000000\"}, \"key\": [1], \"updated\": \"%s\"}",
        "{\"after\": {\"v\": \"\\\"updated\\\": \\\"2.0000000000\"}, \"updated\": \"%s\"}",
        // not as CockroachDB writes it, but the same
        "{\"updated\":\"%s\",\"after\":{\"updated\":\"2.0\"}}",
        "{\"updated\": \"%s\", \"z\": \"\\\"updated\\\": \\\"2.0000000000\"}",
        "{\"after\": {\"id\": 1}, \"updated\": \"%s\" }"
      })
  void commitTimeOfAWrappedRowIsFound(String value) {
    assertThat(of(value.formatted(TEXT))).isEqualTo(TIME);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"after\": {\"a\": 1}, \"op\": \"c\", \"source\": {\"table_name\": \"t\", \"ts_hlc\": \"%s\","
            + " \"ts_ns\": 1701102296662969433}, \"ts_ns\": 1701102561022789676}",
        "{\"after\": {\"ts_hlc\": \"2.0000000000\", \"ts_ns\": 3}, \"op\": \"c\", \"source\":"
            + " {\"ts_hlc\": \"%s\", \"ts_ns\": 17}, \"ts_ns\": 18}",
        "{\"payload\": {\"after\": null, \"source\": {\"ts_hlc\": \"%s\", \"ts_ns\": 17}, \"ts_ns\": 18},"
            + " \"schema\": {}}",
        "{\"source\":{\"ts_ns\":17,\"ts_hlc\":\"%s\"},\"ts_ns\":18}"
      })
  void commitTimeOfAnEnrichedRowIsThatOfItsSource(String value) {
    assertThat(of(value.formatted(TEXT))).isEqualTo(TIME);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"after\": {\"id\": 1}}",
        "{\"after\": {\"updated\": \"2.0000000000\"}}",
        "{\"after\": {\"id\": 1}, \"op\": \"c\", \"ts_ns\": 18}",
        "",
        "{}",
        "}",
        "no JSON"
      })
  void valueWithoutCommitTimeHasNone(String value) {
    assertThat(of(value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"resolved\":\"%s\"}",
        "{\"resolved\": \"%s\"}",
        "{\"payload\": {\"resolved\": \"%s\"}}"
      })
  void resolvedTimeIsFound(String value) {
    assertThat(CommitTime.resolved(value.formatted(TEXT).getBytes(UTF_8))).isEqualTo(TIME);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrapped", "enriched"})
  void goldenSamplesSayTheSame(String file) throws Exception {
    Path samples = Path.of("../testkit/src/test/resources/golden/" + file + ".jsonl");
    JsonMapper json = new JsonMapper();
    int compared = 0;
    for (String line : Files.readAllLines(samples)) {
      JsonNode sample = json.readTree(line);
      JsonNode updated = sample.path("expect").path("updated");
      if (updated.isTextual() && sample.path("value").isTextual()) {
        assertThat(of(sample.path("value").asText()))
            .as(sample.path("id").asText())
            .isEqualTo(HlcTimestamp.parse(updated.asText()));
        compared++;
      }
    }
    assertThat(compared).as("samples of %s with a time", file).isPositive();
  }

  @Test
  void largestTimeIsRead() {
    assertThat(of("{\"after\": null, \"updated\": \"9223372036854775807.2147483647\"}"))
        .contains(new HlcTimestamp(Long.MAX_VALUE, Integer.MAX_VALUE));
    assertThat(of("{\"after\": null, \"updated\": \"9223372036854775808.0000000000\"}")).isEmpty();
  }
}

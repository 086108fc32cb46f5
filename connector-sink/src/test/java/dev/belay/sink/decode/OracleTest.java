package dev.belay.sink.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.belay.sink.Seeds;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Rejected;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two decoders that share nothing must read every record alike, or both refuse it. */
class OracleTest {
  private static final int INPUTS = 10_000;

  @Test
  void badInputIsAppliedAsTheOracleSaysOrRejectedWithAReason() {
    Map<FeedFormat, Decoder> decoders = new HashMap<>();
    Map<String, Integer> kinds = new TreeMap<>();

    assertTimeoutPreemptively(
        Duration.ofSeconds(120),
        () ->
            Seeds.each(
                INPUTS,
                random -> {
                  BadInput input = BadInput.random(random);
                  // one decoder for many records: damage must not outlive its record
                  Decoder decoder = decoders.computeIfAbsent(input.feed(), Decoder::of);
                  kinds.merge(assertAgreed(decoder, input).kind(), 1, Integer::sum);
                }));

    if (Long.getLong("belay.seed") == null) {
      assertThat(kinds).containsOnlyKeys("upsert", "delete", "resolved", "rejected");
      assertThat(kinds.get("upsert")).isGreaterThan(INPUTS / 10);
      assertThat(kinds.get("rejected")).isGreaterThan(INPUTS / 3);
    }
  }

  static Meaning assertAgreed(Decoder decoder, BadInput input) {
    Decoded decoded = decoder.decode(Decoding.HERE, input.topic(), input.key(), input.value());
    Meaning said = Oracle.ask(input.feed(), input.topic(), input.key(), input.value());

    assertThat(Meaning.of(decoded)).as("%s", input).isEqualTo(said);
    assertThat(decoded.origin()).isEqualTo(Decoding.HERE);
    if (decoded instanceof Rejected rejected) {
      assertThat(rejected.reason()).as("%s", input).contains(". ").endsWith(".");
    }
    return said;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.belay.sink.decode.GoldenTest#json")
  void goodInputIsReadAlike(GoldenLine line) {
    for (FeedFormat feed : new FeedFormat[] {line.feed(), FeedFormat.AUTO}) {
      BadInput good = new BadInput(feed, line.topic(), line.key(), line.value());
      assertThat(assertAgreed(Decoder.of(feed), good).isRejected()).isFalse();
    }
  }
}

package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Looks for bytes that lead a decoder where none led before, and holds each against the oracle. It
 * begins with CockroachDB's own messages.
 */
class DecoderFuzzTest {
  private static final FeedFormat FEED = FeedFormat.AUTO.withOpColumn("op");

  /** One message of each form: the fuzzer is slow to take up its seeds. */
  static Stream<Arguments> golden() {
    Map<String, GoldenLine> forms = new LinkedHashMap<>();
    GoldenLine.all()
        .filter(line -> !line.isSequence() && line.hasBytes() && line.value() != null)
        .forEach(line -> forms.putIfAbsent(line.file() + form(line), line));
    return forms.values().stream().map(line -> Arguments.of(line.key(), line.value()));
  }

  private static String form(GoldenLine line) {
    return line.feed().envelope()
        + new String(line.value(), UTF_8).replaceAll("\"[^\"]*\"|[^\\[\\]{}]", "");
  }

  /** One test for all of them, since the fuzzer runs one in a JVM. */
  @MethodSource("golden")
  @FuzzTest(maxDuration = "10s")
  void everyDecoderAgreesWithTheOracle(byte[] key, byte[] value) {
    // never throws, whatever it is given
    Decoder.of(FEED.withEnvelope(Envelope.DEBEZIUM)).decode(Decoding.HERE, "foo", key, value);
    for (Envelope envelope : BadInput.ENVELOPES) {
      FeedFormat feed = FEED.withEnvelope(envelope);
      OracleTest.assertAgreed(Decoder.of(feed), new BadInput(feed, "foo", key, value));
    }
  }
}

package dev.belay.sink.decode;

import static dev.belay.sink.decode.Decoding.delete;
import static dev.belay.sink.decode.Decoding.reason;
import static dev.belay.sink.decode.Decoding.resolved;
import static dev.belay.sink.decode.Decoding.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AutoDecoderTest {
  private static final FeedFormat AUTO = FeedFormat.AUTO;

  @Test
  void afterWithNothingForeignIsWrapped() {
    assertThat(upsert(AUTO, "[1]", "{\"after\": {\"a\": 1}, \"updated\": \"1.0\"}").row().names())
        .containsExactly("a");
    delete(AUTO, "[1]", "{\"after\": null}");
  }

  @Test
  void afterWithOpIsEnriched() {
    assertThat(
            upsert(AUTO, "{\"a\": 1}", "{\"after\": {\"a\": 1}, \"op\": \"c\", \"ts_ns\": 1}")
                .info()
                .op())
        .isEqualTo("c");
  }

  @Test
  void columnsThatOnlyResembleAnEnvelopeAreBare() {
    assertThat(upsert(AUTO, "[1]", "{\"after\": \"x\"}").row().names()).containsExactly("after");
    assertThat(upsert(AUTO, "[1]", "{\"after\": {\"x\": 1}, \"b\": 1}").row().names())
        .containsExactly("after", "b");
    assertThat(upsert(AUTO, "[1]", "{\"op\": \"c\", \"ts_ns\": 1}").row().names())
        .containsExactly("op", "ts_ns");
  }

  @Test
  void nullValueWithKeyIsDeleteOfRowFeed() {
    delete(AUTO, "[1]", null);
    assertThat(reason(AUTO, null, null)).contains("no key");
  }

  @Test
  void resolvedIsReadInBothForms() {
    resolved(AUTO, null, "{\"resolved\":\"1.0000000002\"}");
    resolved(AUTO, null, "{\"__crdb__\":{\"resolved\":\"1.0000000002\"}}");
  }

  @Test
  void columnNamedResolvedIsToldByItsKey() {
    assertThat(upsert(AUTO, "[1]", "{\"resolved\":\"1.0000000002\"}").row().names())
        .containsExactly("resolved");
  }

  @Test
  void debeziumEventIsRejectedByName() {
    assertThat(
            reason(
                AUTO,
                "{\"id\": 1}",
                "{\"before\": null, \"after\": {\"id\": 1}, \"source\": {}, \"op\": \"c\", \"ts_ms\":"
                    + " 1, \"transaction\": null}"))
        .contains("Debezium");
  }
}

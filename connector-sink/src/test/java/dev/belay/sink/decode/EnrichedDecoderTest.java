package dev.belay.sink.decode;

import static dev.belay.sink.decode.Decoding.decode;
import static dev.belay.sink.decode.Decoding.delete;
import static dev.belay.sink.decode.Decoding.feed;
import static dev.belay.sink.decode.Decoding.reason;
import static dev.belay.sink.decode.Decoding.resolved;
import static dev.belay.sink.decode.Decoding.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.Upsert;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnrichedDecoderTest {
  private static final FeedFormat ENRICHED = feed(Envelope.ENRICHED);
  private static final KeyParts KEY = new KeyParts(List.of("a"), List.of(new Datum.Number("1")));

  @Test
  void processingTimeIsNoVersion() {
    Upsert change =
        upsert(ENRICHED, "{\"a\": 1}", "{\"after\": {\"a\": 1}, \"op\": \"c\", \"ts_ns\": 99}");

    assertThat(change.version()).isEqualTo(HlcTimestamp.NONE);
  }

  @Test
  void versionIsTheSourcesHlcTime() {
    Upsert change =
        upsert(
            ENRICHED,
            "{\"a\": 1}",
            "{\"source\": {\"ts_hlc\": \"12.0000000003\", \"ts_ns\": 12, \"mvcc_timestamp\":"
                + " \"11.0000000000\", \"database_name\": \"d\", \"schema_name\": \"s\","
                + " \"table_name\": \"bar\", \"later\": {\"x\": []}}, \"after\": {\"a\": 1}, \"op\":"
                + " \"u\", \"ts_ns\": 99}");

    assertThat(change.version()).isEqualTo(new HlcTimestamp(12, 3));
    assertThat(change.info().mvcc()).isEqualTo(new HlcTimestamp(11, 0));
    assertThat(change.info().table()).isEqualTo(new TableName("d", "s", "bar"));
    assertThat(change.info().op()).isEqualTo("u");
  }

  @Test
  void payloadIsReadOnEitherSideOfItsSchema() {
    String payload = "\"payload\": {\"after\": {\"a\": 1}, \"op\": \"c\", \"ts_ns\": 9}";
    String schema = "\"schema\": {\"type\": \"struct\", \"fields\": []}";
    String key = "{\"payload\": {\"a\": 1}, \"schema\": {\"type\": \"struct\"}}";

    assertThat(upsert(ENRICHED, key, "{" + payload + ", " + schema + "}").info().key())
        .isEqualTo(KEY);
    assertThat(upsert(ENRICHED, key, "{" + schema + ", " + payload + "}").info().key())
        .isEqualTo(KEY);
    assertThat(reason(ENRICHED, key, "{" + payload + "}")).contains("payload and schema");
    assertThat(reason(ENRICHED, key, "{" + payload + ", " + schema + ", \"op\": \"c\"}"))
        .contains("twice");
  }

  @Test
  void keyColumnsNamedPayloadAndSchemaStayColumns() {
    Upsert change =
        upsert(
            ENRICHED,
            "{\"payload\": 1, \"schema\": \"x\"}",
            "{\"after\": {}, \"op\": \"c\", \"ts_ns\": 9}");

    assertThat(change.info().key().names()).containsExactly("payload", "schema");
  }

  @Test
  void keyInValueWithNamesInOtherOrderAgrees() {
    assertThat(
            delete(
                    ENRICHED,
                    "{\"a\": 1, \"b\": 2}",
                    "{\"after\": null, \"key\": {\"b\": 2, \"a\": 1}, \"op\": \"d\", \"ts_ns\": 9}")
                .info()
                .key()
                .names())
        .containsExactly("a", "b");
    assertThat(
            reason(
                ENRICHED,
                "{\"a\": 1, \"b\": 2}",
                "{\"after\": null, \"key\": {\"b\": 1, \"a\": 2}, \"op\": \"d\", \"ts_ns\": 9}"))
        .contains("differ");
  }

  @Test
  void opThatContradictsTheRowIsRejected() {
    assertThat(reason(ENRICHED, "{\"a\": 1}", "{\"after\": {\"a\": 1}, \"op\": \"d\"}"))
        .contains("contradict");
    assertThat(reason(ENRICHED, "{\"a\": 1}", "{\"after\": null, \"op\": \"u\"}"))
        .contains("contradict");
    assertThat(reason(ENRICHED, "{\"a\": 1}", "{\"after\": {\"a\": 1}, \"op\": \"r\"}"))
        .contains("op of c, u or d");
  }

  @Test
  void messageOfWrappedFeedIsRejected() {
    assertThat(reason(ENRICHED, "[1]", "{\"after\": {\"a\": 1}, \"updated\": \"1.0\"}"))
        .contains("field updated", "envelope=enriched");
    assertThat(reason(ENRICHED, "[1]", "{\"after\": {\"a\": 1}}")).contains("op of c, u or d");
  }

  @Test
  void resolvedNeedsNoOp() {
    assertThat(resolved(ENRICHED, null, "{\"resolved\":\"1.0000000002\"}").time())
        .isEqualTo(new HlcTimestamp(1, 2));
  }

  @Test
  void nullValueIsRejected() {
    assertThat(reason(ENRICHED, "{\"a\": 1}", null)).contains("envelope=enriched");
  }

  @Test
  void tablesOfSharedTopicAreNamedByTheSource() {
    FeedFormat shared = ENRICHED.withTopicName("all");
    String source = "\"source\": {\"table_name\": \"users\"}, ";
    String rest = "\"after\": {\"a\": 1}, \"op\": \"c\", \"ts_ns\": 9}";

    assertThat(upsert(shared, "all", "{\"a\": 1}", "{" + source + rest).info().table())
        .isEqualTo(TableName.of("users"));
    assertThat(reason(decode(shared, "all", "{\"a\": 1}", "{" + rest)))
        .contains("enriched_properties=source");
  }

  @Test
  void familyComesFromTheTopicAlsoBesideSource() {
    Upsert change =
        upsert(
            ENRICHED,
            "users.most",
            "{\"a\": 1}",
            "{\"source\": {\"table_name\": \"users\"}, \"after\": {\"a\": 1}, \"op\": \"c\","
                + " \"ts_ns\": 9}");

    assertThat(change.info().family()).isEqualTo("most");
  }
}

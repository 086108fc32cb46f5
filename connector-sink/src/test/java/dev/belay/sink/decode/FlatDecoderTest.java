package dev.belay.sink.decode;

import static dev.belay.sink.decode.Decoding.delete;
import static dev.belay.sink.decode.Decoding.feed;
import static dev.belay.sink.decode.Decoding.reason;
import static dev.belay.sink.decode.Decoding.resolved;
import static dev.belay.sink.decode.Decoding.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Upsert;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlatDecoderTest {
  private static final FeedFormat BARE = feed(Envelope.BARE);
  private static final FeedFormat ROW = feed(Envelope.ROW);

  @Test
  void metadataIsNoColumn() {
    Upsert change =
        upsert(
            BARE,
            null,
            "{\"a\": 1, \"__crdb__\": {\"updated\": \"7.0000000001\", \"mvcc_timestamp\":"
                + " \"6.0000000000\", \"key\": [1], \"topic\": \"foo\", \"later\": {}}, \"b\": 2}");

    assertThat(change.row().names()).containsExactly("a", "b");
    assertThat(change.info().updated()).isEqualTo(new HlcTimestamp(7, 1));
    assertThat(change.info().mvcc()).isEqualTo(new HlcTimestamp(6, 0));
    assertThat(change.info().key()).isEqualTo(KeyParts.unnamed(List.of(new Datum.Number("1"))));
  }

  @Test
  void nullValueIsDeleteOfRowFeedOnly() {
    assertThat(delete(ROW, "[1]", null).version()).isEqualTo(HlcTimestamp.NONE);
    assertThat(reason(BARE, "[1]", null)).contains("envelope=bare");
    assertThat(reason(ROW, null, null)).contains("no key");
  }

  @Test
  void bareDeleteIsUpsertUnlessTheOpColumnSaysMore() {
    String value = "{\"a\": 1, \"b\": null, \"op\": \"delete\"}";

    assertThat(upsert(BARE, "[1]", value).row().names()).containsExactly("a", "b", "op");
    assertThat(delete(BARE.withOpColumn("op"), "[1]", value).info().op()).isEqualTo("delete");
  }

  @Test
  void opColumnIsTakenOutOfTheRow() {
    Upsert change =
        upsert(BARE.withOpColumn("op"), "[1]", "{\"a\": 1, \"op\": \"upsert\", \"z\": 2}");

    assertThat(change.row().names()).containsExactly("a", "z");
    assertThat(change.info().op()).isEqualTo("upsert");
  }

  @Test
  void opColumnThatIsAbsentOrSaysSomethingElseIsRejected() {
    FeedFormat format = BARE.withOpColumn("op");

    assertThat(reason(format, "[1]", "{\"a\": 1}")).contains("op", "event_op()");
    assertThat(reason(format, "[1]", "{\"a\": 1, \"op\": \"c\"}")).contains("event_op()");
    assertThat(reason(format, "[1]", "{\"a\": 1, \"op\": null}")).contains("event_op()");
  }

  @Test
  void resolvedIsInTheMetadata() {
    String value = "{\"__crdb__\":{\"resolved\":\"1.0000000002\"}}";

    assertThat(resolved(BARE, null, value).time()).isEqualTo(new HlcTimestamp(1, 2));
    assertThat(resolved(ROW.withOpColumn("op"), null, value).time())
        .isEqualTo(new HlcTimestamp(1, 2));
    assertThat(resolved(feed(Envelope.KEY_ONLY), null, value).time())
        .isEqualTo(new HlcTimestamp(1, 2));
    assertThat(reason(BARE, "[1]", "{\"__crdb__\":{\"resolved\":\"1.0\"}, \"a\": 1}"))
        .contains("resolved");
  }

  @Test
  void columnNamedResolvedIsColumn() {
    assertThat(upsert(BARE, "[1]", "{\"resolved\":\"1.0000000002\"}").row().names())
        .containsExactly("resolved");
  }

  @Test
  void keyOnlyFeedIsRejectedWithTheEnvelopeToUse() {
    FeedFormat format = feed(Envelope.KEY_ONLY);

    assertThat(reason(format, "[1]", null)).contains("envelope=key_only", "envelope=wrapped");
    assertThat(reason(format, "[1]", "{\"a\": 1}")).contains("not null");
  }
}

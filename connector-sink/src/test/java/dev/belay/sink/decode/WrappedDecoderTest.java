package dev.belay.sink.decode;

import static dev.belay.sink.decode.Decoding.decode;
import static dev.belay.sink.decode.Decoding.delete;
import static dev.belay.sink.decode.Decoding.feed;
import static dev.belay.sink.decode.Decoding.reason;
import static dev.belay.sink.decode.Decoding.resolved;
import static dev.belay.sink.decode.Decoding.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.ChangeInfo.Before;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.Upsert;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrappedDecoderTest {
  private static final FeedFormat WRAPPED = feed(Envelope.WRAPPED);

  @Test
  void fieldsMayComeInAnyOrder() {
    Upsert change =
        upsert(
            WRAPPED,
            "[1]",
            "{\"updated\": \"7.0000000001\", \"topic\": \"foo\", \"before\": {\"a\": 1, \"b\": \"x\"},"
                + " \"mvcc_timestamp\": \"5.0000000000\", \"key\": [1], \"after\": {\"a\": 1}}");

    assertThat(change.row()).isEqualTo(new Row(List.of("a"), List.of(new Datum.Number("1"))));
    assertThat(change.info().updated()).isEqualTo(new HlcTimestamp(7, 1));
    assertThat(change.info().mvcc()).isEqualTo(new HlcTimestamp(5, 0));
    assertThat(change.info().before().row().value("b")).contains(new Datum.Text("x"));
    assertThat(change.info().table()).isEqualTo(TableName.of("foo"));
  }

  @Test
  void beforeThatIsNullDiffersFromBeforeThatWasNotSent() {
    Upsert notSent = upsert(WRAPPED, "[1]", "{\"after\": {\"a\": 1}}");
    Upsert inserted = upsert(WRAPPED, "[1]", "{\"after\": {\"a\": 1}, \"before\": null}");

    assertThat(notSent.info().before()).isEqualTo(Before.NOT_SENT);
    assertThat(inserted.info().before()).isEqualTo(Before.NO_ROW);
  }

  @Test
  void absentColumnDiffersFromNullColumn() {
    Row row = upsert(WRAPPED, "[1]", "{\"after\": {\"a\": 1, \"b\": null}}").row();

    assertThat(row.value("b")).contains(Datum.Null.NULL);
    assertThat(row.value("c")).isEmpty();
  }

  @Test
  void keyInValueStandsInForMissingKafkaKey() {
    assertThat(delete(WRAPPED, null, "{\"after\": null, \"key\": [5.00]}").info().key())
        .isEqualTo(KeyParts.unnamed(List.of(new Datum.Number("5.00"))));
  }

  @Test
  void keyInValueThatDiffersFromKafkaKeyIsRejected() {
    assertThat(reason(WRAPPED, "[\"dog\"]", "{\"after\": null, \"key\": [1]}"))
        .contains("differ", "key_column")
        .doesNotContain("dog");
  }

  @Test
  void deleteWithNeitherKeyNorBeforeIsRejected() {
    assertThat(reason(WRAPPED, null, "{\"after\": null}")).contains("no key");
    assertThat(delete(WRAPPED, null, "{\"after\": null, \"before\": {\"a\": 1}}").info().key())
        .isEqualTo(KeyParts.NONE);
  }

  @Test
  void resolvedIsReadWithSpacesAndWithout() {
    assertThat(resolved(WRAPPED, null, "{\"resolved\":\"1.0000000002\"}").time())
        .isEqualTo(new HlcTimestamp(1, 2));
    assertThat(resolved(WRAPPED, null, " { \"resolved\" : \"1.0000000002\" } ").time())
        .isEqualTo(new HlcTimestamp(1, 2));
  }

  @Test
  void resolvedBesideRowIsRejected() {
    assertThat(reason(WRAPPED, "[1]", "{\"resolved\":\"1.0\",\"after\":{\"a\":1}}"))
        .contains("resolved");
  }

  @Test
  void resolvedOfBareFeedIsNoPromiseOfWrappedFeed() {
    assertThat(reason(WRAPPED, null, "{\"__crdb__\":{\"resolved\":\"1.0000000002\"}}"))
        .contains("no field after");
  }

  @Test
  void fieldOfCockroachMetadataIsPassedOver() {
    assertThat(upsert(WRAPPED, "[1]", "{\"__crdb__\": {\"x\": [1]}, \"after\": {\"a\": 1}}").row())
        .isEqualTo(new Row(List.of("a"), List.of(new Datum.Number("1"))));
  }

  @Test
  void messageOfEnrichedFeedIsRejectedByItsExtraField() {
    assertThat(
            reason(WRAPPED, "{\"a\": 1}", "{\"after\": {\"a\": 1}, \"op\": \"c\", \"ts_ns\": 1}"))
        .contains("field op", "envelope=wrapped");
  }

  @Test
  void rowOfBareFeedIsRejected() {
    assertThat(reason(WRAPPED, "[1]", "{\"a\": 1}")).contains("field a");
    assertThat(reason(WRAPPED, "[1]", "{}")).contains("no field after");
  }

  @Test
  void nullValueIsRejected() {
    assertThat(reason(WRAPPED, "[1]", null)).contains("null", "envelope=row", "key_only");
  }

  @Test
  void columnsNamedLikeEnvelopeFieldsAreColumns() {
    Row row =
        upsert(
                WRAPPED,
                "[1]",
                "{\"after\": {\"after\": 1, \"before\": null, \"key\": 2, \"resolved\": \"x\"}}")
            .row();

    assertThat(row.names()).containsExactly("after", "before", "key", "resolved");
  }

  @Test
  void rowsOfOneShapeShareTheirNames() {
    Decoder decoder = Decoder.of(WRAPPED);
    byte[] key = Decoding.bytes("[1]");

    Upsert first = (Upsert) decoder.decode(Decoding.HERE, "foo", key, after("{\"a\":1,\"b\":2}"));
    Upsert other = (Upsert) decoder.decode(Decoding.HERE, "foo", key, after("{\"a\":1}"));
    Upsert again = (Upsert) decoder.decode(Decoding.HERE, "foo", key, after("{\"a\":3,\"b\":4}"));

    assertThat(again.row().names()).isSameAs(first.row().names());
    assertThat(other.row().names()).containsExactly("a");
    assertThat(first.row().values()).containsExactly(new Datum.Number("1"), new Datum.Number("2"));
  }

  @Test
  void recordAfterUnreadableOneDecodesAsEver() {
    Decoder decoder = Decoder.of(WRAPPED);
    byte[] key = Decoding.bytes("[1]");

    for (String broken :
        List.of("{\"after\": {\"a\": 1", "{\"after\": [", "{\"after\": {\"a\": x}}", "}")) {
      reason(decoder.decode(Decoding.HERE, "foo", key, Decoding.bytes(broken)));
      Decoded next = decoder.decode(Decoding.HERE, "foo", key, after("{\"a\": {\"n\": [1E+1]}}"));

      assertThat(((Upsert) next).row().value("a")).contains(new Datum.Json("{\"n\": [1E+1]}"));
    }
  }

  @Test
  void tablesOfSharedTopicAreNamedByTheValue() {
    FeedFormat shared = WRAPPED.withTopicName("all").withTopicPrefix("p_");
    String value = "{\"after\": {\"a\": 1}, \"topic\": \"movr.public.users\"}";

    assertThat(upsert(shared, "p_all", "[1]", value).info().table())
        .isEqualTo(new TableName("movr", "public", "users"));
    assertThat(upsert(shared, "all", "[1]", value).info().table())
        .isEqualTo(new TableName("movr", "public", "users"));
    assertThat(reason(decode(shared, "p_all", "[1]", "{\"after\": {\"a\": 1}}")))
        .contains("topic_in_value");
    assertThat(reason(decode(shared, "users", "[1]", value))).contains("p_all");
  }

  private static byte[] after(String row) {
    return Decoding.bytes("{\"after\": " + row + "}");
  }
}

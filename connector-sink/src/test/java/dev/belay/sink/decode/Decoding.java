package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Resolved;
import dev.belay.sink.change.Upsert;

/** One record through one decoder, with text for bytes and null for Kafka's null. */
final class Decoding {
  static final Origin HERE = new Origin("foo", 3, 42);

  private Decoding() {}

  static FeedFormat feed(Envelope envelope) {
    return FeedFormat.AUTO.withEnvelope(envelope);
  }

  static Decoded decode(FeedFormat format, String topic, String key, String value) {
    return Decoder.of(format).decode(HERE, topic, bytes(key), bytes(value));
  }

  static Upsert upsert(FeedFormat format, String key, String value) {
    return upsert(format, "foo", key, value);
  }

  static Upsert upsert(FeedFormat format, String topic, String key, String value) {
    Decoded decoded = decode(format, topic, key, value);
    assertThat(decoded).isInstanceOf(Upsert.class);
    return (Upsert) decoded;
  }

  static Delete delete(FeedFormat format, String key, String value) {
    Decoded decoded = decode(format, "foo", key, value);
    assertThat(decoded).isInstanceOf(Delete.class);
    return (Delete) decoded;
  }

  static Resolved resolved(FeedFormat format, String key, String value) {
    Decoded decoded = decode(format, "foo", key, value);
    assertThat(decoded).isInstanceOf(Resolved.class);
    return (Resolved) decoded;
  }

  static String reason(FeedFormat format, String key, String value) {
    return reason(decode(format, "foo", key, value));
  }

  static String reason(Decoded decoded) {
    assertThat(decoded).isInstanceOf(Rejected.class);
    assertThat(decoded.origin()).isEqualTo(HERE);
    return ((Rejected) decoded).reason();
  }

  static byte[] bytes(String textOrNull) {
    return textOrNull == null ? null : textOrNull.getBytes(UTF_8);
  }
}

package dev.belay.source.sinkless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.source.feed.HlcTimestamp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The commit time in a row's value. CockroachDB sorts the fields of an object, so {@code updated}
 * comes last in a wrapped envelope, and {@code ts_hlc} near the end in an enriched one: both are
 * read from the end, without parsing what is before. A value that does not look so is parsed.
 *
 * <p>That no text inside a row is taken for it: quotes are escaped within JSON strings, so the
 * bytes {@code "updated": "} never occur in one, and the last brace closes the outermost object.
 */
final class CommitTime {
  private static final JsonMapper JSON = new JsonMapper();
  private static final byte[] UPDATED = bytes("\"updated\": \"");
  private static final byte[] TS_HLC = bytes("\"ts_hlc\": \"");
  private static final byte[] TS_NS = bytes(", \"ts_ns\": ");
  private static final byte[] RESOLVED = bytes("{\"resolved\":\"");
  private static final int LOGICAL_DIGITS = 10;
  private static final int WALL_DIGITS = 18;

  private CommitTime() {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Of a row; empty if the value has none. */
  static Optional<HlcTimestamp> of(byte[] value) {
    int last = value.length - 1;
    if (last < 2 || value[last] != '}') {
      return parsed(value);
    }
    if (value[last - 1] == '"') {
      Optional<HlcTimestamp> time = before(value, last - 1, UPDATED);
      return time.isPresent() ? time : parsed(value);
    }
    int end = withoutNanos(value, last);
    if (end > 1 && value[end - 1] == '}') {
      end = withoutNanos(value, end - 1);
      if (end > 1 && value[end - 1] == '"') {
        Optional<HlcTimestamp> time = before(value, end - 1, TS_HLC);
        return time.isPresent() ? time : parsed(value);
      }
    }
    return parsed(value);
  }

  /** Of a resolved message; empty if it is none. */
  static Optional<HlcTimestamp> resolved(byte[] value) {
    int end = value.length - 2;
    if (end > RESOLVED.length && value[end] == '"' && value[end + 1] == '}') {
      Optional<HlcTimestamp> time = before(value, end, RESOLVED);
      if (time.isPresent()) {
        return time;
      }
    }
    return read(value)
        .flatMap(
            message -> {
              JsonNode inner = message.path("payload").path("resolved");
              return text(inner.isMissingNode() ? message.path("resolved") : inner);
            });
  }

  /** Where {@code , "ts_ns": 123} begins that ends before {@code end}; 0 if it is not there. */
  private static int withoutNanos(byte[] value, int end) {
    int at = end;
    while (at > 0 && isDigit(value[at - 1])) {
      at--;
    }
    return at < end && endsWith(value, at, TS_NS) ? at - TS_NS.length : 0;
  }

  /** The time that ends before {@code end}, if it stands right after {@code name}. */
  private static Optional<HlcTimestamp> before(byte[] value, int end, byte[] name) {
    int dot = end - LOGICAL_DIGITS - 1;
    if (dot < 1 || value[dot] != '.') {
      return Optional.empty();
    }
    int begin = dot;
    while (begin > 0 && isDigit(value[begin - 1])) {
      begin--;
    }
    int digits = dot - begin;
    if (digits == 0 || !endsWith(value, begin, name)) {
      return Optional.empty();
    }
    if (digits > WALL_DIGITS + 1) {
      return Optional.empty();
    }
    long wall = number(value, begin, dot);
    long logical = number(value, dot + 1, end);
    return wall < 0 || logical < 0 || logical > Integer.MAX_VALUE
        ? Optional.empty()
        : Optional.of(new HlcTimestamp(wall, (int) logical));
  }

  private static long number(byte[] value, int begin, int end) {
    long number = 0;
    for (int i = begin; i < end; i++) {
      if (!isDigit(value[i])) {
        return -1;
      }
      number = number * 10 + (value[i] - '0');
    }
    return number;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean endsWith(byte[] value, int end, byte[] text) {
    int begin = end - text.length;
    if (begin < 0) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (value[begin + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  private static Optional<HlcTimestamp> parsed(byte[] value) {
    return read(value)
        .flatMap(
            message -> {
              JsonNode payload = message.has("payload") ? message.path("payload") : message;
              JsonNode updated = payload.path("updated");
              return text(updated.isTextual() ? updated : payload.path("source").path("ts_hlc"));
            });
  }

  private static Optional<JsonNode> read(byte[] value) {
    try {
      return Optional.of(JSON.readTree(value));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<HlcTimestamp> text(JsonNode node) {
    return node.isTextual() ? HlcTimestamp.parse(node.asText()) : Optional.empty();
  }
}

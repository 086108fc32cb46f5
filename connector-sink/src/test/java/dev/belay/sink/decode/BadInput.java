package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.sink.decode.FeedFormat.Choice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Records as broken disks, proxies, transforms and foreign producers make them: CockroachDB's own
 * messages, damaged in one to three places, and messages put together of right and wrong parts.
 *
 * @param key null is Kafka's null
 * @param value null is Kafka's null
 */
@SuppressWarnings("ArrayRecordComponent")
record BadInput(FeedFormat feed, String topic, byte[] key, byte[] value) {
  /** Those of changefeeds. */
  static final List<Envelope> ENVELOPES =
      Stream.of(Envelope.values()).filter(e -> e != Envelope.DEBEZIUM).toList();

  private static final List<GoldenLine> GOLDEN =
      GoldenLine.all().filter(line -> !line.isSequence() && line.hasBytes()).toList();

  private static final Pattern TOKEN =
      Pattern.compile("\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|[{}\\[\\],:]|[^\\s{}\\[\\],:\"]+");

  /** Damaged and unusual times; most are none. */
  private static final String[] TIMES = {
    "1",
    "1.",
    ".1",
    "1.5",
    "1.0",
    "-1.0000000000",
    "+1.0000000000",
    "1.00000000000",
    "9223372036854775807.2147483647",
    "9223372036854775808.0000000000",
    "1.2147483648",
    "99999999999999999999.0",
    "1e9",
    " 1.0",
    "1.0 ",
    "\u0661.0000000000",
    "",
    "1.0.0",
    "NaN",
    "1,0000000000",
    "2026-11-20T00:00:00Z",
    "0.0000000000",
    "1700000000000000001.0000000002"
  };

  private static final String[] NUMBERS = {
    "0",
    "-0",
    "00",
    "01",
    "-01",
    "1.",
    ".5",
    "1.10",
    "-",
    "+1",
    "1e",
    "1e+",
    "1e400",
    "1E+2147483648",
    "-1e-2147483649",
    "9223372036854775808",
    "-9223372036854775809",
    "0x1F",
    "1_000",
    "NaN",
    "Infinity",
    "-Infinity",
    "123456789012345678901234567890.123456789012345678901234567890"
  };

  private static final String[] STRINGS = {
    "\"\"",
    "\"a\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "\"\\u0000\"",
    "\"\\u00e9\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\u0001\"",
    "\"\u007f\"",
    "\"\\/\"",
    "'a'",
    "\"a",
    "\"c\"",
    "\"u\"",
    "\"d\"",
    "\"insert\"",
    "\"delete\"",
    "\"foo\"",
    "\"a.b\"",
    "\"a..b\""
  };

  private static final String[] WORDS = {
    "null",
    "true",
    "false",
    "nul",
    "nulll",
    "True",
    "undefined",
    "{}",
    "[]",
    "[1]",
    "{\"a\": 1}",
    "{\"a\": 1, \"a\": 2}",
    "[[1], {}]",
    "[1,]",
    "{,}",
    "{\"a\"}",
    "{\"\": 1}",
    "/**/1",
    "// x\n1"
  };

  private static final String[] FIELDS = {
    "after",
    "before",
    "key",
    "topic",
    "updated",
    "mvcc_timestamp",
    "resolved",
    "op",
    "ts_ns",
    "source",
    "payload",
    "schema",
    "__crdb__",
    "__crdb__x",
    "ts_ms",
    "transaction",
    "a",
    "\\ud800",
    "table_name",
    "ts_hlc",
    "schema_name",
    "database_name",
    ""
  };

  private static final List<List<String>> MESSAGES =
      List.of(
          List.of("after"),
          List.of("after", "updated", "before"),
          List.of("after", "key", "topic", "mvcc_timestamp"),
          List.of("after", "op", "ts_ns"),
          List.of("after", "op", "ts_ns", "source", "before"),
          List.of("payload", "schema"),
          List.of("a", "__crdb__"),
          List.of("a", "op"),
          List.of("resolved"),
          List.of("__crdb__"));

  private static final byte[] STRUCTURE = "{}[]\":,\\0-eE. \n".getBytes(UTF_8);

  /** Nothing of this is UTF-8: overlong, surrogates, beyond Unicode, cut, lone continuations. */
  private static final List<byte[]> NOT_UTF8 =
      List.of("c080", "eda080", "f4908080", "f8888080", "e282", "80", "ff", "fe", "c3").stream()
          .map(HexFormat.of()::parseHex)
          .toList();

  static BadInput random(Random random) {
    GoldenLine line = pick(GOLDEN, random);
    BadInput input = new BadInput(line.feed(), line.topic(), line.key(), line.value());
    if (random.nextInt(3) == 0) {
      FeedFormat any = line.feed().withEnvelope(pick(ENVELOPES, random));
      input = new BadInput(any, line.topic(), line.key(), built(random).getBytes(UTF_8));
    }
    for (int damages = random.nextInt(3); damages > 0; damages--) {
      input = input.damaged(random);
    }
    return random.nextInt(3) == 0 ? input.asOfAnotherFeed(random) : input;
  }

  /** The same with one fault more. */
  BadInput damaged(Random random) {
    if (random.nextInt(5) == 0) {
      return withKey(damagedKey(random));
    }
    if (value == null) {
      return random.nextInt(3) > 0 ? this : withValue(built(random).getBytes(UTF_8));
    }
    return random.nextInt(40) == 0 ? withValue(null) : withValue(damaged(value, random));
  }

  private byte[] damagedKey(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> null;
      case 1 -> new byte[0];
      case 2 -> pick(GOLDEN, random).key();
      case 3 -> token(random).getBytes(UTF_8);
      case 4 -> ("[" + token(random) + "]").getBytes(UTF_8);
      default -> key == null ? "[1]".getBytes(UTF_8) : damaged(key, random);
    };
  }

  /** The record as a connector would read it that was told of other options. */
  private BadInput asOfAnotherFeed(Random random) {
    FeedFormat other =
        switch (random.nextInt(8)) {
          case 0 -> feed.withTopicName(topic);
          case 1 -> feed.withTopicName("shared").withTopicPrefix("p_");
          case 2 -> feed.withFullTableName(pick(List.of(Choice.values()), random));
          case 3 -> feed.withSplitColumnFamilies(pick(List.of(Choice.values()), random));
          case 4 -> feed.withOpColumn(pick(List.of("", "op", "a"), random));
          case 5 -> FeedFormat.AUTO.withTopicPrefix(feed.topicPrefix());
          default -> feed.withEnvelope(pick(ENVELOPES, random));
        };
    String under =
        random.nextInt(4) > 0
            ? topic
            : pick(List.of("", ".", "a.b.c.d", "p_shared", "a_u002e_b", "_uFFFFFFFF_"), random);
    return new BadInput(other, under, key, value);
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> flipped(bytes, random);
      case 1 -> Arrays.copyOf(bytes, bytes.length == 0 ? 0 : random.nextInt(bytes.length));
      case 2 -> joined(bytes, token(random).getBytes(UTF_8));
      case 3 ->
          joined(pick(List.of("\n", " \r\t", "\ufeff", "[", ","), random).getBytes(UTF_8), bytes);
      case 4 -> spliced(bytes, pick(NOT_UTF8, random), random);
      case 5 -> spliced(bytes, token(random).getBytes(UTF_8), random);
      case 6 -> padded(bytes, random);
      default -> withOtherTokens(new String(bytes, UTF_8), random).getBytes(UTF_8);
    };
  }

  private static byte[] flipped(byte[] bytes, Random random) {
    byte[] mutant = bytes.clone();
    for (int changes = random.nextInt(3); changes >= 0 && mutant.length > 0; changes--) {
      int at = random.nextInt(mutant.length);
      mutant[at] =
          switch (random.nextInt(3)) {
            case 0 -> (byte) random.nextInt(256);
            case 1 -> (byte) (mutant[at] ^ 1 << random.nextInt(8));
            default -> STRUCTURE[random.nextInt(STRUCTURE.length)];
          };
    }
    return mutant;
  }

  /** Space before the text, which is no fault, up to a length that a message of Protobuf has. */
  private static byte[] padded(byte[] bytes, Random random) {
    byte[] mutant = new byte[Math.max(bytes.length + 1, 125 + random.nextInt(2))];
    Arrays.fill(mutant, (byte) ' ');
    mutant[0] = '\n';
    System.arraycopy(bytes, 0, mutant, 1, bytes.length);
    return mutant;
  }

  private static byte[] joined(byte[] first, byte[] then) {
    byte[] both = Arrays.copyOf(first, first.length + then.length);
    System.arraycopy(then, 0, both, first.length, then.length);
    return both;
  }

  private static byte[] spliced(byte[] bytes, byte[] what, Random random) {
    int at = random.nextInt(bytes.length + 1);
    return joined(
        joined(Arrays.copyOf(bytes, at), what), Arrays.copyOfRange(bytes, at, bytes.length));
  }

  /** The JSON with a token replaced, left out, or repeated, or with a field twice. */
  private static String withOtherTokens(String json, Random random) {
    List<String> tokens =
        new ArrayList<>(TOKEN.matcher(json).results().map(MatchResult::group).toList());
    if (tokens.isEmpty()) {
      return token(random);
    }
    int at = random.nextInt(tokens.size());
    switch (random.nextInt(6)) {
      case 0 -> tokens.remove(at);
      case 1 -> tokens.add(at, tokens.get(random.nextInt(tokens.size())));
      case 2 -> {
        // a field of this object again, or one that it should not have
        List<Integer> opens = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
          if (tokens.get(i).equals("{")) {
            opens.add(i);
          }
        }
        if (!opens.isEmpty()) {
          int open = pick(opens, random);
          boolean again = open + 1 < tokens.size() && tokens.get(open + 1).startsWith("\"");
          String name =
              again && random.nextBoolean()
                  ? tokens.get(open + 1)
                  : '"' + pick(FIELDS, random) + '"';
          String then = open + 1 < tokens.size() && tokens.get(open + 1).equals("}") ? "" : ",";
          tokens.add(open + 1, name + ":" + token(random) + then);
        }
      }
      default -> tokens.set(at, tokens.get(at).equals(":") ? ":" : token(random));
    }
    return String.join(random.nextBoolean() ? "" : " ", tokens);
  }

  /** A message of fields that messages have, most of them right. */
  private static String built(Random random) {
    List<String> names = new ArrayList<>(pick(MESSAGES, random));
    for (int more = random.nextInt(4) - 1; more > 0; more--) {
      names.add(pick(FIELDS, random));
    }
    Collections.shuffle(names, random);
    List<String> fields = new ArrayList<>();
    for (String name : names) {
      String then = random.nextInt(10) == 0 ? token(random) : right(name, random);
      fields.add('"' + name + "\": " + then);
    }
    return "{" + String.join(", ", fields) + "}";
  }

  private static String right(String field, Random random) {
    return switch (field) {
      case "after", "before" -> random.nextInt(3) == 0 ? "null" : "{\"a\": 1, \"b\": 1.10}";
      case "key" -> pick(List.of("[1]", "{\"a\": 1}", "[1, \"x\"]"), random);
      case "topic" -> pick(List.of("\"foo\"", "\"d.s.foo\"", "\"foo.f\""), random);
      case "updated", "mvcc_timestamp", "resolved", "ts_hlc" ->
          '"' + (1 + random.nextInt(9)) + ".000000000" + random.nextInt(10) + '"';
      case "op" -> pick(List.of("\"c\"", "\"u\"", "\"d\"", "\"update\""), random);
      case "ts_ns" -> "1700000000000000000";
      case "source" ->
          random.nextInt(3) == 0
              ? built(random)
              : "{\"table_name\": \"foo\", \"ts_hlc\": \"3.0000000000\"}";
      case "payload", "schema", "__crdb__" -> random.nextInt(3) == 0 ? "{}" : built(random);
      default -> "\"foo\"";
    };
  }

  private static String token(Random random) {
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> '"' + pick(TIMES, random) + '"';
      case 4, 5, 6, 7 -> pick(NUMBERS, random);
      case 8, 9, 10, 11 -> pick(STRINGS, random);
      case 12 -> right(pick(FIELDS, random), random);
      case 13 -> large(random);
      default -> pick(WORDS, random);
    };
  }

  /** Deep or long, on both sides of what is read. */
  private static String large(Random random) {
    int step = random.nextInt(3) - 1;
    return switch (random.nextInt(12)) {
      case 0 -> "1".repeat(JsonWire.MAX_NUMBER_LENGTH + step);
      case 1 -> "0." + "1".repeat(JsonWire.MAX_NUMBER_LENGTH + step);
      case 2 -> "\"" + "a".repeat(70_000) + "\"";
      case 3 -> "{\"" + "a".repeat(70_000) + "\": 1}";
      case 4 -> "[".repeat(20_000);
      case 5 -> "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000);
      case 6, 7 -> nested(JsonWire.MAX_DEPTH + step);
      default -> nested(JsonWire.MAX_DEPTH - 2 + step);
    };
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  private BadInput withKey(byte[] other) {
    return new BadInput(feed, topic, other, value);
  }

  private BadInput withValue(byte[] other) {
    return new BadInput(feed, topic, key, other);
  }

  private static <T> T pick(List<T> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }

  private static String pick(String[] of, Random random) {
    return of[random.nextInt(of.length)];
  }

  /** Escaped and cut, for a failure's message. */
  @Override
  public String toString() {
    return feed + ", topic " + topic + ", key " + text(key) + ", value " + text(value);
  }

  private static String text(byte[] bytes) {
    if (bytes == null) {
      return "null";
    }
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    return text.length() < 2_000
        ? text
        : text.substring(0, 1_000) + "... (" + text.length() + " bytes)";
  }
}

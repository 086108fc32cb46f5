package dev.belay.sink.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import java.util.Optional;

/**
 * Opens keys and values as JSON, or says what they are instead.
 *
 * <p>A parser costs about a kilobyte, which is more than most rows. The one of the last text is
 * therefore fed the next; it is the parser meant for bytes that arrive bit by bit, since no other
 * takes new ones.
 */
final class JsonWire {
  /**
   * Levels of nesting in a message. CockroachDB writes at most a few more than its users' JSON has;
   * the bound keeps a hostile value from exhausting the parser.
   */
  static final int MAX_DEPTH = 1000;

  /**
   * Characters in a number. PostgreSQL's NUMERIC, the widest decimal of any target, ends at 131072
   * digits before the point and 16383 after it.
   */
  static final int MAX_NUMBER_LENGTH = 200_000;

  /**
   * Bytes after which a parser retires: it remembers every field name it met, also those inside
   * users' JSON, which may be without end.
   */
  private static final long PARSER_LIFE = 8L << 20;

  private final JsonFactory factory;
  private Optional<JsonParser> idle = Optional.empty();

  /** Bytes that the idle parser has read in its life. */
  private long fed;

  JsonWire() {
    factory =
        new JsonFactoryBuilder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    // Kafka bounds the record; a column may be all of it, and so may a name in it.
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            // Names are shared through the factory's own table; the JVM's would keep them for ever.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
  }

  /** Stands before the first token of a JSON object. */
  JsonCursor object(Payload payload) throws UnreadableException {
    return open(payload, false);
  }

  /** Stands before the first token of a JSON object or array. */
  JsonCursor objectOrArray(Payload payload) throws UnreadableException {
    return open(payload, true);
  }

  private JsonCursor open(Payload payload, boolean arrayToo) throws UnreadableException {
    byte[] bytes = payload.bytes();
    Foreign.refuse(payload, arrayToo);
    int malformed = Utf8.firstMalformed(bytes);
    if (malformed >= 0) {
      throw new UnreadableException(
          "The "
              + payload.part()
              + " is not UTF-8: byte "
              + malformed
              + " belongs to no character. Reading on would change a value. CockroachDB writes"
              + " UTF-8 only; look for what re-encoded the record on its way.");
    }
    try {
      JsonParser parser =
          idle.isPresent() ? idle.get() : factory.createNonBlockingByteArrayParser();
      long start = idle.isPresent() ? fed : 0;
      idle = Optional.empty();
      ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
      int end = withoutTrailingSpace(bytes);
      feeder.feedInput(bytes, 0, end);
      return new JsonCursor(this, parser, feeder, payload, start, start + end);
    } catch (IOException unreadable) {
      throw JsonCursor.broken(payload, unreadable, -1);
    }
  }

  /** Spaces after the text would stay behind in the parser, which has no cause to read them. */
  private static int withoutTrailingSpace(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && Foreign.isSpace(bytes[end - 1])) {
      end--;
    }
    return end;
  }

  /**
   * Takes back a parser that has read its text to the end.
   *
   * @param read bytes that it was fed in its life
   */
  void giveBack(JsonParser parser, long read) throws IOException {
    if (idle.isPresent() || read > PARSER_LIFE) {
      parser.close();
    } else {
      idle = Optional.of(parser);
      fed = read;
    }
  }
}

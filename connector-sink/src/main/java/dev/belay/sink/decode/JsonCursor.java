package dev.belay.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.belay.sink.change.Datum;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Walks through one JSON text, front to back. The one class that meets the parser, whose messages
 * quote the text and are therefore never passed on.
 */
final class JsonCursor implements AutoCloseable {
  private final JsonWire wire;
  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private final Payload payload;
  private final long start;
  private final long end;
  private JsonToken token = JsonToken.NOT_AVAILABLE;
  private boolean isAtEnd;

  /**
   * A cursor before the first token.
   *
   * @param parser fed with the payload and nothing else
   * @param feeder the parser's
   * @param start bytes that the parser had read before
   * @param end bytes that it has read when it is through
   */
  JsonCursor(
      JsonWire wire,
      JsonParser parser,
      ByteArrayFeeder feeder,
      Payload payload,
      long start,
      long end) {
    this.wire = wire;
    this.parser = parser;
    this.feeder = feeder;
    this.payload = payload;
    this.start = start;
    this.end = end;
  }

  /** Goes to the next token. */
  void next() throws UnreadableException {
    try {
      JsonToken read = parser.nextToken();
      if (read == null || read == JsonToken.NOT_AVAILABLE) {
        throw truncated(payload);
      }
      token = read;
    } catch (IOException broken) {
      throw broken(payload, broken, position());
    }
  }

  /**
   * Inside an object: goes to the value of the next field, which {@link #name()} names.
   *
   * @return false at the object's end
   */
  boolean nextField() throws UnreadableException {
    next();
    if (token == JsonToken.END_OBJECT) {
      return false;
    }
    next();
    return true;
  }

  /**
   * Inside an array: goes to the next element.
   *
   * @return false at the array's end
   */
  boolean nextElement() throws UnreadableException {
    next();
    return token != JsonToken.END_ARRAY;
  }

  /** The field whose value this is; the same object each time as long as names repeat. */
  String name() throws UnreadableException {
    try {
      return parser.currentName();
    } catch (IOException broken) {
      throw broken(payload, broken, position());
    }
  }

  boolean isObject() {
    return token == JsonToken.START_OBJECT;
  }

  boolean isArray() {
    return token == JsonToken.START_ARRAY;
  }

  boolean isNull() {
    return token == JsonToken.VALUE_NULL;
  }

  boolean isString() {
    return token == JsonToken.VALUE_STRING;
  }

  boolean isInteger() {
    return token == JsonToken.VALUE_NUMBER_INT;
  }

  /** The value here, exact; the cursor is at its end afterwards. */
  Datum datum() throws UnreadableException {
    try {
      return switch (token) {
        case VALUE_NULL -> Datum.Null.NULL;
        case VALUE_TRUE -> Datum.Bool.TRUE;
        case VALUE_FALSE -> Datum.Bool.FALSE;
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Datum.Number(parser.getText());
        case VALUE_STRING -> new Datum.Text(string());
        case START_OBJECT, START_ARRAY -> new Datum.Json(raw());
        default -> throw new IllegalStateException("no value at " + token);
      };
    } catch (IOException broken) {
      throw broken(payload, broken, position());
    }
  }

  /** The string here. */
  String string() throws UnreadableException {
    try {
      String text = parser.getText();
      if (Utf8.hasLoneSurrogate(text)) {
        throw new UnreadableException(
            "A string of the "
                + payload.part()
                + " holds half a surrogate pair, which is no character and cannot be written to any"
                + " database unchanged. CockroachDB never writes that; look for what changed the"
                + " record on its way.");
      }
      return text;
    } catch (IOException broken) {
      throw broken(payload, broken, position());
    }
  }

  /** The object or array here as its own bytes, so that numbers in it stay as written. */
  private String raw() throws UnreadableException {
    // The opening bracket is the last byte read, the closing one will be.
    int from = position() - 1;
    skip();
    int to = position();
    return new String(payload.bytes(), from, to - from, StandardCharsets.UTF_8);
  }

  /** Bytes of the payload that are read. */
  private int position() {
    return (int) (parser.currentLocation().getByteOffset() - start);
  }

  /** Goes to the end of the value here. */
  void skip() throws UnreadableException {
    int depth = token.isStructStart() ? 1 : 0;
    while (depth > 0) {
      next();
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }
  }

  /** After the outermost value: nothing may follow. */
  void end() throws UnreadableException {
    if (!feeder.needMoreInput()) {
      throw new UnreadableException(
          "The "
              + payload.part()
              + " goes on after its JSON ends, at byte "
              + position()
              + ". A changefeed writes one JSON text a record; check that the topic is a"
              + " changefeed's.");
    }
    isAtEnd = true;
  }

  @Override
  public void close() throws UnreadableException {
    try {
      if (isAtEnd) {
        wire.giveBack(parser, end);
      } else {
        parser.close();
      }
    } catch (IOException broken) {
      throw broken(payload, broken, position());
    }
  }

  /**
   * @param at how far the parser came; negative if unknown
   */
  static UnreadableException broken(Payload payload, IOException cause, int at) {
    if (cause instanceof StreamConstraintsException) {
      return new UnreadableException(
          "The "
              + payload.part()
              + " is beyond what is read: JSON nested deeper than "
              + JsonWire.MAX_DEPTH
              + " levels, a number of more than "
              + JsonWire.MAX_NUMBER_LENGTH
              + " characters, or names made to collide. No target could hold it; correct the row at"
              + " the source, or leave its column out of the feed.");
    }
    return new UnreadableException(
        "The "
            + payload.part()
            + " is not valid JSON"
            + (at < 0 ? "" : ", at byte " + at)
            + ". A changefeed with format=json always writes valid JSON; check that the topic is a"
            + " changefeed's, and what changed the record on its way.");
  }

  private static UnreadableException truncated(Payload payload) {
    return new UnreadableException(
        "The "
            + payload.part()
            + " is JSON that ends too early, after "
            + payload.bytes().length
            + " bytes. CockroachDB never writes half a message; look for what cut the record on its"
            + " way.");
  }
}

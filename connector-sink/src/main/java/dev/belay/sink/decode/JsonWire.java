package dev.belay.sink.decode;

import java.util.ArrayDeque;
import java.util.Deque;

/** Opens keys and values as JSON, or says what they are instead. */
final class JsonWire {
  /**
   * Levels of nesting in a message. CockroachDB writes at most a few more than its users' JSON has;
   * the bound keeps a hostile value from exhausting the stack.
   */
  static final int MAX_DEPTH = 1000;

  /**
   * Digits in a number. PostgreSQL's NUMERIC, the widest decimal of any target, ends at 131072
   * digits before the point and 16383 after it.
   */
  static final int MAX_NUMBER_LENGTH = 200_000;

  private final NameTable names = new NameTable();
  private final Deque<JsonCursor> idle = new ArrayDeque<>();

  /** Stands before the first byte of a JSON object. */
  JsonCursor object(Payload payload) throws UnreadableException {
    return open(payload, false);
  }

  /** Stands before the first byte of a JSON object or array. */
  JsonCursor objectOrArray(Payload payload) throws UnreadableException {
    return open(payload, true);
  }

  private JsonCursor open(Payload payload, boolean arrayToo) throws UnreadableException {
    Foreign.refuse(payload, arrayToo);
    JsonCursor cursor = idle.isEmpty() ? new JsonCursor(this) : idle.pop();
    cursor.open(payload);
    return cursor;
  }

  NameTable names() {
    return names;
  }

  void giveBack(JsonCursor cursor) {
    idle.push(cursor);
  }
}

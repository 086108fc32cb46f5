package dev.belay.sink.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks through one Avro binary message, front to back. A length that reaches behind the end of the
 * message is found before anything is made of it, so that damaged bytes cost no memory.
 */
final class AvroCursor {
  private final String part;
  private final byte[] bytes;
  private int at;

  /**
   * @param part {@code key} or {@code value}, for messages
   * @param from index of the first byte of the body
   */
  AvroCursor(String part, byte[] bytes, int from) {
    this.part = part;
    this.bytes = bytes;
    this.at = from;
  }

  /** A zigzag number of variable length: Avro's {@code int} and {@code long}. */
  long number() throws UnreadableException {
    long raw = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      byte next = take();
      // of the tenth byte one bit is left
      if (shift == 63 && (next & 0x7E) != 0) {
        break;
      }
      raw |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    throw damaged("a number of more than 64 bits");
  }

  boolean bool() throws UnreadableException {
    byte next = take();
    if (next != 0 && next != 1) {
      throw damaged("a boolean that is neither 0 nor 1");
    }
    return next == 1;
  }

  /** Four bytes, the least significant first. */
  int fixed32() throws UnreadableException {
    need(Integer.BYTES);
    int read = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      read |= (bytes[at++] & 0xFF) << (8 * i);
    }
    return read;
  }

  /** Eight bytes, the least significant first. */
  long fixed64() throws UnreadableException {
    need(Long.BYTES);
    long read = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      read |= (bytes[at++] & 0xFFL) << (8 * i);
    }
    return read;
  }

  byte[] bytes() throws UnreadableException {
    return bytes(length());
  }

  byte[] bytes(int length) throws UnreadableException {
    need(length);
    byte[] read = new byte[length];
    System.arraycopy(bytes, at, read, 0, length);
    at += length;
    return read;
  }

  String text() throws UnreadableException {
    int length = length();
    String read = new String(bytes, at, length, StandardCharsets.UTF_8);
    // what is no UTF-8 reads as this character, which may as well have been sent
    if (read.indexOf('\uFFFD') >= 0
        && !Arrays.equals(
            read.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(bytes, at, at + length))) {
      throw damaged("a text that is not UTF-8");
    }
    at += length;
    return read;
  }

  /** Which of {@code branches} follows. */
  int branch(int branches) throws UnreadableException {
    long branch = number();
    if (branch < 0 || branch >= branches) {
      throw damaged("a branch that its union does not have");
    }
    return (int) branch;
  }

  /**
   * How many items follow, 0 at the end of an array or map. A count below zero is followed by the
   * size in bytes, which is for readers that skip.
   *
   * @param least bytes that an item takes at least
   */
  int block(int least) throws UnreadableException {
    long count = number();
    if (count < 0) {
      if (number() < 0 || count == Long.MIN_VALUE) {
        throw damaged("a block of a size below zero");
      }
      count = -count;
    }
    if (count * least > bytes.length - at || count > Integer.MAX_VALUE) {
      throw damaged("more items than the message has bytes");
    }
    return (int) count;
  }

  /** All must have been read. */
  void finish() throws UnreadableException {
    if (at != bytes.length) {
      throw damaged((bytes.length - at) + " bytes behind its end");
    }
  }

  private int length() throws UnreadableException {
    long length = number();
    if (length < 0 || length > bytes.length - at) {
      throw damaged("a length that reaches behind its end");
    }
    return (int) length;
  }

  private byte take() throws UnreadableException {
    need(1);
    return bytes[at++];
  }

  private void need(int more) throws UnreadableException {
    if (more > bytes.length - at) {
      throw damaged("too few bytes");
    }
  }

  private UnreadableException damaged(String found) {
    return new UnreadableException(
        "The "
            + part
            + " is no Avro message of the schema that it names: it has "
            + found
            + ". Either the record is damaged, or feed.schema.registry.url is of another registry than"
            + " the changefeed's. Compare it with confluent_schema_registry of the changefeed.");
  }
}

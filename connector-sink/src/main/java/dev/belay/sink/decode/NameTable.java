package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Field names that came before, so that each is one object however often it comes. A place holds
 * the last of the names that fall on it, so that a stream of names without end takes no more room.
 */
final class NameTable {
  private static final int PLACES = 1024;

  /** Longer names are not worth their keep. */
  private static final int LONGEST = 256;

  private static final Name NOTHING = new Name(new byte[0], "");

  private final Name[] names = new Name[PLACES];

  NameTable() {
    Arrays.fill(names, NOTHING);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Name(byte[] bytes, String text) {}

  /** The text of well-formed UTF-8. */
  String text(byte[] bytes, int from, int length) {
    if (length > LONGEST) {
      return new String(bytes, from, length, UTF_8);
    }
    int hash = 0;
    for (int i = from; i < from + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    int place = (hash ^ hash >>> 10) & PLACES - 1;
    Name known = names[place];
    if (Arrays.equals(known.bytes, 0, known.bytes.length, bytes, from, from + length)) {
      return known.text;
    }
    String text = new String(bytes, from, length, UTF_8);
    names[place] = new Name(Arrays.copyOfRange(bytes, from, from + length), text);
    return text;
  }
}

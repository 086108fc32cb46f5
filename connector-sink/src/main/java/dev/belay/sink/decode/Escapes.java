package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

/** What a backslash means in a JSON string. */
final class Escapes {
  private Escapes() {}

  /** The character that a letter behind a backslash stands for, or -1; {@code u} is not here. */
  static int meaning(byte letter) {
    return switch (letter) {
      case '"', '\\', '/' -> letter;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> -1;
    };
  }

  /** What a hexadecimal digit counts, or -1. */
  static int hex(byte digit) {
    // Character.digit knows other scripts' digits too, which no byte of ASCII is.
    return digit < 0 ? -1 : Character.digit(digit, 16);
  }

  /**
   * The text of a string whose escapes and UTF-8 are known to be right; an escape may be half a
   * character.
   */
  static String resolve(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    int plain = from;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\\') {
        text.append(new String(bytes, plain, i - plain, UTF_8));
        i++;
        if (bytes[i] == 'u') {
          text.append(unit(bytes, i + 1));
          i += 4;
        } else {
          text.append((char) meaning(bytes[i]));
        }
        plain = i + 1;
      }
    }
    return text.append(new String(bytes, plain, to - plain, UTF_8)).toString();
  }

  private static char unit(byte[] bytes, int first) {
    int unit = 0;
    for (int i = first; i < first + 4; i++) {
      unit = unit << 4 | hex(bytes[i]);
    }
    return (char) unit;
  }
}

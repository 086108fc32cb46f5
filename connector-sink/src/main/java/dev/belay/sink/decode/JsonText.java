package dev.belay.sink.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** JSON as it is written, in UTF-8. One thread. */
public final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[512];
  private int size;

  public void clear() {
    size = 0;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }

  public void put(char ascii) {
    room(1);
    bytes[size++] = (byte) ascii;
  }

  /** JSON that stands for itself. */
  public void raw(String json) {
    put(json.getBytes(StandardCharsets.UTF_8));
  }

  public void raw(byte[] json) {
    put(json);
  }

  /**
   * A string in quotes. Halves of surrogate pairs, which UTF-8 does not have, are escaped, so that
   * whoever must refuse them sees them.
   */
  public void quoted(String text) {
    put('"');
    int plain = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean half =
          Character.isSurrogate(c)
              && !(Character.isHighSurrogate(c)
                  && i + 1 < text.length()
                  && Character.isLowSurrogate(text.charAt(i + 1)));
      if (c < ' ' || c == '"' || c == '\\' || half) {
        raw(text.substring(plain, i));
        escape(c);
        plain = i + 1;
      } else if (Character.isHighSurrogate(c)) {
        i++;
      }
    }
    raw(plain == 0 ? text : text.substring(plain));
    put('"');
  }

  private void escape(char c) {
    put('\\');
    if (c == '"' || c == '\\') {
      put(c);
      return;
    }
    put('u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      put((char) HEX[c >> shift & 0xF]);
    }
  }

  /**
   * A number, or in quotes what JSON's numbers do not have.
   *
   * @param digits the value as text
   */
  public void number(double value, String digits) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      quoted(digits);
    } else {
      raw(digits);
    }
  }

  /** Bytes as CockroachDB writes them: {@code "\\x"} and hexadecimal digits. */
  public void hex(String before, byte[] value) {
    put('"');
    raw(before);
    room(2 * value.length);
    for (byte b : value) {
      bytes[size++] = HEX[b >> 4 & 0xF];
      bytes[size++] = HEX[b & 0xF];
    }
    put('"');
  }

  private void put(byte[] some) {
    room(some.length);
    System.arraycopy(some, 0, bytes, size, some.length);
    size += some.length;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}

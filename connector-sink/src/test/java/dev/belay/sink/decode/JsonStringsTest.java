package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonStringsTest {

  /** Every byte, at every place in eight and with every other byte behind it. */
  @Test
  void plainTextEndsAtTheFirstByteThatIsNotPlain() {
    for (int place = 0; place < 20; place++) {
      for (int odd = 0; odd < 256; odd++) {
        for (int behind : new int[] {0, ' ', '!', '"', '#', '\\', ']', 'a', 127, 128, 255}) {
          byte[] bytes = "a".repeat(24).getBytes(ISO_8859_1);
          bytes[place] = (byte) odd;
          bytes[place + 1] = (byte) behind;

          int expected = isPlain(odd) ? isPlain(behind) ? bytes.length : place + 1 : place;
          assertThat(JsonStrings.behindPlain(bytes, 0)).isEqualTo(expected);
        }
      }
    }
  }

  private static boolean isPlain(int b) {
    return b >= ' ' && b < 128 && b != '"' && b != '\\';
  }
}

package dev.belay.sink.target.wire;

/** What may be wrong with a string before any column's width is looked at. */
public final class WireText {
  private WireText() {}

  /** Whether it holds half of a surrogate pair, which no UTF-8 can express. */
  public static boolean hasUnpairedSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)) {
        if (++i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
          return true;
        }
      } else if (Character.isLowSurrogate(c)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it holds U+0000. */
  public static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }
}

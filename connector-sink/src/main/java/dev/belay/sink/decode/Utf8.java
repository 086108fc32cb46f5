package dev.belay.sink.decode;

/**
 * Strict UTF-8. Decoders of the platform replace what is malformed, and JSON parsers let overlong
 * forms and surrogates pass: either would change a value without a word.
 */
final class Utf8 {
  private Utf8() {}

  /** The index of the first byte that is not part of well-formed UTF-8, or -1. */
  static int firstMalformed(byte[] bytes) {
    int i = 0;
    while (i < bytes.length) {
      int length = sequence(bytes, i);
      if (length == 0) {
        return i;
      }
      i += length;
    }
    return -1;
  }

  /** The number of bytes of the character that begins here, or 0 if none does. */
  static int sequence(byte[] bytes, int at) {
    int lead = bytes[at];
    int length = length(lead);
    boolean isWhole = length > 0 && at + length <= bytes.length && isContinued(bytes, at, length);
    return isWhole ? length : 0;
  }

  /** The number of bytes that a character has by its first one, or 0 if none begins so. */
  static int length(int signedLead) {
    if (signedLead >= 0) {
      return 1;
    }
    int lead = signedLead & 0xFF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
      return 3;
    }
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
  }

  /** The character of several bytes, known to be right, that begins here. */
  static int codePoint(byte[] bytes, int at) {
    int length = length(bytes[at]);
    int code = bytes[at] & 0xFF >> length + 1;
    for (int i = at + 1; i < at + length; i++) {
      code = code << 6 | bytes[i] & 0x3F;
    }
    return code;
  }

  private static boolean isContinued(byte[] bytes, int at, int length) {
    if (length == 1) {
      return true;
    }
    int lead = bytes[at] & 0xFF;
    int second = bytes[at + 1] & 0xFF;
    // The second byte's range excludes overlong forms, surrogates and code points above U+10FFFF.
    int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) {
      return false;
    }
    for (int k = 2; k < length; k++) {
      if ((bytes[at + k] & 0xC0) != 0x80) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text holds half of a surrogate pair, which no UTF-8 can carry. */
  static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }
}

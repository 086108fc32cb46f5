package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import dev.belay.sink.target.wire.WireText;
import java.nio.charset.Charset;
import java.util.Map;

/**
 * CHAR, VARCHAR and the TEXT types, from every value as the wire wrote it.
 *
 * @param characters most characters, 0 if only bytes are limited
 * @param octets most bytes in the column's own encoding
 * @param padded CHAR, which forgets blanks at the end
 * @param charset of the column
 */
record TextForm(String type, int characters, long octets, boolean padded, String charset)
    implements ValueForm {

  /**
   * MySQL's names of encodings that do not have every character, and Java's. What they do not have
   * is refused here, since the server cannot even compare it with a key.
   */
  private static final Map<String, String> NARROW =
      Map.ofEntries(
          Map.entry("ascii", "US-ASCII"),
          Map.entry("latin1", "windows-1252"),
          Map.entry("latin2", "ISO-8859-2"),
          Map.entry("latin5", "ISO-8859-9"),
          Map.entry("latin7", "ISO-8859-13"),
          Map.entry("greek", "ISO-8859-7"),
          Map.entry("hebrew", "ISO-8859-8"),
          Map.entry("cp1250", "windows-1250"),
          Map.entry("cp1251", "windows-1251"),
          Map.entry("cp1256", "windows-1256"),
          Map.entry("cp1257", "windows-1257"),
          Map.entry("koi8r", "KOI8-R"),
          Map.entry("koi8u", "KOI8-U"));

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = datum.text();
    if (WireText.hasUnpairedSurrogate(text)) {
      throw Unfit.of("A string with half of a surrogate pair", type);
    }
    if (padded && text.endsWith(" ")) {
      throw Unfit.of("A string with a blank at its end, which CHAR forgets,", type);
    }
    // blanks beyond the limit would be cut off in silence
    if (characters > 0
        && text.length() > characters
        && text.codePointCount(0, text.length()) > characters) {
      throw Unfit.of("A string of more than " + characters + " characters", type);
    }
    if (characters == 0 && text.length() > octets / 4 && bytes(text) > octets) {
      throw Unfit.of("A string of more than " + octets + " bytes", type);
    }
    if (isThreeBytes() && hasFourByteCharacter(text)) {
      throw Unfit.of("A character beyond U+FFFF", type + " in " + charset);
    }
    String java = NARROW.get(charset);
    if (java != null && !isAscii(text) && !Charset.forName(java).newEncoder().canEncode(text)) {
      throw Unfit.of("A character that it does not have", type + " in " + charset);
    }
    return text;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7e) {
        return false;
      }
    }
    return true;
  }

  private boolean isThreeBytes() {
    return charset.equals("utf8mb3") || charset.equals("utf8") || charset.equals("ucs2");
  }

  private static boolean hasFourByteCharacter(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** In UTF-8; in other encodings at least one for each character. */
  private long bytes(String text) {
    if (!charset.startsWith("utf8")) {
      return text.codePointCount(0, text.length());
    }
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  @Override
  public boolean isExact() {
    return false;
  }

  @Override
  public String kind() {
    return "text";
  }
}

package dev.belay.sink.target.oracle;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * How a database writes its texts. A character that the set does not have would become a question
 * mark in silence.
 *
 * @param name Oracle's, for example {@code AL32UTF8}
 * @param java the same in Java; empty where Java has none that is the same for certain, and then
 *     nothing but ASCII is known to be there
 */
record CharacterSet(String name, Optional<Charset> java) {

  private static final Map<String, String> NARROW =
      Map.ofEntries(
          Map.entry("US7ASCII", "US-ASCII"),
          Map.entry("WE8ISO8859P1", "ISO-8859-1"),
          Map.entry("WE8ISO8859P15", "ISO-8859-15"),
          Map.entry("WE8ISO8859P9", "ISO-8859-9"),
          Map.entry("EE8ISO8859P2", "ISO-8859-2"),
          Map.entry("CL8ISO8859P5", "ISO-8859-5"),
          Map.entry("EL8ISO8859P7", "ISO-8859-7"),
          Map.entry("WE8MSWIN1252", "windows-1252"),
          Map.entry("EE8MSWIN1250", "windows-1250"),
          Map.entry("CL8MSWIN1251", "windows-1251"),
          Map.entry("EL8MSWIN1253", "windows-1253"),
          Map.entry("TR8MSWIN1254", "windows-1254"),
          Map.entry("BLT8MSWIN1257", "windows-1257"),
          Map.entry("CL8KOI8R", "KOI8-R"),
          Map.entry("CL8KOI8U", "KOI8-U"));

  /** Of the name in the catalog. */
  static CharacterSet of(String name) {
    return switch (name) {
      case "AL32UTF8" -> new CharacterSet(name, Optional.of(StandardCharsets.UTF_8));
      case "AL16UTF16" -> new CharacterSet(name, Optional.of(StandardCharsets.UTF_16BE));
      // supplementary characters as two of three bytes each
      case "UTF8" -> new CharacterSet(name, Optional.of(Charset.forName("CESU-8")));
      default ->
          new CharacterSet(name, Optional.ofNullable(NARROW.get(name)).map(Charset::forName));
    };
  }

  /** Whether every character of a text, which has no half of a surrogate pair, can be written. */
  boolean has(String text) {
    return isAscii(text) || java.isPresent() && java.get().newEncoder().canEncode(text);
  }

  /** How many bytes it is; only for what the set has. */
  long bytes(String text) {
    if (java.isEmpty() || isAscii(text) && !name.equals("AL16UTF16")) {
      return text.length();
    }
    return text.getBytes(java.get()).length;
  }

  /** Whether what counts as a character is half of a surrogate pair. */
  boolean countsUnits() {
    return name.equals("AL16UTF16") || name.equals("UTF8");
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }
}

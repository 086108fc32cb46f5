package dev.belay.testkit.standin.encode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes PostgreSQL's text forms of arrays and composite values apart. */
final class TextParts {

  private final String text;
  private final char close;
  // In an array the bare word NULL is NULL; in a composite nothing at all is.
  private final boolean nullIsAWord;
  private int at;

  private TextParts(String text, char close, boolean nullIsAWord) {
    this.text = text;
    this.close = close;
    this.nullIsAWord = nullIsAWord;
  }

  /** Elements of {@code {1,NULL,"a b"}}; one dimension, as CockroachDB has no more. */
  static List<Optional<String>> ofArray(String text) {
    return text.equals("{}") ? List.of() : new TextParts(text, '}', true).all();
  }

  /** Fields of {@code (Main,,"a b")}. */
  static List<Optional<String>> ofComposite(String text) {
    return new TextParts(text, ')', false).all();
  }

  private List<Optional<String>> all() {
    List<Optional<String>> parts = new ArrayList<>();
    while (at < text.length() - 1) {
      at++; // the opening bracket or a comma
      parts.add(part());
    }
    return parts;
  }

  private Optional<String> part() {
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    boolean inQuotes = false;
    for (; inQuotes || (text.charAt(at) != ',' && text.charAt(at) != close); at++) {
      char c = text.charAt(at);
      if (c == '\\') {
        part.append(text.charAt(++at));
      } else if (c == '"' && inQuotes && text.charAt(at + 1) == '"') {
        part.append(text.charAt(++at));
      } else if (c == '"') {
        quoted = true;
        inQuotes = !inQuotes;
      } else {
        part.append(c);
      }
    }
    boolean isNull = !quoted && (nullIsAWord ? part.toString().equals("NULL") : part.isEmpty());
    return isNull ? Optional.empty() : Optional.of(part.toString());
  }
}

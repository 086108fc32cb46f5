package dev.belay.testkit.standin.sql;

import java.util.Locale;

/**
 * A piece of SQL text between blanks.
 *
 * @param text as written
 * @param start position in the statement
 */
public record Token(Kind kind, String text, int start) {

  public enum Kind {
    WORD,
    QUOTED_NAME,
    STRING,
    NUMBER,
    SYMBOL
  }

  /** The position after it. */
  public int end() {
    return start + text.length();
  }

  /** Whether it is this word, in any case. */
  public boolean is(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  public boolean isSymbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  /** Whether it can name something. */
  public boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
  }

  /** What it stands for: a name folded or unquoted, a string without its quotes. */
  public String value() {
    return switch (kind) {
      case WORD -> text.toLowerCase(Locale.ROOT);
      case QUOTED_NAME -> text.substring(1, text.length() - 1).replace("\"\"", "\"");
      case STRING -> unquoted();
      case NUMBER, SYMBOL -> text;
    };
  }

  private String unquoted() {
    int open = text.indexOf('\'');
    return open < 0
        ? text // dollar quotes: no statement of ours takes them
        : text.substring(open + 1, text.length() - 1).replace("''", "'");
  }
}

package dev.belay.testkit.standin.sql;

import dev.belay.testkit.standin.sql.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * One statement and its tokens; comments and blanks are no tokens.
 *
 * @param text without the semicolon that ended it
 */
public record Sql(String text, List<Token> tokens) {

  public Sql {
    tokens = List.copyOf(tokens);
  }

  /** A single statement. */
  public static Sql of(String text) {
    List<Sql> statements = split(text);
    return statements.isEmpty() ? new Sql("", List.of()) : statements.get(0);
  }

  /** The statements of a text, at least one even if it is empty. */
  public static List<Sql> split(String text) {
    List<Sql> statements = new ArrayList<>();
    List<Token> tokens = new ArrayList<>();
    int start = 0;
    for (Token token : new Scanner(text).all()) {
      if (token.isSymbol(";")) {
        statements.add(new Sql(text.substring(start, token.start()), tokens));
        tokens = new ArrayList<>();
        start = token.end();
      } else {
        tokens.add(new Token(token.kind(), token.text(), token.start() - start));
      }
    }
    if (!tokens.isEmpty() || statements.isEmpty()) {
      statements.add(new Sql(text.substring(start), tokens));
    }
    return statements;
  }

  /** Whether the statement begins with these words. */
  public boolean startsWith(String... words) {
    return hasAt(0, words);
  }

  /** Whether these words stand at a place among the tokens. */
  public boolean hasAt(int index, String... words) {
    if (index < 0 || tokens.size() < index + words.length) {
      return false;
    }
    for (int i = 0; i < words.length; i++) {
      Token token = tokens.get(index + i);
      if (!token.is(words[i]) && !token.isSymbol(words[i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether the statement consists of these words. */
  public boolean isExactly(String... words) {
    return tokens.size() == words.length && startsWith(words);
  }

  private static final class Scanner {
    private final String text;
    private int at;

    Scanner(String text) {
      this.text = text;
    }

    List<Token> all() {
      List<Token> tokens = new ArrayList<>();
      skipBlanks();
      while (at < text.length()) {
        int start = at;
        Kind kind = one();
        tokens.add(new Token(kind, text.substring(start, at), start));
        skipBlanks();
      }
      return tokens;
    }

    private Kind one() {
      char c = text.charAt(at);
      if (c == '\'') {
        quoted('\'', false);
        return Kind.STRING;
      } else if (c == '"') {
        quoted('"', false);
        return Kind.QUOTED_NAME;
      } else if ("eEbBxX".indexOf(c) >= 0 && peek(1) == '\'') {
        at++;
        quoted('\'', c == 'e' || c == 'E');
        return Kind.STRING;
      } else if (Character.isLetter(c) || c == '_') {
        run(true);
        return Kind.WORD;
      } else if (Character.isDigit(c) || (c == '.' && Character.isDigit(peek(1)))) {
        number();
        return Kind.NUMBER;
      } else if (c == '$' && dollarQuoted()) {
        return Kind.STRING;
      }
      at += c == ':' && peek(1) == ':' ? 2 : Character.charCount(text.codePointAt(at));
      return Kind.SYMBOL;
    }

    private char peek(int ahead) {
      return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
    }

    private void quoted(char quote, boolean backslashes) {
      at++;
      while (at < text.length()) {
        if (backslashes && text.charAt(at) == '\\') {
          at++;
        } else if (text.charAt(at) == quote && peek(1) == quote) {
          at++;
        } else if (text.charAt(at) == quote) {
          at++;
          return;
        }
        at++;
      }
      // PostgreSQL will say that the quote is not closed.
      at = text.length();
    }

    private boolean dollarQuoted() {
      int close = text.indexOf('$', at + 1);
      if (close < 0) {
        return false;
      }
      String tag = text.substring(at, close + 1);
      boolean isTag =
          tag.length() == 2
              || (!Character.isDigit(tag.charAt(1))
                  && tag.substring(1, tag.length() - 1).chars().allMatch(Scanner::isWordPart));
      int end = isTag ? text.indexOf(tag, close + 1) : -1;
      if (end < 0) {
        return false;
      }
      at = end + tag.length();
      return true;
    }

    private static boolean isWordPart(int c) {
      return Character.isLetterOrDigit(c) || c == '_';
    }

    private void run(boolean dollars) {
      while (at < text.length()
          && (isWordPart(text.charAt(at)) || (dollars && text.charAt(at) == '$'))) {
        at++;
      }
    }

    private void number() {
      while (at < text.length()) {
        char c = text.charAt(at);
        boolean sign = (c == '+' || c == '-') && "eE".indexOf(text.charAt(at - 1)) >= 0;
        if (!isWordPart(c) && c != '.' && !(sign && at > 0)) {
          return;
        }
        at++;
      }
    }

    private void skipBlanks() {
      while (at < text.length()) {
        if (Character.isWhitespace(text.charAt(at))) {
          at++;
        } else if (text.startsWith("--", at)) {
          int end = text.indexOf('\n', at);
          at = end < 0 ? text.length() : end;
        } else if (text.startsWith("/*", at)) {
          skipComment();
        } else {
          return;
        }
      }
    }

    private void skipComment() {
      int depth = 0;
      do {
        if (text.startsWith("/*", at)) {
          depth++;
          at += 2;
        } else if (text.startsWith("*/", at)) {
          depth--;
          at += 2;
        } else {
          at++;
        }
      } while (depth > 0 && at < text.length());
    }
  }
}

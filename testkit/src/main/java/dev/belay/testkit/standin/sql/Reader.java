package dev.belay.testkit.standin.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Walks through the tokens of a statement. One thread. */
public final class Reader {

  private final Sql sql;
  private int at;

  /**
   * @param from the first token to read
   */
  public Reader(Sql sql, int from) {
    this.sql = sql;
    this.at = from;
  }

  public boolean isAtEnd() {
    return at >= sql.tokens().size();
  }

  /** Where the next token is among those of the statement. */
  public int position() {
    return at;
  }

  public boolean isNext(String... words) {
    return sql.hasAt(at, words);
  }

  /** Passes over these words if they come next. */
  public boolean skip(String... words) {
    boolean found = isNext(words);
    if (found) {
      at += words.length;
    }
    return found;
  }

  /**
   * Passes over these words.
   *
   * @throws Refusal if something else comes next
   */
  public void expect(String... words) {
    if (!skip(words)) {
      throw syntaxError();
    }
  }

  /** A complaint about the next token. */
  public Refusal syntaxError() {
    String place = isAtEnd() ? "EOF" : sql.tokens().get(at).text();
    return new Refusal("42601", "at or near \"" + place + "\": syntax error");
  }

  /** The next token, whatever it is. */
  public Token next() {
    if (isAtEnd()) {
      throw syntaxError();
    }
    return sql.tokens().get(at++);
  }

  /** A simple name, folded or unquoted. */
  public String name() {
    if (isAtEnd() || !sql.tokens().get(at).isName()) {
      throw syntaxError();
    }
    return next().value();
  }

  /** A name with dots as SQL, quoted where it was. */
  public String path() {
    StringBuilder path = new StringBuilder();
    do {
      if (isAtEnd() || !sql.tokens().get(at).isName()) {
        throw syntaxError();
      }
      path.append(path.isEmpty() ? "" : ".").append(next().text());
    } while (skip("."));
    return path.toString();
  }

  /** Names with commas between them. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    do {
      names.add(name());
    } while (skip(","));
    return names;
  }

  /** Reads {@code name} or {@code name = value}. */
  public Map.Entry<String, Optional<String>> option() {
    String name = name();
    return Map.entry(name, skip("=") ? Optional.of(next().value()) : Optional.empty());
  }

  /** What is left of the statement, as text. */
  public String rest() {
    return isAtEnd() ? "" : sql.text().substring(sql.tokens().get(at).start());
  }
}

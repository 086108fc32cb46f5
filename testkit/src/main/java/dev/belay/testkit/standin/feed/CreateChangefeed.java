package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.sql.Sql;
import dev.belay.testkit.standin.sql.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code CREATE CHANGEFEED FOR ...} statement as written, or its old form {@code EXPERIMENTAL
 * CHANGEFEED FOR ...}, which has no sink.
 *
 * @param tables names as SQL, quoted where they were
 * @param sinkUri empty if the rows are to go to the client itself
 * @param options in lower case, with their values; empty for an option without one
 */
record CreateChangefeed(
    List<String> tables, String sinkUri, Map<String, Optional<String>> options) {

  CreateChangefeed {
    tables = List.copyOf(tables);
  }

  /**
   * Reads a statement. Empty if it is another one, or a form that is not here: a query, column
   * families, a whole database.
   */
  static Optional<CreateChangefeed> parse(Sql sql) {
    boolean isOldForm = sql.startsWith("EXPERIMENTAL", "CHANGEFEED", "FOR");
    if (!isOldForm && !sql.startsWith("CREATE", "CHANGEFEED", "FOR")) {
      return Optional.empty();
    }
    return new Reader(sql.tokens())
        .statement()
        .filter(statement -> !isOldForm || statement.isSinkless());
  }

  /** Whether the rows go to the client itself. */
  boolean isSinkless() {
    return sinkUri.isEmpty();
  }

  private static final class Reader {
    private final List<Token> tokens;
    private int at = 3;

    Reader(List<Token> tokens) {
      this.tokens = tokens;
    }

    Optional<CreateChangefeed> statement() {
      List<String> tables = new ArrayList<>();
      do {
        skip("TABLE");
        name().ifPresent(tables::add);
      } while (skip(","));
      if (tables.isEmpty()) {
        return Optional.empty();
      }
      String uri = "";
      if (skip("INTO")) {
        if (!here(Token.Kind.STRING)) {
          return Optional.empty();
        }
        uri = tokens.get(at++).value();
        if (uri.isEmpty()) {
          return Optional.empty();
        }
      }
      Map<String, Optional<String>> options = new LinkedHashMap<>();
      if (skip("WITH")) {
        boolean inBrackets = skip("OPTIONS") && skip("(");
        do {
          if (!option(options)) {
            return Optional.empty();
          }
        } while (skip(","));
        if (inBrackets && !skip(")")) {
          return Optional.empty();
        }
      }
      return at == tokens.size()
          ? Optional.of(new CreateChangefeed(tables, uri, options))
          : Optional.empty();
    }

    private Optional<String> name() {
      StringBuilder name = new StringBuilder();
      while (at < tokens.size() && tokens.get(at).isName()) {
        name.append(tokens.get(at++).text());
        if (!skip(".")) {
          break;
        }
        name.append('.');
      }
      return name.isEmpty() ? Optional.empty() : Optional.of(name.toString());
    }

    private boolean option(Map<String, Optional<String>> options) {
      if (at == tokens.size() || !tokens.get(at).isName()) {
        return false;
      }
      String name = tokens.get(at++).value();
      if (!skip("=")) {
        options.put(name, Optional.empty());
        return true;
      }
      if (at == tokens.size()) {
        return false;
      }
      options.put(name, Optional.of(tokens.get(at++).value()));
      return true;
    }

    private boolean here(Token.Kind kind) {
      return at < tokens.size() && tokens.get(at).kind() == kind;
    }

    private boolean skip(String word) {
      boolean found =
          at < tokens.size() && (tokens.get(at).is(word) || tokens.get(at).isSymbol(word));
      if (found) {
        at++;
      }
      return found;
    }
  }
}

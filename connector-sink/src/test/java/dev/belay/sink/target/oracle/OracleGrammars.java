package dev.belay.sink.target.oracle;

import io.debezium.ddl.parser.oracle.generated.PlSqlLexer;
import io.debezium.ddl.parser.oracle.generated.PlSqlParser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import oracle.jdbc.driver.parser.Lexer;
import oracle.jdbc.driver.parser.LexerToken;
import oracle.jdbc.driver.parser.ParseNode;
import oracle.jdbc.driver.parser.SqlEarley;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;

/**
 * Two grammars that know Oracle's SQL where there is no Oracle: the one inside Oracle's own driver
 * (queries and DML, no blocks, no DDL), and the PL/SQL grammar that Debezium reads redo logs with.
 */
final class OracleGrammars {
  private OracleGrammars() {}

  /** How many binds the driver's grammar finds in a statement; -1 if it does not take it. */
  static long bindsByTheDriver(String sql) {
    List<LexerToken> tokens = Lexer.parse(sql);
    SqlEarley grammar = SqlEarley.getInstance();
    ParseNode root;
    try {
      root = grammar.parse(tokens);
    } catch (RuntimeException notSql) {
      return -1;
    }
    if (root.topLevel != null || Arrays.stream(root.content()).anyMatch(symbol -> symbol < 0)) {
      return -1;
    }
    int bind = grammar.getSymbol("bind_var");
    return root.descendants().stream().filter(node -> node.contains(bind)).count();
  }

  /** What the other grammar objects to; it wants capitals outside of quotes. */
  static List<String> objections(String sql) {
    List<String> found = new ArrayList<>();
    BaseErrorListener listener =
        new BaseErrorListener() {
          @Override
          public void syntaxError(
              Recognizer<?, ?> recognizer,
              Object symbol,
              int line,
              int column,
              String message,
              RecognitionException e) {
            found.add(line + ":" + column + " " + message);
          }
        };
    PlSqlLexer lexer = new PlSqlLexer(CharStreams.fromString(inCapitals(sql)));
    lexer.removeErrorListeners();
    lexer.addErrorListener(listener);
    PlSqlParser parser = new PlSqlParser(new CommonTokenStream(lexer));
    parser.removeErrorListeners();
    parser.addErrorListener(listener);
    parser.sql_script();
    return found;
  }

  private static String inCapitals(String sql) {
    StringBuilder text = new StringBuilder(sql.length());
    char quote = 0;
    for (char c : sql.toCharArray()) {
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
        text.append(c);
      } else {
        quote = c == '"' || c == '\'' ? c : 0;
        text.append(String.valueOf(c).toUpperCase(Locale.ROOT));
      }
    }
    return text.toString();
  }
}

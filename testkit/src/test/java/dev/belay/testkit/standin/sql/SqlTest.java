package dev.belay.testkit.standin.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SqlTest {

  private static List<String> tokens(String text) {
    return Sql.of(text).tokens().stream().map(Token::text).toList();
  }

  @Test
  void splitsAtSemicolonsOutsideQuotesAndCommentsOnly() {
    assertThat(Sql.split("SELECT ';' ; /* ; /* ; */ */ SELECT \"a;b\" -- ;\n; SELECT $x$;$x$, $1;"))
        .extracting(sql -> sql.text().strip())
        .containsExactly("SELECT ';'", "/* ; /* ; */ */ SELECT \"a;b\" -- ;", "SELECT $x$;$x$, $1");
  }

  @Test
  void keepsTheTextOfASingleStatement() {
    assertThat(Sql.split("  SELECT 1 -- one\n"))
        .singleElement()
        .extracting(Sql::text)
        .isEqualTo("  SELECT 1 -- one\n");
    assertThat(Sql.split("")).hasSize(1);
  }

  @Test
  void takesStringsNamesAndNumbersWhole() {
    assertThat(tokens("f('it''s',E'a\\'b',b'01',\"x\"\"y\",1.5e-3,.5,$$q$$)::TEXT"))
        .containsExactly(
            "f",
            "(",
            "'it''s'",
            ",",
            "E'a\\'b'",
            ",",
            "b'01'",
            ",",
            "\"x\"\"y\"",
            ",",
            "1.5e-3",
            ",",
            ".5",
            ",",
            "$$q$$",
            ")",
            "::",
            "TEXT");
    assertThat(Sql.of("'it''s' \"x\"\"y\" Foo").tokens())
        .extracting(Token::value)
        .containsExactly("it's", "x\"y", "foo");
  }

  @Test
  void leavesUnclosedQuotesToTheServer() {
    assertThat(tokens("SELECT 'open")).containsExactly("SELECT", "'open");
    assertThat(tokens("SELECT /* open")).containsExactly("SELECT");
  }
}

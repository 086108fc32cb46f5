package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.sql.Sql;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code SHOW TRIGGERS FROM} a table, which the first releases of v24.3 and older ones lack. */
final class TriggerStatements implements Statements.Room {
  private static final int FROM = 2;

  private final boolean isKnown;

  TriggerStatements(Session session) {
    String release = session.cluster().release();
    int dot = release.indexOf('.');
    this.isKnown = Integer.parseInt(release.substring(0, dot)) >= 25;
  }

  @Override
  public Optional<Rewritten> rewrite(Sql sql) {
    if (!isKnown || !sql.startsWith("SHOW", "TRIGGERS", "FROM")) {
      return Optional.empty();
    }
    String table =
        sql.tokens().stream()
            .skip(FROM + 1)
            .map(token -> token.isName() ? quoted(token.value(), '"') : token.text())
            .collect(Collectors.joining());
    return Optional.of(
        Rewritten.text(
            "SELECT tgname AS trigger_name, tgenabled <> 'D' AS enabled FROM pg_catalog.pg_trigger"
                + " WHERE NOT tgisinternal AND tgrelid = "
                + quoted(table, '\'')
                + "::regclass ORDER BY tgname"));
  }

  private static String quoted(String text, char quote) {
    String one = String.valueOf(quote);
    return one + text.replace(one, one + one) + one;
  }
}

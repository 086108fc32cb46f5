package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.sql.Sql;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Replacements of tokens in a statement, made all at once; blanks and comments stay. */
final class Edits {

  private record Edit(int end, String text) {}

  private final Sql sql;
  private final Map<Integer, Edit> edits = new TreeMap<>();

  Edits(Sql sql) {
    this.sql = sql;
  }

  /** Replaces tokens, from the first to the last of them. */
  void replace(int first, int last, String text) {
    edits.put(sql.tokens().get(first).start(), new Edit(sql.tokens().get(last).end(), text));
  }

  /** Replaces one token. */
  Consumer<String> at(int index) {
    return text -> replace(index, index, text);
  }

  String apply() {
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (Map.Entry<Integer, Edit> edit : edits.entrySet()) {
      out.append(sql.text(), at, edit.getKey()).append(edit.getValue().text());
      at = edit.getValue().end();
    }
    return out.append(sql.text().substring(at)).toString();
  }
}

package dev.belay.cli.verify;

import java.util.ArrayList;
import java.util.List;

/** The text form of an array in PostgreSQL and CockroachDB: <code>{1,NULL,"a,b"}</code>. */
final class ArrayText {

  private ArrayText() {}

  /**
   * The elements, null for NULL; of an array of arrays, the inner ones as text.
   *
   * @return the whole text as the only element, if it is no array
   */
  static List<String> elements(String text) {
    int start = text.indexOf('{');
    if (start < 0 || !text.endsWith("}")) {
      return List.of(text);
    }
    List<String> elements = new ArrayList<>();
    StringBuilder element = new StringBuilder();
    // bounds that are not the usual ones stand before the brace: [0:1]={1,2}
    if (start > 0) {
      elements.add(text.substring(0, start));
    }
    boolean quoted = false;
    boolean wasQuoted = false;
    int depth = 0;
    for (int i = start + 1; i < text.length() - 1; i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() - 1) {
        element.append(text.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
        wasQuoted = true;
        if (depth > 0) {
          element.append(c);
        }
      } else if (!quoted && c == ',' && depth == 0) {
        elements.add(element(element, wasQuoted));
        element.setLength(0);
        wasQuoted = false;
      } else {
        depth += quoted ? 0 : c == '{' ? 1 : c == '}' ? -1 : 0;
        element.append(c);
      }
    }
    if (element.length() > 0 || wasQuoted || !elements.isEmpty() && start == 0) {
      elements.add(element(element, wasQuoted));
    }
    return elements;
  }

  private static String element(StringBuilder text, boolean wasQuoted) {
    String element = text.toString();
    return !wasQuoted && element.equalsIgnoreCase("NULL") ? null : element;
  }
}

package dev.belay.sink.target.pgwire;

/** Writes PostgreSQL's text form of an array. */
public final class ArrayLiteral {
  private final StringBuilder text;
  private final char delimiter;
  private boolean empty = true;

  ArrayLiteral(StringBuilder text, char delimiter) {
    this.text = text.append('{');
    this.delimiter = delimiter;
  }

  public ArrayLiteral(StringBuilder text) {
    this(text, ',');
  }

  /**
   * @param bare whether the element can be neither mistaken for NULL nor for the array's own signs
   */
  public void add(String element, boolean bare) {
    next();
    if (bare) {
      text.append(element);
      return;
    }
    text.append('"');
    int copied = 0;
    for (int i = 0; i < element.length(); i++) {
      char c = element.charAt(i);
      if (c == '"' || c == '\\') {
        text.append(element, copied, i).append('\\');
        copied = i;
      }
    }
    text.append(element, copied, element.length()).append('"');
  }

  public void addNull() {
    next().append("NULL");
  }

  /** Where the next element goes; for one that the caller writes himself. */
  StringBuilder next() {
    if (!empty) {
      text.append(delimiter);
    }
    empty = false;
    return text;
  }

  public void close() {
    text.append('}');
  }
}

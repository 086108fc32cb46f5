package dev.belay.cli.init;

import java.io.PrintWriter;

/** Text for a person, on lines of at most 80 characters. */
public final class Wrapped {
  private static final int WIDTH = 80;

  private Wrapped() {}

  /**
   * Prints a text; a word that is longer than a line stands alone.
   *
   * @param indent before the first line; further ones begin below its text if it ends with a dash,
   *     else two characters to the right
   */
  public static void print(PrintWriter out, String indent, String text) {
    String rest = " ".repeat(indent.endsWith("- ") ? indent.length() : indent.length() + 2);
    StringBuilder line = new StringBuilder(indent);
    boolean begins = true;
    for (String word : text.split(" ", -1)) {
      if (!begins && line.length() + 1 + word.length() > WIDTH) {
        out.println(line.toString().stripTrailing());
        line = new StringBuilder(rest).append(word);
      } else {
        line.append(begins ? "" : " ").append(word);
      }
      begins = false;
    }
    out.println(line.toString().stripTrailing());
  }
}

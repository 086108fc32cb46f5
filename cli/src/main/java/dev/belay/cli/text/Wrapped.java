package dev.belay.cli.text;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Text for a person, on lines of at most 80 characters. */
public final class Wrapped {
  private static final int WIDTH = 80;

  private Wrapped() {}

  /**
   * Breaks at blanks; a word that is longer than a line stays whole.
   *
   * @param first what the first line begins with
   * @param indent what the others begin with
   */
  public static List<String> lines(String first, String text, String indent) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(first);
    boolean isBegun = false;
    for (String word : text.split(" ")) {
      if (isBegun && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(indent).append(word);
      } else {
        line.append(isBegun ? " " : "").append(word);
      }
      isBegun = true;
    }
    lines.add(line.toString());
    return lines;
  }

  /**
   * Prints a text.
   *
   * @param indent before the first line; further ones begin below its text if it ends with a dash,
   *     else two characters to the right
   */
  public static void print(PrintWriter out, String indent, String text) {
    String rest = " ".repeat(indent.endsWith("- ") ? indent.length() : indent.length() + 2);
    lines(indent, text, rest).forEach(line -> out.println(line.stripTrailing()));
  }
}

package dev.belay.cli.status;

import java.util.ArrayList;
import java.util.List;

/** Text on 80 columns. */
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
}

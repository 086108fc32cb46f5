package dev.belay.testkit.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The messages that {@code docs/troubleshooting.md} quotes, in headings and as the first cell of a
 * row, held against those that the code writes. What differs from case to case is in angle
 * brackets.
 */
public final class Messages {
  private static final Pattern QUOTED =
      Pattern.compile("^(?:### |\\| )`([^`]+)`(?: \\|.*)?$", Pattern.MULTILINE);
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Long enough not to be met by chance. */
  private static final int TELLING = 12;

  private final List<String> quoted;
  private final String code;

  private Messages(List<String> quoted, String code) {
    this.quoted = quoted;
    this.code = code;
  }

  /** The page's messages and those of the modules, seen from one module's folder. */
  public static Messages of(String... modules) throws IOException {
    List<String> quoted = new ArrayList<>();
    Matcher message = QUOTED.matcher(Files.readString(Repository.docs("troubleshooting.md")));
    while (message.find()) {
      quoted.add(message.group(1));
    }
    StringBuilder code = new StringBuilder();
    for (Path file : Repository.files(".java")) {
      for (String module : modules) {
        if (file.startsWith(Repository.ROOT.resolve(module).resolve("src/main/java"))) {
          // texts that are split over lines are made whole
          code.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
        }
      }
    }
    return new Messages(List.copyOf(quoted), code.toString());
  }

  public int count() {
    return quoted.size();
  }

  /** Pieces of quotations that are nowhere in the code. */
  public List<String> quotedAndNotWritten() {
    List<String> strange = new ArrayList<>();
    for (String message : quoted) {
      for (String piece : message.split("<[^>]*>")) {
        // the target's name and the colon come from whoever puts the parts together
        String bare = piece.replaceFirst("^, ", "").replaceFirst(": $", "").strip();
        if (!code.contains(bare)) {
          strange.add(piece);
        }
      }
    }
    return strange;
  }

  /** What was looked for, and what of it the page does not have. */
  public record Written(int count, List<String> unexplained) {}

  /**
   * Messages in the code.
   *
   * @param construct whose first group has the literals of one message; one without a long literal
   *     is made elsewhere, of texts that are met there
   */
  public Written written(Pattern construct) {
    List<String> unexplained = new ArrayList<>();
    int count = 0;
    Matcher found = construct.matcher(code);
    while (found.find()) {
      List<String> telling = new ArrayList<>();
      Matcher literal = LITERAL.matcher(found.group(1));
      while (literal.find()) {
        telling.add(literal.group(1));
      }
      if (telling.stream().noneMatch(Messages::isTelling)) {
        continue;
      }
      count++;
      boolean explained =
          telling.stream().anyMatch(this::isQuoted) || telling.get(0).startsWith("Interrupted");
      if (!explained) {
        unexplained.add(String.join(" ... ", telling));
      }
    }
    return new Written(count, unexplained);
  }

  /** A sentence, or a part of one; a name is not. */
  private static boolean isTelling(String text) {
    return text.length() >= TELLING && text.strip().contains(" ");
  }

  /** Whether a quotation has a part of the text. */
  private boolean isQuoted(String text) {
    for (String message : quoted) {
      for (String piece : message.split("<[^>]*>")) {
        if (piece.strip().length() >= TELLING && text.contains(piece.strip())) {
          return true;
        }
      }
    }
    return false;
  }
}

package dev.belay.testkit.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text that is generated, and committed so that it is reviewed: golden SQL and reference pages.
 * {@code mvn verify -Dbelay.rewrite=true} writes the files anew; look at the difference before you
 * commit it.
 */
public final class CommittedText {
  private static final String SWITCH = "belay.rewrite";

  private CommittedText() {}

  static boolean rewrites() {
    return Boolean.getBoolean(SWITCH);
  }

  /**
   * Compares, or writes the file anew if the switch is on.
   *
   * @param file seen from the module's folder
   * @throws AssertionError if the file is not there or has another text, with the first line that
   *     differs
   */
  public static void assertCommitted(Path file, String generated) throws IOException {
    if (rewrites()) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, generated);
    }
    String committed = Files.exists(file) ? Files.readString(file) : "";
    if (!committed.equals(generated)) {
      throw new AssertionError(
          file
              + " is not what the code gives, and to be written anew with -D"
              + SWITCH
              + "=true. "
              + difference(committed, generated));
    }
  }

  private static String difference(String committed, String generated) {
    String[] there = committed.split("\n", -1);
    String[] wanted = generated.split("\n", -1);
    int line = 0;
    while (line < Math.min(there.length, wanted.length) && there[line].equals(wanted[line])) {
      line++;
    }
    return "Line "
        + (line + 1)
        + ", committed: "
        + (line < there.length ? there[line] : "(end)")
        + "\ngenerated: "
        + (line < wanted.length ? wanted[line] : "(end)");
  }
}

package dev.belay.sink.target;

import static org.assertj.core.api.Assertions.assertThat;

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
   * @param file seen from the module's folder
   */
  public static void assertCommitted(Path file, String generated) throws IOException {
    if (rewrites()) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, generated);
    }
    assertThat(file)
        .as("to be written anew with -D" + SWITCH + "=true")
        .exists()
        .content()
        .isEqualTo(generated);
  }
}

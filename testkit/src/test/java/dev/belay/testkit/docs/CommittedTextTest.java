package dev.belay.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedTextTest {

  @Test
  void committedTextsAreNotRewrittenByAnOrdinaryBuild(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("golden.sql"), "SELECT 1");

    assertThat(CommittedText.rewrites()).as("the switch belay.rewrite").isFalse();
    assertThatThrownBy(() -> CommittedText.assertCommitted(file, "SELECT 2"))
        .isInstanceOf(AssertionError.class);
    assertThat(file).content().isEqualTo("SELECT 1");
  }

  @Test
  void aMissingTextIsADifference(@TempDir Path dir) {
    assertThatThrownBy(() -> CommittedText.assertCommitted(dir.resolve("none.sql"), "SELECT 1"))
        .isInstanceOf(AssertionError.class);
  }
}

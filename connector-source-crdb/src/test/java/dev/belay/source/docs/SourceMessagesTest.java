package dev.belay.source.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.docs.Messages;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the source connector says when it stops, refuses or warns is found in the page of messages.
 * That the page quotes nothing else is held by the sink's test of the same page.
 */
class SourceMessagesTest {

  /** The ways in which the code makes a message, and how many there are at least. */
  private record Way(String name, String construct, int least) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Way> ways() {
    return List.of(
        new Way("stops and refusals", "new (?:Connect|Config)Exception\\((.*?)\\);", 8),
        new Way("the planner's", "new NeedsAction\\((.*?)\\);", 4),
        new Way(
            "the errors that no try helps",
            "^  [A-Z_]+\\(\\s*List\\.of\\([^)]*\\),(.*?)\\)[,;]$",
            6),
        new Way("validation's", "\\berror\\((.*?)\\);", 14),
        new Way("validation's, of two fields", "String text =\\s+(\".*?);$", 3),
        new Way("the preflight's", "Finding\\.(?:stop|warning)\\((.*?)\\);", 7),
        new Way("the topics'", "new TopicTrouble\\((.*?)\\);", 2),
        new Way("the overrides file's", "throw refused\\(\\s*path,(.*?)\\);", 5));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void everyMessageIsExplained(Way way) throws Exception {
    Messages.Written written =
        Messages.of("connector-source-crdb")
            .written(Pattern.compile(way.construct(), Pattern.DOTALL | Pattern.MULTILINE));
    assertThat(written.count()).isGreaterThanOrEqualTo(way.least());
    assertThat(written.unexplained())
        .as("messages that docs/troubleshooting.md does not have")
        .isEmpty();
  }
}

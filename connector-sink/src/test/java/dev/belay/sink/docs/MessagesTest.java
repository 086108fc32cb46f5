package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.docs.Messages;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Messages are found by searching for them: each is quoted as the code writes it. */
class MessagesTest {
  private static final Pattern STOP =
      Pattern.compile("new (?:Stop|Connect)Exception\\((.*?)\\);", Pattern.DOTALL);

  /** Of both plugins: they share the page. */
  @Test
  void everyMessageQuotedIsInTheCode() throws Exception {
    Messages messages = Messages.of("connector-sink", "connector-source-crdb");
    assertThat(messages.count()).isGreaterThan(40);
    assertThat(messages.quotedAndNotWritten()).as("quoted and nowhere in the code").isEmpty();
  }

  @Test
  void everyStopAndEveryRefusalIsExplained() throws Exception {
    Messages.Written stops = Messages.of("connector-sink").written(STOP);
    assertThat(stops.count()).isGreaterThan(12);
    assertThat(stops.unexplained())
        .as("stops and refusals that docs/troubleshooting.md does not have")
        .isEmpty();
  }
}

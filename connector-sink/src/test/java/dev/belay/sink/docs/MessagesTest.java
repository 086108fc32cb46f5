package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Messages are found by searching for them: each is quoted as the code writes it. */
class MessagesTest {
  private static final Path SOURCES = Repository.ROOT.resolve("connector-sink/src/main/java");
  private static final Pattern HEADING = Pattern.compile("^### `(.+)`$", Pattern.MULTILINE);
  private static final Pattern STOP =
      Pattern.compile("new (?:Stop|Connect)Exception\\((.*?)\\);", Pattern.DOTALL);
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Long enough not to be met by chance. */
  private static final int TELLING = 12;

  @Test
  void everyMessageQuotedIsInTheCode() throws Exception {
    String code = code();
    List<String> strange = new ArrayList<>();
    Matcher heading = HEADING.matcher(page());
    int count = 0;
    while (heading.find()) {
      count++;
      for (String piece : heading.group(1).split("<[^>]*>")) {
        // the target's name and the colon come from whoever puts the parts together
        String bare = piece.replaceFirst("^PostgreSQL, ", "").replaceFirst(": $", "").strip();
        if (!code.contains(bare)) {
          strange.add(piece);
        }
      }
    }
    assertThat(count).isGreaterThan(20);
    assertThat(strange).as("quoted and nowhere in the code").isEmpty();
  }

  @Test
  void everyStopAndEveryRefusalIsExplained() throws Exception {
    String page = page();
    Matcher stop = STOP.matcher(code());
    List<String> unexplained = new ArrayList<>();
    int count = 0;
    while (stop.find()) {
      List<String> telling = new ArrayList<>();
      Matcher literal = LITERAL.matcher(stop.group(1));
      while (literal.find()) {
        telling.add(literal.group(1));
      }
      if (telling.stream().allMatch(text -> text.length() < TELLING)) {
        // made elsewhere, from texts which this test meets there
        continue;
      }
      count++;
      boolean explained =
          telling.stream().anyMatch(text -> quotes(page, text))
              || telling.get(0).startsWith("Interrupted");
      if (!explained) {
        unexplained.add(String.join(" ... ", telling));
      }
    }
    assertThat(count).isGreaterThan(12);
    assertThat(unexplained)
        .as("stops and refusals that docs/troubleshooting.md does not have")
        .isEmpty();
  }

  /** Whether a heading has a part of the text. */
  private static boolean quotes(String page, String text) {
    Matcher heading = HEADING.matcher(page);
    while (heading.find()) {
      for (String piece : heading.group(1).split("<[^>]*>")) {
        if (piece.strip().length() >= TELLING && text.contains(piece.strip())) {
          return true;
        }
      }
    }
    return false;
  }

  private static String page() throws IOException {
    return Files.readString(Repository.docs("troubleshooting.md"));
  }

  /** All sources, with texts that are split over lines made whole. */
  private static String code() throws IOException {
    StringBuilder code = new StringBuilder();
    for (Path file : Repository.files(".java")) {
      if (file.startsWith(SOURCES)) {
        code.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
      }
    }
    return code.toString();
  }
}

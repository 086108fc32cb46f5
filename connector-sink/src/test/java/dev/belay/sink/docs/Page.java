package dev.belay.sink.docs;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A generated page of Markdown. */
final class Page {
  private final StringBuilder text = new StringBuilder();

  Page(String title) {
    text.append("# ").append(title).append('\n');
  }

  Page heading(String heading) {
    text.append("\n## ").append(heading).append('\n');
    return this;
  }

  Page subheading(String heading) {
    text.append("\n### ").append(heading).append('\n');
    return this;
  }

  Page paragraph(String paragraph) {
    text.append('\n').append(paragraph.strip()).append('\n');
    return this;
  }

  Page block(String language, String content) {
    text.append("\n```").append(language).append('\n').append(content.strip()).append("\n```\n");
    return this;
  }

  Page head(String... cells) {
    text.append('\n');
    row(cells);
    text.append('|').append("---|".repeat(cells.length)).append('\n');
    return this;
  }

  Page row(String... cells) {
    text.append(
        Arrays.stream(cells)
            .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
            .collect(Collectors.joining(" | ", "| ", " |\n")));
    return this;
  }

  /** Says where the page comes from. */
  Page generatedFrom(String source) {
    return paragraph(
        "This page is generated from `"
            + source
            + "` and compared in the build; `mvn verify -Dbelay.rewrite=true` writes it anew.");
  }

  static String code(String word) {
    return word.isEmpty() ? "" : "`" + word + "`";
  }

  String text() {
    return text.toString();
  }
}

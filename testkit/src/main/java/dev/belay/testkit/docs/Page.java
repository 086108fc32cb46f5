package dev.belay.testkit.docs;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A generated page of Markdown. */
public final class Page {
  private final StringBuilder text = new StringBuilder();

  public Page(String title) {
    text.append("# ").append(title).append('\n');
  }

  public Page heading(String heading) {
    text.append("\n## ").append(heading).append('\n');
    return this;
  }

  public Page subheading(String heading) {
    text.append("\n### ").append(heading).append('\n');
    return this;
  }

  public Page paragraph(String paragraph) {
    text.append('\n').append(paragraph.strip()).append('\n');
    return this;
  }

  public Page block(String language, String content) {
    text.append("\n```").append(language).append('\n').append(content.strip()).append("\n```\n");
    return this;
  }

  public Page head(String... cells) {
    text.append('\n');
    row(cells);
    text.append('|').append("---|".repeat(cells.length)).append('\n');
    return this;
  }

  public Page row(String... cells) {
    text.append(
        Arrays.stream(cells)
            .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
            .collect(Collectors.joining(" | ", "| ", " |\n")));
    return this;
  }

  /** Says where the page comes from. */
  public Page generatedFrom(String source) {
    return paragraph(
        "This page is generated from `"
            + source
            + "` and compared in the build; `mvn verify -Dbelay.rewrite=true` writes it anew.");
  }

  public static String code(String word) {
    return word.isEmpty() ? "" : "`" + word + "`";
  }

  public String text() {
    return text.toString();
  }
}

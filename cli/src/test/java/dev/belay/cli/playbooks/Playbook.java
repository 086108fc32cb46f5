package dev.belay.cli.playbooks;

import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of {@code config/playbooks}: steps, each a numbered heading and the blocks below it, in
 * the order in which a person comes to them.
 *
 * @param steps by their numbers
 */
record Playbook(String name, Map<Integer, List<Block>> steps) {
  private static final Pattern PART =
      Pattern.compile(
          "^## (\\d+)[.] [^\n]*$|^```(sh runnable|sql old|sql new)\n(.*?)^```$",
          Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern FENCES = Pattern.compile("^ *```\\w", Pattern.MULTILINE);

  /**
   * What is to be pasted.
   *
   * @param kind {@code sh runnable}, {@code sql old} or {@code sql new}
   */
  record Block(String kind, String text) {}

  /**
   * Reads a page.
   *
   * @throws IllegalStateException if it has a block that nobody would run
   */
  static Playbook read(String name) throws IOException {
    String page = Files.readString(Repository.ROOT.resolve("config/playbooks/" + name + ".md"));
    Map<Integer, List<Block>> steps = new LinkedHashMap<>();
    List<Block> blocks = new ArrayList<>();
    int found = 0;
    Matcher part = PART.matcher(page);
    while (part.find()) {
      if (part.group(1) != null) {
        blocks = new ArrayList<>();
        if (steps.put(Integer.valueOf(part.group(1)), blocks) != null) {
          throw new IllegalStateException(name + " has two steps " + part.group(1));
        }
      } else {
        found++;
        blocks.add(new Block(part.group(2), part.group(3)));
      }
    }
    if (FENCES.matcher(page).results().count() != found) {
      throw new IllegalStateException(name + " has a block that is neither sh runnable nor sql");
    }
    return new Playbook(name, steps);
  }
}

package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Nothing in the documents points at what is not there. */
class LinksTest {
  private static final Pattern FENCE =
      Pattern.compile("^ *```.*?^ *```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#{1,6} +(.*?) *$", Pattern.MULTILINE);
  private static final Pattern FILE =
      Pattern.compile(
          "(?<![\\w/.-])((?:config|docs|connector-sink|connector-source-crdb|testkit|cli)/[\\w./-]*\\w)");
  private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]+(?:[A-Z][a-z]*)+)`");

  /** Names of others, which look like classes of ours. */
  private static final Set<String> FOREIGN = Set.of("ByteArrayConverter", "JsonConverter");

  @Test
  void linksLeadSomewhere() throws Exception {
    List<String> broken = new ArrayList<>();
    for (Path page : Repository.files(".md")) {
      Matcher link = LINK.matcher(prose(page));
      while (link.find()) {
        String to = link.group(1);
        if (to.matches("[a-z]+:.*")) {
          continue;
        }
        int hash = to.indexOf('#');
        String file = hash < 0 ? to : to.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!Files.exists(target)) {
          broken.add(page + ": " + to);
        } else if (hash >= 0 && !anchors(target).contains(to.substring(hash + 1))) {
          broken.add(page + ": no heading for " + to);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void filesThatAreNamedExist() throws Exception {
    List<String> missing = new ArrayList<>();
    for (Path page : Repository.files(".md")) {
      Matcher file = FILE.matcher(Files.readString(page).replaceAll("\\]\\([^)]*\\)", "]"));
      while (file.find()) {
        boolean built = file.group(1).contains("/target/") || file.group(1).endsWith("/target");
        if (!built && !Files.exists(Repository.ROOT.resolve(file.group(1)))) {
          missing.add(page + ": " + file.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void classesThatAreNamedExist() throws Exception {
    Set<String> classes =
        Repository.files(".java").stream()
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    for (Path page :
        List.of(Repository.docs("design.md"), Repository.ROOT.resolve("CONTRIBUTING.md"))) {
      Matcher name = CLASS.matcher(Files.readString(page));
      while (name.find()) {
        if (!classes.contains(name.group(1)) && !FOREIGN.contains(name.group(1))) {
          missing.add(page + ": " + name.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void pagesAreNotAlone() throws Exception {
    Set<Path> linked = new HashSet<>();
    for (Path page : Repository.files(".md")) {
      Matcher link = LINK.matcher(prose(page));
      while (link.find()) {
        linked.add(page.resolveSibling(link.group(1).replaceAll("#.*", "")).normalize());
      }
    }
    assertThat(Repository.files(".md"))
        .filteredOn(page -> page.startsWith(Repository.docs("")))
        .allMatch(page -> linked.contains(page.normalize()));
  }

  private static String prose(Path page) throws IOException {
    return CODE.matcher(FENCE.matcher(Files.readString(page)).replaceAll("")).replaceAll("``");
  }

  /** As GitHub makes them. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    Matcher heading = HEADING.matcher(FENCE.matcher(Files.readString(page)).replaceAll(""));
    while (heading.find()) {
      String anchor =
          heading
              .group(1)
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-');
      int times = seen.merge(anchor, 1, Integer::sum);
      anchors.add(times == 1 ? anchor : anchor + "-" + (times - 1));
    }
    return anchors;
  }
}

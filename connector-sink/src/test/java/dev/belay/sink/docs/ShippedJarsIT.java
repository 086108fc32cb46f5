package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** What the zip carries is what was agreed to, and NOTICE says so. */
class ShippedJarsIT {
  private static final Path ZIP = Path.of(System.getProperty("belay.sink.zip"));

  /** A folder of another's licence inside a jar, as {@code META-INF/licenses/GROUP/...}. */
  private static final Pattern BUNDLED = Pattern.compile("META-INF/licenses/([^/]+)/.+");

  /** A file of another's licence inside a jar, as {@code META-INF/NAME-LICENSE}. */
  private static final Pattern BUNDLED_FILE = Pattern.compile("META-INF/(\\w+)-LICENSE");

  /** A relative link of a page, without its anchor. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?![a-z]+:)([^)\\s#]+)(?:#[^)\\s]*)?\\)");

  @Test
  void theZipHasTheJarsOfTheListAndNoOthers() throws Exception {
    List<String> listed =
        Files.readAllLines(Path.of("src/test/resources/shipped-jars.txt")).stream()
            .filter(line -> !line.startsWith("#") && !line.isBlank())
            .map(line -> line.split(" ")[0])
            .toList();
    assertThat(jars().keySet()).containsExactlyInAnyOrderElementsOf(listed);
  }

  @Test
  void noticeNamesEveryJarAndWhatIsBundledInIt() throws Exception {
    String notice = Files.readString(Repository.ROOT.resolve("NOTICE"));
    for (Map.Entry<String, List<String>> jar : jars().entrySet()) {
      String artifact = jar.getKey().replaceFirst("-\\d.*", "");
      if (artifact.startsWith("belay-")) {
        continue;
      }
      assertThat(notice).contains(":" + artifact + ")");
      for (String entry : jar.getValue()) {
        Stream.of(BUNDLED.matcher(entry), BUNDLED_FILE.matcher(entry))
            .filter(Matcher::matches)
            .forEach(bundled -> assertThat(notice).as(entry).contains(bundled.group(1)));
      }
    }
  }

  @Test
  void licenceNoticeAndFilesToStartFromAreInTheZip() throws Exception {
    List<String> names = new ArrayList<>();
    try (ZipFile zip = new ZipFile(ZIP.toFile())) {
      zip.stream().forEach(entry -> names.add(entry.getName().replaceFirst("^[^/]+/", "")));
    }
    assertThat(names)
        .contains(
            "doc/LICENSE",
            "doc/NOTICE",
            "doc/README.md",
            "doc/CHANGELOG.md",
            "doc/docs/operations.md",
            "doc/config/README.md",
            "etc/sink/postgresql.json",
            "etc/sql/postgresql/belay-schema.sql",
            "etc/sql/cockroachdb/create-changefeed.sql");
  }

  @Test
  void linksOfThePagesInTheZipLeadToWhatIsInTheZip() throws Exception {
    Map<String, String> pages = new TreeMap<>();
    Set<String> names = new TreeSet<>();
    try (ZipFile zip = new ZipFile(ZIP.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        names.add(entry.getName().replaceFirst("/$", ""));
        if (entry.getName().endsWith(".md")) {
          byte[] page = zip.getInputStream(entry).readAllBytes();
          pages.put(entry.getName(), new String(page, StandardCharsets.UTF_8));
        }
      }
    }
    List<String> dead = new ArrayList<>();
    pages.forEach(
        (page, text) -> {
          Matcher link = LINK.matcher(text);
          while (link.find()) {
            String to = Path.of(page).resolveSibling(link.group(1)).normalize().toString();
            if (!names.contains(to)) {
              dead.add(page + ": " + link.group(1));
            }
          }
        });
    assertThat(pages).hasSizeGreaterThan(10);
    assertThat(dead).isEmpty();
  }

  /** Names without ending (ours without version), with the entries of each. */
  private static Map<String, List<String>> jars() throws IOException {
    Map<String, List<String>> jars = new TreeMap<>();
    try (ZipFile zip = new ZipFile(ZIP.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        if (entry.getName().endsWith(".jar")) {
          String name = Path.of(entry.getName()).getFileName().toString().replace(".jar", "");
          jars.put(
              name.startsWith("belay-") ? name.replaceFirst("-\\d.*", "") : name,
              entriesOf(zip.getInputStream(entry).readAllBytes()));
        }
      }
    }
    return jars;
  }

  private static List<String> entriesOf(byte[] jar) throws IOException {
    List<String> names = new ArrayList<>();
    try (ZipInputStream in =
        new ZipInputStream(new ByteArrayInputStream(jar), StandardCharsets.UTF_8)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }
}

package dev.belay.testkit.docs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** A plugin's zip, as a user unpacks it. */
public record ShippedZip(Path file) {

  /** A folder of another's licence inside a jar, as {@code META-INF/licenses/GROUP/...}. */
  private static final Pattern BUNDLED = Pattern.compile("META-INF/licenses/([^/]+)/.+");

  /** A file of another's licence inside a jar, as {@code META-INF/NAME-LICENSE}. */
  private static final Pattern BUNDLED_FILE = Pattern.compile("META-INF/(\\w+)-LICENSE");

  /** A relative link of a page, without its anchor. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?![a-z]+:)([^)\\s#]+)(?:#[^)\\s]*)?\\)");

  private static final String SERVICES = "META-INF/services/";

  /**
   * The jars of a list that a person keeps: the first word of each line but comments and indented
   * ones.
   */
  public static List<String> listed(Path list) throws IOException {
    return Files.readAllLines(list).stream()
        .filter(line -> !line.startsWith("#") && !line.startsWith(" ") && !line.isBlank())
        .map(line -> line.split(" ")[0])
        .toList();
  }

  /** The folder at the top, in which all of it is. */
  public String top() throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Set<String> tops = new TreeSet<>();
      zip.stream().forEach(entry -> tops.add(entry.getName().replaceFirst("/.*", "")));
      if (tops.size() != 1) {
        throw new IOException("Not one folder at the top of " + file + ": " + tops);
      }
      return tops.iterator().next();
    }
  }

  /** The names of all that is in it, without the folder at the top. */
  public Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      zip.stream().forEach(entry -> names.add(entry.getName().replaceFirst("^[^/]+/", "")));
    }
    return names;
  }

  /** The text of a file, or of a page, by its name without the folder at the top. */
  public String text(String name) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = zip.getEntry(top() + "/" + name);
      if (entry == null) {
        throw new IOException("There is no " + name + " in " + file);
      }
      return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The classes that our jar names in its service files, by the class that they are of. */
  public Map<String, String> services() throws IOException {
    Map<String, String> services = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName().replaceFirst(".*/", "");
        if (isOurs(name) && name.endsWith(".jar")) {
          addServices(zip.getInputStream(entry).readAllBytes(), services);
        }
      }
    }
    return services;
  }

  private static void addServices(byte[] jar, Map<String, String> services) throws IOException {
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.getName().startsWith(SERVICES) && !entry.isDirectory()) {
          services.put(
              entry.getName().substring(SERVICES.length()),
              new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
        }
      }
    }
  }

  /** The jars of others, by name without ending. */
  Map<String, byte[]> contentsOfJars() throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName().replaceFirst(".*/", "");
        if (name.endsWith(".jar") && !isOurs(name)) {
          contents.put(name.replace(".jar", ""), zip.getInputStream(entry).readAllBytes());
        }
      }
    }
    return contents;
  }

  /** Jars by name without ending (ours without version), with the entries of each. */
  public Map<String, List<String>> jars() throws IOException {
    Map<String, List<String>> jars = new TreeMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        if (entry.getName().endsWith(".jar")) {
          String name = Path.of(entry.getName()).getFileName().toString().replace(".jar", "");
          jars.put(
              isOurs(name) ? name.replaceFirst("-\\d.*", "") : name,
              entriesOf(zip.getInputStream(entry).readAllBytes()));
        }
      }
    }
    return jars;
  }

  private static boolean isOurs(String jar) {
    return jar.startsWith("belay-");
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

  /** What a notice has to name: the jars of others, and others' works inside of them. */
  public Set<String> namesForTheNotice() throws IOException {
    Set<String> names = new TreeSet<>();
    jars()
        .forEach(
            (jar, entries) -> {
              if (!isOurs(jar)) {
                names.add(":" + jar.replaceFirst("-\\d.*", "") + ")");
                entries.forEach(
                    entry -> {
                      for (Pattern licence : List.of(BUNDLED, BUNDLED_FILE)) {
                        Matcher bundled = licence.matcher(entry);
                        if (bundled.matches()) {
                          names.add(bundled.group(1));
                        }
                      }
                    });
              }
            });
    return names;
  }

  /** Links of its pages that lead to nothing in the zip; each with its page. */
  public List<String> deadLinks() throws IOException {
    Map<String, String> pages = new TreeMap<>();
    Set<String> names = new TreeSet<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
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
    return dead;
  }
}

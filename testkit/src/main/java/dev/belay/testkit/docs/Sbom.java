package dev.belay.testkit.docs;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bill of materials of a zip, as CycloneDX 1.6 has it: each jar of others with its coordinates,
 * its hash and its licence, and in it what others have put into that jar. It is made from the jars
 * that are in the zip, so that it tells nothing else; coordinates and licences are those of the
 * list that a person keeps. CycloneDX's own Maven plugin refuses to work where Maven is offline,
 * and does not know what is inside of a jar.
 */
public final class Sbom {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VERSION = "${project.version}";
  private static final String TIME = "${project.build.outputTimestamp}";

  /**
   * A line of the list: a jar without its ending, its licence, and the group of its coordinates.
   */
  private static final Pattern JAR = Pattern.compile("(\\S+)-(\\d\\S*) (.+) (\\S+)");

  /** An indented line below it: the licence of what is bundled, by the name that the jar has. */
  private static final Pattern WITHIN = Pattern.compile(" +(\\S+) (.+)");

  /** Bundled with group, name and version. */
  private static final Pattern BUNDLED =
      Pattern.compile("META-INF/licenses/([^/]+)/([^/]+)-(\\d[^/-]*)/.*");

  /** Bundled with a name only. */
  private static final Pattern BUNDLED_FILE = Pattern.compile("META-INF/(\\w+)-LICENSE");

  private static final Set<String> SPDX =
      Set.of("Apache-2.0", "BSD-2-Clause", "LGPL-2.1-or-later", "MIT");

  private final ShippedZip zip;
  private final Path list;

  /**
   * Nothing is read yet.
   *
   * @param list the jars that are agreed to, with licence and group
   */
  public Sbom(ShippedZip zip, Path list) {
    this.zip = zip;
    this.list = list;
  }

  /**
   * The bill, with {@code ${...}} where the build puts in version and time.
   *
   * @param artifact of group dev.belay
   * @param classifier of the zip
   */
  public String text(String artifact, String classifier) throws IOException {
    ObjectNode bom = JSON.createObjectNode();
    bom.put("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
    bom.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
    ObjectNode metadata = bom.putObject("metadata").put("timestamp", TIME);
    ObjectNode subject = metadata.putObject("component").put("type", "library");
    String url =
        "pkg:maven/dev.belay/%s@%s?classifier=%s&type=zip".formatted(artifact, VERSION, classifier);
    subject.put("bom-ref", url).put("group", "dev.belay").put("name", artifact);
    subject.put("version", VERSION);
    licence(subject, "Apache-2.0");
    subject.put("purl", url);
    components(bom.putArray("components"));
    return JSON.writer(printer()).writeValueAsString(bom) + "\n";
  }

  private void components(ArrayNode components) throws IOException {
    Map<String, byte[]> contents = zip.contentsOfJars();
    Map<String, List<String>> entries = zip.jars();
    Map<String, String> within = new TreeMap<>();
    Map<String, Matcher> jars = new LinkedHashMap<>();
    for (String line : Files.readAllLines(list)) {
      Matcher inner = WITHIN.matcher(line);
      Matcher jar = JAR.matcher(line);
      if (inner.matches()) {
        within.put(inner.group(1), inner.group(2));
      } else if (!line.startsWith("#") && jar.matches()) {
        jars.put(jar.group(1) + "-" + jar.group(2), jar);
      }
    }
    for (Map.Entry<String, byte[]> content : contents.entrySet()) {
      Matcher listed = jars.get(content.getKey());
      if (listed == null) {
        throw new IOException(
            content.getKey()
                + ".jar is in the zip and has no line \"NAME-VERSION LICENCE GROUP\" in "
                + list);
      }
      ObjectNode component = components.addObject();
      library(component, listed.group(4), listed.group(1), listed.group(2));
      component
          .putArray("hashes")
          .addObject()
          .put("alg", "SHA-256")
          .put("content", sha256(content.getValue()));
      licence(component, listed.group(3));
      bundled(component, entries.get(content.getKey()), within);
    }
  }

  private void bundled(ObjectNode component, List<String> entries, Map<String, String> licences)
      throws IOException {
    Set<String> seen = new TreeSet<>();
    ArrayNode inner = JSON.createArrayNode();
    for (String entry : entries) {
      Matcher full = BUNDLED.matcher(entry);
      Matcher name = BUNDLED_FILE.matcher(entry);
      if (full.matches() && seen.add(full.group(1) + ":" + full.group(2))) {
        library(inner.addObject(), full.group(1), full.group(2), full.group(3));
      } else if (name.matches() && seen.add(name.group(1))) {
        inner.addObject().put("type", "library").put("name", name.group(1));
      } else {
        continue;
      }
      String by = full.matches() ? full.group(1) : name.group(1);
      if (!licences.containsKey(by)) {
        throw new IOException(by + " is bundled in a jar, and its licence is not in " + list);
      }
      licence((ObjectNode) inner.get(inner.size() - 1), licences.get(by));
    }
    if (!inner.isEmpty()) {
      component.set("components", inner);
    }
  }

  private static void library(ObjectNode component, String group, String name, String version) {
    String url = "pkg:maven/%s/%s@%s".formatted(group, name, version);
    component.put("type", "library").put("bom-ref", url).put("group", group).put("name", name);
    component.put("version", version).put("purl", url);
  }

  /** By its SPDX name, as an expression of such names, or by the name that it has. */
  private static void licence(ObjectNode component, String text) {
    ObjectNode choice = component.putArray("licenses").addObject();
    if (text.contains(" WITH ")) {
      choice.put("expression", text);
    } else {
      choice.putObject("license").put(SPDX.contains(text) ? "id" : "name", text);
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static DefaultPrettyPrinter printer() {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    return new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
  }
}

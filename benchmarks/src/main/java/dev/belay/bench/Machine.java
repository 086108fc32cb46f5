package dev.belay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** What the figures were measured on, for the report. */
final class Machine {

  private static final long GIGABYTE = 1L << 30;

  private Machine() {}

  /** Names and values, in the order of the report. */
  static Map<String, String> described(Engine engine) throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "processor",
        Runtime.getRuntime().availableProcessors() + " x " + first("/proc/cpuinfo", "model name"));
    String kilobytes = first("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
    facts.put("memory", Math.round(Long.parseLong(kilobytes) * 1024.0 / GIGABYTE) + " GB");
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put(
        "JDK",
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    facts.put(engine.title(), engine.described());
    Attributes versions = versions();
    facts.put("Kafka, Kafka Connect", versions.getValue("Kafka-Version"));
    facts.put("Belay", versions.getValue("Implementation-Version"));
    facts.put(
        engine.driver() + " (Belay and plain)",
        versions.getValue(engine.driver().replaceAll("\\W", "") + "-Version"));
    facts.put("Debezium JDBC sink", versions.getValue("Debezium-Jdbc-Version"));
    facts.put("JVM of each worker", String.join(" ", ConnectorRun.JVM_OPTIONS));
    return facts;
  }

  private static String first(String file, String name) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /** The build has written them into the manifest. */
  private static Attributes versions() throws IOException {
    try (JarFile jar = new JarFile(Plugins.folder().resolveSibling("belay-bench.jar").toFile())) {
      return jar.getManifest().getMainAttributes();
    }
  }
}

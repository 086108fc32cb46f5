package dev.belay.cli.preflight;

import dev.belay.cli.connect.ConnectClient;
import dev.belay.cli.connect.ConnectClient.Plugin;
import dev.belay.cli.connect.Connector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Kafka Connect and the plugins in it make of the files. */
final class WorkerChecks {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");
  private static final int OLDEST_MAJOR = 3;
  private static final int OLDEST_MINOR = 9;

  private final ConnectClient connect;

  WorkerChecks(ConnectClient connect) {
    this.connect = connect;
  }

  /**
   * Asks.
   *
   * @param connectors as they are to be POSTed, secrets not put in: the worker has its own
   */
  List<Check> run(List<Map<String, String>> connectors) throws IOException, InterruptedException {
    List<Check> checks = new ArrayList<>();
    checks.add(version(connect.version()));
    List<Plugin> plugins = connect.plugins();
    for (Map<String, String> connector : connectors) {
      String name = connector.get("name");
      String type = connector.getOrDefault("connector.class", "");
      Optional<Plugin> plugin =
          plugins.stream()
              .filter(each -> each.type().equals(type) || each.type().endsWith("." + type))
              .findFirst();
      if (plugin.isEmpty()) {
        checks.add(
            Check.stop(
                name,
                "the worker has no plugin " + type,
                "Unpack its zip below plugin.path of every worker, and restart them."));
      } else {
        checks.add(Check.ok(name, type + " " + plugin.get().version() + " is installed"));
        faults(connector, checks);
      }
    }
    sameVersion(plugins).ifPresent(checks::add);
    return checks;
  }

  private Check version(String version) {
    Matcher parts = VERSION.matcher(version);
    if (!parts.matches()) {
      return Check.warning(
          "Kafka Connect", "its version is " + version, "Belay is made for 3.9 and 4.x.");
    }
    int major = Integer.parseInt(parts.group(1));
    boolean isOld =
        major < OLDEST_MAJOR
            || major == OLDEST_MAJOR && Integer.parseInt(parts.group(2)) < OLDEST_MINOR;
    return isOld
        ? Check.stop(
            "Kafka Connect", "its version is " + version, "Belay needs 3.9 or newer: upgrade it.")
        : Check.ok("Kafka Connect", "version " + version + " at " + connect.address());
  }

  /** One line for each key at fault, in the plugin's own words, which name the cure. */
  private void faults(Map<String, String> connector, List<Check> checks)
      throws IOException, InterruptedException {
    String name = connector.get("name");
    Map<String, List<String>> faults = connect.faults(connector);
    faults.forEach(
        (key, errors) -> errors.forEach(error -> checks.add(Check.stop(name, key, error))));
    if (faults.isEmpty()) {
      checks.add(
          Check.ok(
              name,
              "the plugin finds no fault: it has asked the database and Kafka with its user"));
    }
  }

  private static Optional<Check> sameVersion(List<Plugin> plugins) {
    List<String> versions =
        plugins.stream()
            .filter(
                each -> each.type().equals(Connector.SINK) || each.type().equals(Connector.SOURCE))
            .map(Plugin::version)
            .distinct()
            .toList();
    return versions.size() > 1
        ? Optional.of(
            Check.warning(
                "Kafka Connect",
                "the plugins are of versions " + String.join(", ", versions),
                "Source and sink are released and tested together: unpack zips of one version."))
        : Optional.empty();
  }
}

package dev.belay.source.preflight;

import dev.belay.source.cluster.ServerVersion;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a feed asks of the server's version, whoever writes it to Kafka: CockroachDB's own words for
 * an option that it does not know are hard to read. By the documentation of v22.1 to v26.3.
 */
final class VersionNeeds {
  /** The first with {@code initial_scan = 'no'} and {@code end_time}; older ones are not tried. */
  private static final ServerVersion LEAST = new ServerVersion(22, 1);

  private static final ServerVersion ENRICHED = new ServerVersion(25, 2);

  /** Options by the version that brought them. */
  private static final Map<String, ServerVersion> SINCE =
      new TreeMap<>(
          Map.of(
              "execution_locality", new ServerVersion(23, 2),
              "key_column", new ServerVersion(23, 2),
              "unordered", new ServerVersion(23, 2),
              "lagging_ranges_threshold", new ServerVersion(24, 1),
              "lagging_ranges_polling_interval", new ServerVersion(24, 1),
              "ignore_disable_changefeed_replication", new ServerVersion(24, 2),
              "encode_json_value_null_as_object", new ServerVersion(24, 2),
              "enriched_properties", ENRICHED,
              "range_distribution_strategy", new ServerVersion(26, 1)));

  private VersionNeeds() {}

  /**
   * What the version lacks; nothing if it is not understood.
   *
   * @param serverVersion as {@code version()} says it
   */
  static List<Finding> of(SourceConfig config, String serverVersion) {
    Optional<ServerVersion> version = ServerVersion.in(serverVersion);
    if (version.isEmpty()) {
      return List.of();
    }
    List<Finding> findings = new ArrayList<>();
    if (version.get().isBefore(LEAST)) {
      findings.add(
          Finding.stop(
              SourceKeys.URL,
              "The server is CockroachDB "
                  + version.get()
                  + ", whose changefeeds cannot be told where to begin as this connector does it.",
              "Upgrade to v22.1 or newer."));
    }
    if (config.envelope().equals("enriched") && version.get().isBefore(ENRICHED)) {
      findings.add(
          Finding.stop(
              SourceKeys.ENVELOPE,
              "CockroachDB " + version.get() + " has no envelope enriched.",
              "Set feed.envelope=wrapped, or upgrade to " + ENRICHED + "."));
    }
    config
        .options()
        .forEach(
            (option, value) -> {
              ServerVersion since = SINCE.getOrDefault(option, LEAST);
              if (version.get().isBefore(since) && !value.equals("unset")) {
                findings.add(
                    Finding.stop(
                        SourceKeys.OPTION_PREFIX + option,
                        "CockroachDB " + version.get() + " has no option " + option + ".",
                        "Leave it out, or upgrade to " + since + "."));
              }
            });
    return findings;
  }
}

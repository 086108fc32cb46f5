package dev.belay.source.preflight;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Known defects of CockroachDB's changefeeds that lose or reorder rows, by the versions that the
 * vendor's technical advisories name.
 */
final class Advisories {
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)\\.(\\d+)(-[a-z]+)?");

  /**
   * @param affected the ranges that are affected, both ends included, as {@code 23.1.0-23.1.14}
   */
  record Advisory(String name, List<String> affected, String effect, String cure) {}

  private static final List<Advisory> ALL =
      List.of(
          new Advisory(
              "A-82309",
              List.of("22.1.0-22.1.0"),
              "a feed that was made before the upgrade from v21.2 tells resolved times and sends no rows",
              "Upgrade to v22.1.1 or newer and give feeds of before the upgrade a fresh start."),
          new Advisory(
              "A-90146",
              List.of("22.1.6-22.1.9"),
              "a feed that a schema change stops (schema_change_policy=stop) may end before it has sent"
                  + " all rows",
              "Upgrade to v22.1.10 or newer, or choose another policy."),
          new Advisory(
              "A-104309",
              List.of("2.1.11-22.2.17", "23.1.0-23.1.14", "23.2.0-23.2.0"),
              "a resolved time may come before all its rows, and those rows are then never sent",
              "Upgrade to v22.2.18, v23.1.15, v23.2.1 or newer; until then set replay.suspect=fail in"
                  + " the sink and verify."),
          new Advisory(
              "A-123371",
              List.of("22.2.0-22.2.999", "23.1.0-23.1.21", "23.2.0-23.2.5"),
              "an initial scan that is interrupted may leave out rows",
              "Upgrade to v23.1.22, v23.2.6, v24.1.0 or newer, or begin without a scan and verify."),
          new Advisory(
              "A-122372",
              List.of("23.1.0-23.1.999", "23.2.0-23.2.9", "24.1.0-24.1.3"),
              "versions of a row may come in the wrong order after a Kafka error",
              "Upgrade to v23.2.10, v24.1.4, v24.2.0 or newer and SET CLUSTER SETTING"
                  + " changefeed.new_kafka_sink.enabled = true."));

  private Advisories() {}

  /** Those that a server is affected by; none if its version is not understood. */
  static List<Advisory> of(String serverVersion) {
    Optional<long[]> version = read(serverVersion);
    return version.isEmpty()
        ? List.of()
        : ALL.stream()
            .filter(
                advisory ->
                    advisory.affected().stream().anyMatch(range -> isIn(range, version.get())))
            .toList();
  }

  private static Optional<long[]> read(String text) {
    Matcher parts = VERSION.matcher(text);
    return parts.find()
        ? Optional.of(
            new long[] {
              Long.parseLong(parts.group(1)),
              Long.parseLong(parts.group(2)),
              Long.parseLong(parts.group(3))
            })
        : Optional.empty();
  }

  private static boolean isIn(String range, long[] version) {
    String[] ends = range.split("-");
    return compare(version, read("v" + ends[0]).orElseThrow()) >= 0
        && compare(version, read("v" + ends[1]).orElseThrow()) <= 0;
  }

  private static int compare(long[] a, long[] b) {
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return Long.compare(a[i], b[i]);
      }
    }
    return 0;
  }
}

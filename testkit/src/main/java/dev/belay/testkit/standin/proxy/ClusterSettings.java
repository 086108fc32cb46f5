package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.sql.Refusal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The cluster settings that somebody who makes changefeeds looks at. Any thread. */
public final class ClusterSettings {

  /** As CockroachDB's flags take them; others are given as they are. */
  private static final Map<String, String> FLAGS =
      Map.of("on", "true", "yes", "true", "t", "true", "off", "false", "no", "false", "f", "false");

  static final String RANGEFEEDS = "kv.rangefeed.enabled";

  private final Map<String, String> values;

  public ClusterSettings(Cluster cluster) {
    values =
        new ConcurrentHashMap<>(
            Map.of(
                RANGEFEEDS,
                "true",
                "version",
                cluster.release(),
                "cluster.organization",
                "",
                "enterprise.license",
                "",
                "kv.closed_timestamp.target_duration",
                "3s",
                "kv.rangefeed.closed_timestamp_refresh_interval",
                "3s",
                "changefeed.partition_alg.enabled",
                "false",
                "changefeed.permissions.require_external_connection_sink.enabled",
                "false",
                "changefeed.protect_timestamp.max_age",
                "96h0m0s",
                "jobs.retention_time",
                "336h0m0s"));
  }

  /** The value in text form. */
  public String get(String name) {
    return Optional.ofNullable(values.get(name))
        .orElseThrow(() -> new Refusal("42704", "unknown setting: \"" + name + "\""));
  }

  public void set(String name, String value) {
    if (values.computeIfPresent(
            name,
            (known, old) ->
                old.equals("true") || old.equals("false")
                    ? FLAGS.getOrDefault(value, value)
                    : value)
        == null) {
      throw new Refusal("42704", "unknown cluster setting '" + name + "'");
    }
  }

  /** Whether users who are no admins must name an external connection. */
  public boolean insistsOnConnections() {
    return isOn("changefeed.permissions.require_external_connection_sink.enabled");
  }

  boolean isOn(String name) {
    return get(name).equals("true");
  }
}

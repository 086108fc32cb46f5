package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.sql.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long history is kept, by zone. Any thread.
 *
 * <p>Of a zone's settings only {@code gc.ttlseconds} means something here; the others are taken and
 * shown as they were set.
 */
public final class Zones {

  /** What a zone is configured for. */
  public sealed interface Target {
    record Range(String name) implements Target {}

    record Database(String name) implements Target {}

    /** {@code id} tells tables apart, {@code name} is for listings. */
    record Table(String database, long id, String name) implements Target {}
  }

  static final String TTL = "gc.ttlseconds";

  private static final List<Map.Entry<String, String>> DEFAULTS =
      List.of(
          Map.entry("range_min_bytes", "134217728"),
          Map.entry("range_max_bytes", "536870912"),
          Map.entry(TTL, "14400"),
          Map.entry("num_replicas", "3"),
          Map.entry("constraints", "'[]'"),
          Map.entry("lease_preferences", "'[]'"));

  private final Map<String, Map<String, String>> settings = new ConcurrentHashMap<>();

  /** A zone as listings show it. */
  record Shown(String target, String rawConfig) {}

  /**
   * Sets something for a zone.
   *
   * @param value as SQL
   * @throws Refusal if there is no such setting
   */
  void configure(Target target, String name, String value) {
    if (DEFAULTS.stream().noneMatch(known -> known.getKey().equals(name))) {
      throw new Refusal("42601", "unsupported zone config parameter: \"" + name + "\"");
    }
    settings.computeIfAbsent(key(target), none -> new ConcurrentHashMap<>()).put(name, value);
  }

  /** Lets a zone inherit again. */
  void discard(Target target) {
    settings.remove(key(target));
  }

  private static String key(Target target) {
    if (target instanceof Target.Table table) {
      return "table " + table.database() + " " + table.id();
    } else if (target instanceof Target.Database database) {
      return "database " + database.name();
    }
    return "range " + ((Target.Range) target).name();
  }

  /** How long a table's history is kept at least. */
  public Duration timeToLive(String database, long table) {
    return Duration.ofSeconds(Long.parseLong(value(new Target.Table(database, table, ""), TTL)));
  }

  private String value(Target target, String name) {
    Map<String, String> own = settings.getOrDefault(key(target), Map.of());
    Optional<Target> parent = parent(target);
    if (own.containsKey(name)) {
      return own.get(name);
    } else if (parent.isPresent()) {
      return value(parent.get(), name);
    }
    return DEFAULTS.stream()
        .filter(known -> known.getKey().equals(name))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static Optional<Target> parent(Target target) {
    if (target instanceof Target.Table table) {
      return Optional.of(new Target.Database(table.database()));
    } else if (target instanceof Target.Database) {
      return Optional.of(new Target.Range("default"));
    }
    return Optional.empty();
  }

  /** The zone that applies to a target: its own, or the nearest one that it inherits from. */
  Shown show(Target target) {
    Optional<Target> parent = parent(target);
    if (!settings.containsKey(key(target)) && parent.isPresent()) {
      return show(parent.get());
    }
    String printed = printed(target);
    List<String> lines =
        DEFAULTS.stream()
            .map(known -> "\n\t" + known.getKey() + " = " + value(target, known.getKey()))
            .toList();
    String raw = "ALTER " + printed + " CONFIGURE ZONE USING" + String.join(",", lines);
    return new Shown(printed, raw);
  }

  private static String printed(Target target) {
    if (target instanceof Target.Table table) {
      return "TABLE " + table.name();
    } else if (target instanceof Target.Database database) {
      return "DATABASE " + database.name();
    }
    return "RANGE " + ((Target.Range) target).name();
  }
}

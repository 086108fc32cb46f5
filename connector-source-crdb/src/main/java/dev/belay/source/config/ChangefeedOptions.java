package dev.belay.source.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Options of a changefeed's statement, by name; an empty value for one without. Immutable.
 *
 * @param values in the order in which they are written
 */
public record ChangefeedOptions(Map<String, String> values) {
  /** An option with this value is left out, though it would be set. */
  private static final String UNSET = "unset";

  /** For how long a job that does not move holds back garbage collection. */
  public static final String GC_PROTECTION = "gc_protect_expires_after";

  /** How often a job stores how far it is, which moves its resolved time. */
  public static final String CHECKPOINTS = "min_checkpoint_frequency";

  /** CockroachDB's own, where that option is left out. */
  private static final Duration OWN_CHECKPOINTS = Duration.ofSeconds(30);

  private static final Pattern DURATION = Pattern.compile("\\+?(?:\\d*\\.?\\d+(?:ms|h|m|s))+");
  private static final Pattern PART = Pattern.compile("(\\d*\\.?\\d+)(ms|h|m|s)");
  private static final Map<String, Long> MILLIS =
      Map.of("h", 3_600_000L, "m", 60_000L, "s", 1000L, "ms", 1L);

  /**
   * What a configuration asks for, whoever takes the messages.
   *
   * @param standard further options, which the user's win over as they do over ours
   */
  public static ChangefeedOptions of(SourceConfig config, Map<String, String> standard) {
    String interval = duration(config.resolvedInterval());
    Map<String, String> options = new LinkedHashMap<>();
    options.put("updated", "");
    options.put("resolved", interval);
    options.put(CHECKPOINTS, interval);
    options.put("envelope", config.envelope());
    if (config.envelope().equals("enriched")) {
      options.put("enriched_properties", "source");
    }
    if (config.diff()) {
      options.put("diff", "");
    }
    if (config.fullTableName()) {
      options.put("full_table_name", "");
    }
    options.put("schema_change_policy", config.schemaChangePolicy());
    options.putAll(standard);
    options.putAll(config.options());
    options.values().removeIf(UNSET::equals);
    return new ChangefeedOptions(options);
  }

  /** A duration as CockroachDB reads it. */
  public static String duration(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  /**
   * Reads one as CockroachDB does, by the words of Go: {@code 72h}, {@code 1h30m}, {@code 1.5h}.
   *
   * @return empty for what is none; parts below a millisecond are none here
   */
  static Optional<Duration> duration(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    } else if (!DURATION.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal millis =
        PART.matcher(text)
            .results()
            .map(part -> new BigDecimal(part.group(1)).multiply(unit(part.group(2))))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    return Optional.of(Duration.ofMillis(millis.longValue()));
  }

  /**
   * How often the resolved time of a job moves on.
   *
   * @param standard unless an option of the user's says otherwise
   */
  static Duration checkpoints(Map<String, String> options, Duration standard) {
    String given = options.get(CHECKPOINTS);
    return given == null
        ? standard
        : given.equals(UNSET) ? OWN_CHECKPOINTS : duration(given).orElse(standard);
  }

  /** Those of the user's options that we go by, and that are no durations to CockroachDB. */
  public static List<String> unreadable(Map<String, String> options) {
    return Stream.of(GC_PROTECTION, CHECKPOINTS)
        .filter(options::containsKey)
        .filter(option -> !options.get(option).equals(UNSET))
        .filter(option -> duration(options.get(option)).isEmpty())
        .toList();
  }

  private static BigDecimal unit(String name) {
    return BigDecimal.valueOf(MILLIS.get(name));
  }

  /** The same with another one. */
  public ChangefeedOptions with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new ChangefeedOptions(more);
  }

  /** The same with others. */
  public ChangefeedOptions with(Map<String, String> others) {
    Map<String, String> more = new LinkedHashMap<>(values);
    others.forEach(more::putIfAbsent);
    return new ChangefeedOptions(more);
  }

  /** The same without some. */
  public ChangefeedOptions without(Set<String> names) {
    Map<String, String> fewer = new LinkedHashMap<>(values);
    fewer.keySet().removeAll(names);
    return new ChangefeedOptions(fewer);
  }

  /** What follows {@code WITH}. */
  public String text() {
    return values.entrySet().stream()
        .map(option -> written(option.getKey(), option.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String written(String name, String value) {
    return value.isEmpty() ? name : name + " = '" + value.replace("'", "''") + "'";
  }
}

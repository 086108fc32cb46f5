package dev.belay.source;

import dev.belay.source.config.ChangefeedOptions;
import dev.belay.source.config.DeliveryKeys;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.config.SourceKeys;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Keys that mean nothing with {@code feed.delivery=sinkless}: whoever sets one expects something.
 */
final class UnusedKeys {
  /** Options that only a job has. */
  private static final List<String> OF_JOBS =
      List.of("on_error", "gc_protect_expires_after", "protect_data_from_gc_on_pause");

  private UnusedKeys() {}

  /**
   * @param given as they were written
   * @param fault takes a key and what is wrong with it
   */
  static void check(
      SourceConfig config, Map<String, String> given, BiConsumer<String, String> fault) {
    if (config.delivery() != SourceConfig.Delivery.SINKLESS) {
      return;
    }
    for (String key : DeliveryKeys.OF_JOBS) {
      if (!given.getOrDefault(key, "").isBlank()) {
        fault.accept(
            key,
            "Means nothing with feed.delivery=sinkless, where CockroachDB has no job and does not"
                + " write to Kafka. Take it out.");
      }
    }
    Map<String, String> options = config.options();
    for (String option : OF_JOBS) {
      if (options.containsKey(option)) {
        fault.accept(
            SourceKeys.OPTION_PREFIX + option,
            "Option " + option + " is one of jobs, which sinkless has none of. Leave it out.");
      }
    }
    if (config.splitsColumnFamilies()) {
      fault.accept(
          SourceKeys.OPTION_PREFIX + "split_column_families",
          "Topics of column families have no resolved times, which complete the windows of a task that"
              + " reads over SQL. Set feed.delivery=kafka, or leave it out.");
    }
    for (String option : List.of("resolved", ChangefeedOptions.CHECKPOINTS)) {
      if (options.containsKey(option)) {
        fault.accept(
            SourceKeys.OPTION_PREFIX + option,
            "The task must know how often resolved times come, which complete its windows. Leave it"
                + " out, and set feed.resolved.interval.ms.");
      }
    }
  }
}

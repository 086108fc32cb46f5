package dev.belay.source.config;

import java.util.Set;
import java.util.TreeSet;

/** Keys that have a meaning with one delivery only. */
public final class DeliveryKeys {
  /** Of {@code feed.delivery=kafka}: where CockroachDB writes to, and its jobs. */
  public static final Set<String> OF_JOBS =
      new TreeSet<>(
          Set.of(
              SourceKeys.SINK_URI,
              SourceKeys.SINK_PARAMETERS,
              SourceKeys.SINK_CA,
              SourceKeys.SINK_CERT,
              SourceKeys.SINK_KEY,
              SourceKeys.SASL_MECHANISM,
              SourceKeys.SASL_USER,
              SourceKeys.SASL_PASSWORD,
              SourceKeys.KAFKA_SINK_CONFIG,
              SourceKeys.GC_PROTECT,
              SourceKeys.TABLES_PER_JOB,
              SourceKeys.REVISION,
              SourceKeys.INTERVAL));

  private DeliveryKeys() {}
}

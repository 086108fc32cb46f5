package dev.belay.source.config;

import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.SslMode;
import org.postgresql.util.PSQLException;

/**
 * Whether rows, and passwords, could be read on their ways. Asked when a configuration is validated
 * and again at each start: an overrides file, or what a config provider gives, may change in
 * between.
 */
public final class Encryption {
  private static final Set<SslMode> ENCRYPTED =
      Set.of(SslMode.REQUIRE, SslMode.VERIFY_CA, SslMode.VERIFY_FULL);
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1", "");

  private Encryption() {}

  /** What is wrong with the task's own way to CockroachDB; empty if nothing is. */
  public static Optional<String> toCluster(SourceConfig config) {
    if (config.allowInsecure()) {
      return Optional.empty();
    }
    // as the driver itself reads them: what stands in the URL wins over a property
    Properties read = Driver.parseURL(config.url(), config.driverProperties());
    if (read == null || isHere(PGProperty.PG_HOST.getOrDefault(read)) || isEncrypted(read)) {
      return Optional.empty();
    }
    return Optional.of(
        "Leads to another host without TLS, so rows and the password could be read on the way. Set"
            + " source.jdbc.sslmode=verify-full and source.jdbc.sslrootcert (what the URL says of"
            + " sslmode wins), or "
            + SourceKeys.ALLOW_INSECURE
            + "=true for a test.");
  }

  private static boolean isEncrypted(Properties read) {
    try {
      return ENCRYPTED.contains(SslMode.of(read));
    } catch (PSQLException unknownMode) {
      // the driver refuses it, too
      return true;
    }
  }

  private static boolean isHere(String hosts) {
    for (String host : String.valueOf(hosts).split(",")) {
      if (!LOOPBACK.contains(host.strip())) {
        return false;
      }
    }
    return true;
  }

  /**
   * What is wrong with CockroachDB's way to Kafka; empty if nothing is.
   *
   * @param sink of this configuration
   */
  public static Optional<String> toKafka(SourceConfig config, SinkUri sink) {
    return sink.isInsecure() && !config.allowInsecure()
        ? Optional.of(
            "CockroachDB would write to another host without TLS, or without checking who that is. Set "
                + SourceKeys.SINK_CA
                + ", or tls_enabled=true in the parameters, or "
                + SourceKeys.ALLOW_INSECURE
                + "=true for a test.")
        : Optional.empty();
  }
}

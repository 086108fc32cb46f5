package dev.belay.sink.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;

/** What a configuration says of the schema registry. Immutable. */
public final class RegistrySettings {
  private final AbstractConfig values;

  RegistrySettings(AbstractConfig values) {
    this.values = values;
  }

  /**
   * By themselves, of whoever reads a feed without a connector.
   *
   * @param settings with the names that they have in a connector's configuration
   * @throws org.apache.kafka.common.config.ConfigException if a value cannot be read
   */
  public static RegistrySettings of(Map<String, String> settings) {
    KeyDefinition def = new KeyDefinition();
    RegistryKeys.define(def);
    return new RegistrySettings(new AbstractConfig(def.finished(), settings, Map.of(), false));
  }

  /** URLs without a slash at their end. */
  public List<String> urls() {
    return values.getList(RegistryKeys.URL).stream().map(u -> u.replaceAll("/+$", "")).toList();
  }

  public Duration timeout() {
    return Duration.ofMillis(values.getLong(RegistryKeys.TIMEOUT));
  }

  /** Value of the header {@code Authorization}; a secret. */
  public Optional<String> authorization() {
    String user = values.getPassword(RegistryKeys.BASIC_AUTH).value();
    if (!user.isEmpty()) {
      byte[] bytes = user.getBytes(StandardCharsets.UTF_8);
      return Optional.of("Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    String token = values.getPassword(RegistryKeys.BEARER_TOKEN).value();
    return token.isEmpty() ? Optional.empty() : Optional.of("Bearer " + token);
  }

  public boolean hasTwoCredentials() {
    return !values.getPassword(RegistryKeys.BASIC_AUTH).value().isEmpty()
        && !values.getPassword(RegistryKeys.BEARER_TOKEN).value().isEmpty();
  }

  /** A URL over which credentials would go in the clear to another machine. */
  public Optional<String> openUrl() {
    return urls().stream().filter(url -> url.startsWith("http:") && !isLoopback(url)).findFirst();
  }

  private static boolean isLoopback(String url) {
    String host = URI.create(url).getHost();
    try {
      // a name is only taken for this machine's own if it says so; others are not looked up
      return host.equals("localhost")
          || (host.matches("[0-9.]+|\\[.*]") && InetAddress.getByName(host).isLoopbackAddress());
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Settings with the names of Kafka's clients ({@code ssl.truststore.location}); may be none. */
  public Map<String, Object> tls() {
    Map<String, Object> tls = new LinkedHashMap<>();
    values
        .originalsWithPrefix(RegistryKeys.SSL_PREFIX)
        .forEach((name, value) -> tls.put("ssl." + name, value));
    return tls;
  }
}

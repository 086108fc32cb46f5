package dev.belay.sink;

import dev.belay.sink.config.RegistryKeys;
import dev.belay.sink.config.RegistrySettings;
import dev.belay.sink.failure.StopException;
import dev.belay.sink.registry.Access;
import dev.belay.sink.registry.SchemaRegistry;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/** Opens the schema registry that a configuration names. */
public final class Registries {
  private Registries() {}

  /**
   * Connects to nothing yet.
   *
   * @throws StopException if a setting of TLS cannot be used
   */
  public static SchemaRegistry of(RegistrySettings settings) {
    return new SchemaRegistry(
        new Access(
            settings.urls(), settings.authorization(), tls(settings.tls()), settings.timeout()));
  }

  /**
   * Why credentials of these settings are not to be sent.
   *
   * @return a sentence, by the key that it is about; empty if they are fit
   */
  public static Map<String, String> objections(RegistrySettings settings) {
    if (settings.hasTwoCredentials()) {
      return Map.of(
          RegistryKeys.BEARER_TOKEN,
          "Is set beside feed.schema.registry.basic.auth.user.info, and only one can be sent. Take"
              + " one away.");
    }
    if (settings.authorization().isPresent() && settings.openUrl().isPresent()) {
      return Map.of(
          RegistryKeys.URL,
          "Credentials would go to another machine in the clear. Use https, with"
              + " feed.schema.registry.ssl.truststore.location for a certificate of your own.");
    }
    return Map.of();
  }

  /**
   * Read by Kafka's own class, so that stores, PEM and passwords are written as for its clients.
   */
  private static Optional<SSLContext> tls(Map<String, Object> settings) {
    if (settings.isEmpty()) {
      return Optional.empty();
    }
    try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
      ConfigDef def = new ConfigDef();
      SslConfigs.addClientSslSupport(def);
      factory.configure(def.parse(settings));
      return Optional.of(factory.sslContext());
    } catch (ConfigException e) {
      // its message quotes the value, which may be a password
      throw unusable("a setting is of the wrong kind");
    } catch (KafkaException e) {
      throw unusable(e.getClass().getSimpleName());
    }
  }

  private static StopException unusable(String found) {
    return new StopException(
        "The TLS settings under feed.schema.registry.ssl. cannot be used ("
            + found
            + "). They are those of Kafka's clients: check that the stores exist, can be read by the"
            + " worker, are of the type given, and open with the passwords given.");
  }
}

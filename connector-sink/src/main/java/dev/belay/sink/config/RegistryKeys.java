package dev.belay.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The keys that say in which format a feed comes, and where the schemas of Avro are. */
public final class RegistryKeys {
  public static final String FORMAT = "feed.format";
  public static final String PREFIX = "feed.schema.registry.";
  public static final String URL = PREFIX + "url";
  public static final String BASIC_AUTH = PREFIX + "basic.auth.user.info";
  public static final String BEARER_TOKEN = PREFIX + "bearer.auth.token";
  public static final String TIMEOUT = PREFIX + "timeout.ms";
  public static final String SSL_PREFIX = PREFIX + "ssl.";

  private RegistryKeys() {}

  static void define(KeyDefinition def) {
    def.optional(
        FORMAT,
        Type.STRING,
        "json",
        Words.of("json", "avro", "struct"),
        HIGH,
        Width.SHORT,
        "The format option of the changefeed. json (default). avro: Avro with a schema registry, as"
            + " confluent_schema_registry makes it; needs feed.schema.registry.url. struct: a converter"
            + " of Connect has read the record, such as AvroConverter, for transforms that look into"
            + " it; needs nothing else here. csv and protobuf are not read: create the changefeed"
            + " with json or avro.");
    def.optional(
        URL,
        Type.LIST,
        List.of(),
        RegistryKeys::checkUrls,
        MEDIUM,
        Width.LONG,
        "For feed.format=avro: URLs of the schema registry that the changefeed's"
            + " confluent_schema_registry names, as the workers reach it, for example"
            + " https://registry.example:8081. With several the first that answers is asked. TLS is set"
            + " under feed.schema.registry.ssl. with the names of Kafka's clients, for example"
            + " feed.schema.registry.ssl.truststore.location.");
    def.optional(
        BASIC_AUTH,
        Type.PASSWORD,
        "",
        null,
        MEDIUM,
        Width.MEDIUM,
        "User and password for the schema registry, with a colon between; use a config provider.");
    def.optional(
        BEARER_TOKEN,
        Type.PASSWORD,
        "",
        null,
        LOW,
        Width.MEDIUM,
        "Token for the schema registry, sent as Authorization: Bearer; use a config provider.");
    def.optional(
        TIMEOUT,
        Type.LONG,
        10_000L,
        ConfigDef.Range.between(100, 600_000),
        LOW,
        Width.SHORT,
        "How long to wait for a connection to the schema registry, and then for its answer, in"
            + " milliseconds. A registry that does not answer is asked again every"
            + " target.retry.backoff.ms; the task is not lost meanwhile.");
  }

  private static void checkUrls(String name, Object value) {
    for (Object each : (List<?>) value) {
      String text = String.valueOf(each);
      try {
        URI url = new URI(text);
        boolean isWeb = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!isWeb || url.getHost() == null) {
          throw new URISyntaxException("", "no host of the web");
        }
        if (url.getUserInfo() != null || url.getRawQuery() != null) {
          // not with the value: it may be a secret
          throw new ConfigException(
              name
                  + ": has a user or a query in it. Credentials go into "
                  + BASIC_AUTH
                  + ", which Connect keeps for itself.");
        }
      } catch (URISyntaxException e) {
        throw new ConfigException(name + ": is no URL of the form https://host:port");
      }
    }
  }
}

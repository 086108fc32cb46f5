package dev.belay.source.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;

/** CockroachDB's own way to Kafka, for {@code feed.delivery=kafka}. */
final class KafkaSinkKeys {
  private KafkaSinkKeys() {}

  static void define(KeyDefinition def) {
    def.group("CockroachDB to Kafka");
    def.optional(
        SourceKeys.SINK_URI,
        Type.PASSWORD,
        "",
        null,
        HIGH,
        "Where CockroachDB finds Kafka: kafka://host:9093, several hosts with commas, or external://NAME"
            + " for CREATE EXTERNAL CONNECTION, which keeps brokers and secrets in the cluster:"
            + " parameters, certificates and SASL are in its URI then, and refused here. Needed for"
            + " feed.delivery=kafka.");
    def.optional(
        SourceKeys.SINK_PARAMETERS,
        Type.PASSWORD,
        "",
        null,
        LOW,
        "Further parameters of the URI, URL-encoded and joined by &, for example"
            + " tls_enabled=true&sasl_handshake=false.");
    def.optional(
        SourceKeys.SINK_CA,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "Certificate of the authority that signed the brokers' certificates, PEM or its Base64; switches"
            + " TLS on. ${file:...} and ${directory:...} work.");
    def.optional(
        SourceKeys.SINK_CERT,
        Type.STRING,
        "",
        null,
        MEDIUM,
        "Certificate that CockroachDB shows to the brokers, PEM or its Base64.");
    def.optional(
        SourceKeys.SINK_KEY,
        Type.PASSWORD,
        "",
        null,
        MEDIUM,
        "Key of that certificate, PEM or its Base64; by a config provider.");
    def.optional(
        SourceKeys.SASL_MECHANISM,
        Type.STRING,
        "",
        Words.of("", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
        MEDIUM,
        "How CockroachDB proves who it is to the brokers; empty: it does not. Others by"
            + " feed.sink.query.parameters.");
    def.optional(SourceKeys.SASL_USER, Type.STRING, "", null, MEDIUM, "User for the brokers.");
    def.optional(
        SourceKeys.SASL_PASSWORD, Type.PASSWORD, "", null, MEDIUM, "Password for the brokers.");
    def.optional(
        SourceKeys.KAFKA_SINK_CONFIG,
        Type.STRING,
        "",
        KafkaSinkKeys::checkJson,
        LOW,
        "JSON that is merged into kafka_sink_config, for example {\"Compression\":\"ZSTD\"}. ClientID is"
            + " ours. RequiredAcks is ALL unless set here: CockroachDB's own default ONE loses rows when a"
            + " broker fails over.");
  }

  private static void checkJson(String name, Object value) {
    try {
      KafkaSinkConfig.parse(String.valueOf(value));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(name, value, e.getMessage());
    }
  }
}

package dev.belay.source.config;

import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * What {@code feed.sink.uri=external://NAME} leaves without a meaning: CockroachDB takes the URI of
 * the connection in the place of this one, and drops this one's parameters without a word.
 */
public final class ExternalConnection {
  private static final List<String> KEYS =
      List.of(
          SourceKeys.SINK_PARAMETERS,
          SourceKeys.SINK_CA,
          SourceKeys.SINK_CERT,
          SourceKeys.SINK_KEY,
          SourceKeys.SASL_MECHANISM,
          SourceKeys.SASL_USER,
          SourceKeys.SASL_PASSWORD);
  private static final List<String> FIELDS =
      List.of("sink_query_parameters", "ca_cert", "client_cert", "client_key");

  private ExternalConnection() {}

  /**
   * Whoever sets one of them expects TLS, or a login, that would not be there.
   *
   * @param fault takes a key and what is wrong with it
   */
  public static void check(SourceConfig config, BiConsumer<String, String> fault) {
    if (!config.sinkUri().isExternal()) {
      return;
    }
    if (config.secret(SourceKeys.SINK_URI).contains("?")) {
      fault.accept(
          SourceKeys.SINK_URI,
          "Has parameters after the name of an external connection, whose own URI CockroachDB takes in"
              + " the place of this one: they would do nothing. Put them into the URI of CREATE EXTERNAL"
              + " CONNECTION, and leave them out here.");
    }
    for (String key : KEYS) {
      boolean isSet =
          SourceKeys.definition().configKeys().get(key).type == Type.PASSWORD
              ? !config.secret(key).isBlank()
              : !config.text(key).isBlank();
      if (isSet) {
        fault.accept(
            key,
            "Means nothing with feed.sink.uri=external://NAME, where CockroachDB goes by the URI of the"
                + " connection alone. Put it into the URI of CREATE EXTERNAL CONNECTION, and take it out"
                + " here.");
      }
    }
    for (String field : FIELDS) {
      if (!config.overrides().text(field).isBlank()) {
        fault.accept(
            SourceKeys.OVERRIDES_FILE,
            "The file has the field "
                + field
                + ", which means nothing with feed.sink.uri=external://NAME. Put it into the URI of CREATE"
                + " EXTERNAL CONNECTION, and take it out there.");
      }
    }
  }
}

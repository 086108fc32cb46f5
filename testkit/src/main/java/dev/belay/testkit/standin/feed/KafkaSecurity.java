package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.sql.Refusal;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * How a changefeed shows itself to Kafka, and whom it trusts there.
 *
 * @param tls whether the connection is encrypted
 * @param skipsVerification whether any certificate of the broker will do
 * @param caCert PEM; empty for the authorities that the JVM trusts
 * @param identity of the client, PEM; empty for none
 * @param sasl empty for no login
 */
public record KafkaSecurity(
    boolean tls,
    boolean skipsVerification,
    Optional<String> caCert,
    Optional<Identity> identity,
    Optional<Sasl> sasl) {

  /** Neither TLS nor a login. */
  public static final KafkaSecurity NONE =
      new KafkaSecurity(false, false, Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * A client's certificate and its key, PEM; the key in PKCS #8 (Kafka's client knows no other).
   */
  public record Identity(String certificate, String key) {}

  /**
   * A login.
   *
   * @param mechanism PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
   */
  public record Sasl(String mechanism, String user, String password) {}

  private static final List<String> MECHANISMS =
      List.of("AWS_MSK_IAM", "OAUTHBEARER", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
  private static final Set<String> BY_PASSWORD = Set.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
  private static final List<String> OF_OTHER_MECHANISMS =
      List.of(
          "sasl_client_id",
          "sasl_client_secret",
          "sasl_token_url",
          "sasl_grant_type",
          "sasl_scopes",
          "sasl_aws_region",
          "sasl_aws_iam_role_arn",
          "sasl_aws_iam_session_name");

  /** Takes the parameters that are about security out of those of a URI. */
  static KafkaSecurity take(Map<String, String> parameters) {
    boolean tls = takeFlag(parameters, "tls_enabled").orElse(false);
    boolean skips = takeFlag(parameters, "insecure_tls_skip_verify").orElse(false);
    Optional<String> caCert = takePem(parameters, "ca_cert", tls);
    Optional<String> clientCert = takePem(parameters, "client_cert", tls);
    Optional<String> clientKey = takePem(parameters, "client_key", tls);
    if (clientCert.isPresent() && clientKey.isEmpty()) {
      throw Refusal.uncoded("client_cert requires client_key to be set");
    } else if (clientKey.isPresent() && clientCert.isEmpty()) {
      throw Refusal.uncoded("client_key requires client_cert to be set");
    }
    Optional<Identity> identity =
        clientCert.map(certificate -> new Identity(certificate, clientKey.orElseThrow()));
    identity.ifPresent(KafkaSecurity::checkPem);
    return new KafkaSecurity(tls, skips, caCert, identity, takeSasl(parameters));
  }

  private static void checkPem(Identity identity) {
    if (!identity.certificate().contains("-----BEGIN ")
        || !identity.key().contains("-----BEGIN ")) {
      throw Refusal.uncoded(
          "invalid client certificate data provided: tls: failed to find any PEM data in"
              + " certificate input");
    }
  }

  private static Optional<Sasl> takeSasl(Map<String, String> parameters) {
    boolean enabled = takeFlag(parameters, "sasl_enabled").orElse(false);
    Optional<Boolean> handshake = takeFlag(parameters, "sasl_handshake");
    Optional<String> mechanism = take(parameters, "sasl_mechanism");
    if (!enabled) {
      if (handshake.isPresent()) {
        throw Refusal.uncoded("sasl_enabled must be enabled to configure SASL handshake behavior");
      } else if (mechanism.isPresent()) {
        throw Refusal.uncoded("sasl_enabled must be enabled to configure SASL mechanism");
      }
      List.of("sasl_user", "sasl_password")
          .forEach(
              name -> {
                if (parameters.containsKey(name)) {
                  throw Refusal.uncoded("sasl_enabled must be enabled if " + name + " is provided");
                }
              });
      return Optional.empty();
    }
    String chosen = mechanism.orElse("PLAIN");
    if (!MECHANISMS.contains(chosen)) {
      throw Refusal.uncoded(
          "param sasl_mechanism must be one of AWS_MSK_IAM, OAUTHBEARER, PLAIN, SCRAM-SHA-256, or"
              + " SCRAM-SHA-512");
    } else if (!BY_PASSWORD.contains(chosen)) {
      OF_OTHER_MECHANISMS.forEach(parameters::remove);
      throw Refusal.notInStandIn("sasl_mechanism=" + chosen);
    }
    return Optional.of(
        new Sasl(
            chosen,
            takeRequired(parameters, "sasl_user", chosen),
            takeRequired(parameters, "sasl_password", chosen)));
  }

  private static String takeRequired(
      Map<String, String> parameters, String name, String mechanism) {
    return take(parameters, name)
        .filter(value -> !value.isEmpty())
        .orElseThrow(
            () ->
                Refusal.uncoded(
                    name + " must be provided when SASL is enabled using mechanism " + mechanism));
  }

  private static Optional<String> take(Map<String, String> parameters, String name) {
    return Optional.ofNullable(parameters.remove(name));
  }

  private static Optional<Boolean> takeFlag(Map<String, String> parameters, String name) {
    return take(parameters, name)
        .map(
            value ->
                switch (value.toLowerCase(Locale.ROOT)) {
                  case "true", "t", "1" -> true;
                  case "false", "f", "0" -> false;
                  default -> throw Refusal.uncoded("param " + name + " must be a bool");
                });
  }

  private static Optional<String> takePem(
      Map<String, String> parameters, String name, boolean tls) {
    Optional<String> encoded = take(parameters, name);
    Optional<String> decoded = encoded.map(text -> decode(name, text));
    if (decoded.isPresent() && !tls) {
      throw Refusal.uncoded(name + " requires tls_enabled=true");
    }
    return decoded;
  }

  private static String decode(String name, String text) {
    try {
      // A plus sign that nobody encoded arrives as a blank; Java alone would do without padding.
      String base64 = text.replace(' ', '+');
      if (base64.length() % 4 == 0) {
        return new String(
            Base64.getDecoder().decode(base64), java.nio.charset.StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException notBase64) {
      // told below
    }
    throw Refusal.uncoded("param " + name + " must be base 64 encoded");
  }

  /** The same as properties of Kafka's clients. */
  Map<String, Object> clientProperties() {
    Map<String, Object> config = new HashMap<>();
    String base = sasl.isPresent() ? "SASL_" : "";
    config.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, base + (tls ? "SSL" : "PLAINTEXT"));
    caCert.ifPresent(
        pem -> {
          config.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
          config.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, pem);
        });
    identity.ifPresent(
        pair -> {
          config.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
          config.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, pair.certificate());
          config.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, pair.key());
        });
    if (tls && skipsVerification) {
      config.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, TrustingEngines.class.getName());
      config.put(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "");
    }
    sasl.ifPresent(
        login -> {
          config.put(SaslConfigs.SASL_MECHANISM, login.mechanism());
          config.put(SaslConfigs.SASL_JAAS_CONFIG, jaas(login));
        });
    return config;
  }

  private static String jaas(Sasl login) {
    String module =
        login.mechanism().equals("PLAIN")
            ? "org.apache.kafka.common.security.plain.PlainLoginModule"
            : "org.apache.kafka.common.security.scram.ScramLoginModule";
    return module
        + " required username="
        + quoted(login.user())
        + " password="
        + quoted(login.password())
        + ";";
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Says what kind it is; secrets stay out of logs. */
  @Override
  public String toString() {
    return (tls ? "TLS" : "plaintext") + sasl.map(login -> " with " + login.mechanism()).orElse("");
  }
}

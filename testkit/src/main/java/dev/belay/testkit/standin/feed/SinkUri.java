package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.sql.Refusal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a changefeed writes.
 *
 * @param scheme {@code kafka}
 * @param address {@code host:port}, several separated by commas
 * @param redacted the URI as job listings may show it
 */
record SinkUri(
    String scheme,
    String address,
    String topicPrefix,
    Optional<String> topicName,
    String redacted) {

  private static final Set<String> SECRETS =
      Set.of("sasl_password", "sasl_client_secret", "client_key", "sasl_aws_iam_session_name");
  private static final Set<String> KNOWN =
      Set.of(
          "topic_prefix",
          "topic_name",
          "tls_enabled",
          "ca_cert",
          "client_cert",
          "client_key",
          "insecure_tls_skip_verify",
          "sasl_enabled",
          "sasl_mechanism",
          "sasl_user",
          "sasl_password",
          "sasl_handshake",
          "sasl_client_id",
          "sasl_client_secret",
          "sasl_token_url",
          "sasl_grant_type",
          "sasl_scopes",
          "sasl_aws_region",
          "sasl_aws_iam_role_arn",
          "sasl_aws_iam_session_name");
  private static final List<String> MECHANISMS =
      List.of("AWS_MSK_IAM", "OAUTHBEARER", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");

  static SinkUri parse(String uri) {
    int schemeEnd = uri.indexOf("://");
    if (schemeEnd < 0) {
      throw Refusal.invalid("unsupported sink: " + uri);
    }
    String scheme = uri.substring(0, schemeEnd);
    int queryStart = uri.indexOf('?');
    String address = uri.substring(schemeEnd + 3, queryStart < 0 ? uri.length() : queryStart);
    Map<String, String> parameters =
        parameters(queryStart < 0 ? "" : uri.substring(queryStart + 1));
    checkNames(parameters);
    checkSecurity(parameters);
    return new SinkUri(
        scheme,
        address.endsWith("/") ? address.substring(0, address.length() - 1) : address,
        parameters.getOrDefault("topic_prefix", ""),
        Optional.ofNullable(parameters.get("topic_name")),
        redact(scheme, address, parameters));
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        parameters.put(decode(name), decode(value));
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void checkNames(Map<String, String> parameters) {
    Set<String> unknown = new TreeSet<>(parameters.keySet());
    unknown.removeAll(KNOWN);
    if (!unknown.isEmpty()) {
      throw Refusal.invalid("unknown kafka sink query parameters: " + String.join(", ", unknown));
    }
    if ("".equals(parameters.get("topic_name"))) {
      throw Refusal.invalid("topic_name must not be empty");
    }
  }

  private static void checkSecurity(Map<String, String> parameters) {
    boolean tls = isOn(parameters, "tls_enabled");
    boolean sasl = isOn(parameters, "sasl_enabled");
    for (String name : List.of("ca_cert", "client_cert", "client_key")) {
      checkBase64(parameters, name);
      if (parameters.containsKey(name) && !tls) {
        throw Refusal.invalid(name + " requires tls_enabled=true");
      }
    }
    if (parameters.containsKey("client_cert") && !parameters.containsKey("client_key")) {
      throw Refusal.invalid("client_cert requires client_key to be set");
    }
    if (parameters.containsKey("sasl_user") && !sasl) {
      throw Refusal.invalid("sasl_enabled must be enabled if sasl_user is provided");
    }
    String mechanism = parameters.getOrDefault("sasl_mechanism", "PLAIN");
    if (!MECHANISMS.contains(mechanism)) {
      throw Refusal.invalid(
          "param sasl_mechanism must be one of AWS_MSK_IAM, OAUTHBEARER, PLAIN, SCRAM-SHA-256, or"
              + " SCRAM-SHA-512");
    }
    boolean byPassword = mechanism.equals("PLAIN") || mechanism.startsWith("SCRAM");
    if (sasl && byPassword && !parameters.containsKey("sasl_user")) {
      throw Refusal.invalid("sasl_user must be provided when SASL is enabled");
    }
    if (tls || sasl) {
      throw Refusal.notInStandIn("Kafka over TLS or with SASL");
    }
  }

  private static boolean isOn(Map<String, String> parameters, String name) {
    String value = parameters.getOrDefault(name, "false").toLowerCase(java.util.Locale.ROOT);
    if (!Set.of("true", "false", "1", "0", "t", "f").contains(value)) {
      throw Refusal.invalid("param " + name + " must be a bool");
    }
    return value.startsWith("t") || value.equals("1");
  }

  private static void checkBase64(Map<String, String> parameters, String name) {
    try {
      Base64.getDecoder().decode(parameters.getOrDefault(name, ""));
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid("param " + name + " must be base 64 encoded");
    }
  }

  private static String redact(String scheme, String address, Map<String, String> parameters) {
    StringBuilder query = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            query
                .append(query.isEmpty() ? "?" : "&")
                .append(name)
                .append('=')
                .append(SECRETS.contains(name) ? "redacted" : value));
    return scheme + "://" + address + query;
  }
}

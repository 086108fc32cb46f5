package dev.belay.source.config;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;

/**
 * Where CockroachDB writes to, as the statement says it. Never logged: {@link #text} has secrets in
 * it; {@link #described} has none.
 *
 * @param base scheme and address, without parameters
 * @param parameters decoded
 */
public record SinkUri(String base, Map<String, String> parameters) {
  private static final Set<String> PUBLIC =
      Set.of(
          "topic_prefix",
          "topic_name",
          "tls_enabled",
          "insecure_tls_skip_verify",
          "sasl_enabled",
          "sasl_mechanism",
          "sasl_user",
          "sasl_handshake");
  private static final String EXTERNAL = "external://";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /** What CockroachDB's language reads as a boolean: strconv.ParseBool of Go. */
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  public SinkUri {
    parameters = Map.copyOf(parameters);
  }

  static SinkUri of(SourceConfig config) {
    Overrides overrides = config.overrides();
    String given = config.secret(SourceKeys.SINK_URI);
    int query = given.indexOf('?');
    String base =
        overrides
            .address()
            .map(address -> "kafka://" + address)
            .orElse(query < 0 ? given : given.substring(0, query));
    Map<String, String> parameters = new LinkedHashMap<>();
    read(SourceKeys.SINK_URI, query < 0 ? "" : given.substring(query + 1), parameters);
    read(SourceKeys.SINK_PARAMETERS, config.secret(SourceKeys.SINK_PARAMETERS), parameters);
    putIfSet(parameters, "ca_cert", base64(config.text(SourceKeys.SINK_CA)));
    putIfSet(parameters, "client_cert", base64(config.text(SourceKeys.SINK_CERT)));
    putIfSet(parameters, "client_key", base64(config.secret(SourceKeys.SINK_KEY)));
    putIfSet(parameters, "sasl_mechanism", config.text(SourceKeys.SASL_MECHANISM));
    putIfSet(parameters, "sasl_user", config.text(SourceKeys.SASL_USER));
    putIfSet(parameters, "sasl_password", config.secret(SourceKeys.SASL_PASSWORD));
    if (!base.startsWith(EXTERNAL)) {
      // an external connection has its own, and the key says only what that is
      putIfSet(parameters, "topic_prefix", config.text(SourceKeys.TOPIC_PREFIX));
    }
    read(SourceKeys.OVERRIDES_FILE, overrides.text("sink_query_parameters"), parameters);
    for (String name : List.of("ca_cert", "client_cert", "client_key")) {
      putIfSet(parameters, name, base64(overrides.text(name)));
    }
    if (parameters.containsKey("ca_cert") || parameters.containsKey("client_cert")) {
      parameters.putIfAbsent("tls_enabled", "true");
    }
    if (parameters.containsKey("sasl_user")) {
      parameters.putIfAbsent("sasl_enabled", "true");
    }
    return new SinkUri(base, parameters);
  }

  private static void read(String key, String query, Map<String, String> into) {
    for (String pair : query.split("&")) {
      if (pair.isBlank()) {
        continue;
      }
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        // without the text: it may be a secret
        throw new ConfigException(key + " has a parameter without a value; each is name=value.");
      }
      // names are decoded by CockroachDB, too: one in disguise would not be judged here
      into.put(decoded(key, pair.substring(0, equals)), decoded(key, pair.substring(equals + 1)));
    }
  }

  private static String decoded(String key, String text) {
    try {
      // what stands for a blank in forms is a plus sign in Base64, which people forget to encode
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(key + " has a value that is not URL-encoded.");
    }
  }

  private static void putIfSet(Map<String, String> parameters, String name, String value) {
    if (!value.isBlank()) {
      parameters.put(name, value);
    }
  }

  /** PEM becomes Base64; what is no PEM is taken for Base64 already. */
  private static String base64(String pemOrBase64) {
    return pemOrBase64.contains("-----BEGIN")
        ? Base64.getEncoder().encodeToString(pemOrBase64.getBytes(StandardCharsets.UTF_8))
        : pemOrBase64.strip();
  }

  /** For the statement; has secrets in it. */
  public String text() {
    List<String> pairs = new ArrayList<>();
    new TreeMap<>(parameters)
        .forEach((name, value) -> pairs.add(encoded(name) + "=" + encoded(value)));
    return pairs.isEmpty() ? base : base + "?" + String.join("&", pairs);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Without any value that may be a secret; the same for the same place. */
  public String described() {
    List<String> pairs = new ArrayList<>();
    new TreeMap<>(parameters)
        .forEach((name, value) -> pairs.add(PUBLIC.contains(name) ? name + "=" + value : name));
    return base.replaceFirst("//[^/@]*@", "//")
        + (pairs.isEmpty() ? "" : "?" + String.join("&", pairs));
  }

  /** Whether a parameter's value may be shown. */
  static boolean isPublic(String parameter) {
    return PUBLIC.contains(parameter);
  }

  /**
   * Whether a table's rows would go to the same topic by both.
   *
   * @param described as the cluster shows it, without secrets
   */
  public boolean sharesTopicsWith(String described) {
    if (isExternal() || isExternal(described)) {
      // an external connection has one prefix, whatever stands behind its name
      return base(described).equals(base);
    }
    return hasPrefixOf(described) && shares(described, brokers(base));
  }

  /**
   * Whether nobody can tell that they would not: an external connection shows neither brokers nor
   * prefix, and brokers have several names.
   *
   * @param described as the cluster shows it, without secrets
   */
  public boolean mayShareTopicsWith(String described) {
    return isExternal() || isExternal(described) || hasPrefixOf(described);
  }

  private boolean hasPrefixOf(String described) {
    return prefix(described).equals(parameters.getOrDefault("topic_prefix", ""));
  }

  /** Whether an address, as the cluster shows it, is an external connection. */
  public static boolean isExternal(String described) {
    return described.startsWith(EXTERNAL);
  }

  private static String base(String described) {
    int query = described.indexOf('?');
    return query < 0 ? described : described.substring(0, query);
  }

  /**
   * The prefix of topics.
   *
   * @param described an address as the cluster shows it, without secrets
   */
  public static String prefix(String described) {
    int query = described.indexOf('?');
    String prefix = "";
    for (String pair : query < 0 ? new String[0] : described.substring(query + 1).split("&")) {
      if (pair.startsWith("topic_prefix=")) {
        prefix = decoded(SourceKeys.SINK_URI, pair.substring("topic_prefix=".length()));
      }
    }
    return prefix;
  }

  /**
   * Whether an address leads to one of some brokers.
   *
   * @param described as the cluster shows it, without secrets
   * @param brokers as clients have them: host and port, with commas between
   */
  public static boolean shares(String described, String brokers) {
    Set<String> ours = new HashSet<>();
    for (String broker : brokers.split(",")) {
      ours.add(broker.strip().toLowerCase(Locale.ROOT));
    }
    for (String broker : brokers(base(described)).split(",")) {
      if (ours.contains(broker.strip().toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  /** What follows the scheme, and the user if one is named. */
  private static String brokers(String address) {
    int scheme = address.indexOf("://");
    return address.substring(scheme < 0 ? 0 : scheme + 3).replaceFirst("^[^/@]*@", "");
  }

  public boolean isExternal() {
    return isExternal(base);
  }

  public boolean isKafka() {
    return base.matches("kafka://[^/?#]+");
  }

  /** A service that CockroachDB speaks to by TLS, whatever the parameters say of that. */
  public boolean isService() {
    return base.matches("(confluent-cloud|azure-event-hub)://[^/?#]+[^#]*");
  }

  /**
   * Whether rows go to another host in the clear, or to nobody knows whom. An external connection
   * shows nobody. A flag that CockroachDB would not understand counts as the dangerous one, and so
   * does an address that it would read otherwise than this class.
   */
  public boolean isInsecure() {
    String unchecked = parameters.getOrDefault("insecure_tls_skip_verify", "");
    boolean verified = unchecked.isEmpty() || FALSE.contains(unchecked);
    boolean tls = TRUE.contains(parameters.getOrDefault("tls_enabled", ""));
    if (isExternal() || isHere()) {
      return false;
    }
    return !verified || !isService() && !(isKafka() && tls);
  }

  private boolean isHere() {
    if (!isKafka()) {
      return false;
    }
    for (String address : base.substring("kafka://".length()).split(",")) {
      if (!LOOPBACK.contains(address.replaceFirst(":\\d+$", ""))) {
        return false;
      }
    }
    return true;
  }
}

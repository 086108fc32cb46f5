package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.sql.Refusal;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where a changefeed writes.
 *
 * @param scheme {@code kafka} or {@code external}
 * @param address {@code host:port}, several separated by commas; the name of an external connection
 * @param redacted the URI as job listings may show it: parameters by name, secrets gone
 */
record SinkUri(
    String scheme,
    String address,
    String topicPrefix,
    Optional<String> topicName,
    KafkaSecurity security,
    String redacted) {

  static final String KAFKA = "kafka";
  static final String EXTERNAL = "external";

  // CockroachDB redacts the certificates too. That it does so for sasl_client_secret was not
  // verified; a stand-in errs on the side of saying less.
  private static final Set<String> SECRETS =
      Set.of("sasl_password", "ca_cert", "client_cert", "client_key", "sasl_client_secret");

  static SinkUri parse(String uri) {
    int schemeEnd = uri.indexOf("://");
    if (schemeEnd < 0) {
      throw Refusal.uncoded("unsupported sink: ");
    }
    String scheme = uri.substring(0, schemeEnd);
    int queryStart = uri.indexOf('?');
    String place = uri.substring(schemeEnd + 3, queryStart < 0 ? uri.length() : queryStart);
    Map<String, String> given = parameters(queryStart < 0 ? "" : uri.substring(queryStart + 1));
    String redacted = redact(scheme, place, given);
    String address = place.endsWith("/") ? place.substring(0, place.length() - 1) : place;
    if (scheme.equals(EXTERNAL)) {
      return new SinkUri(scheme, address, "", Optional.empty(), KafkaSecurity.NONE, redacted);
    } else if (!scheme.equals(KAFKA)) {
      throw Refusal.notInStandIn("sink " + scheme);
    }
    Map<String, String> left = new TreeMap<>(given);
    KafkaSecurity security = KafkaSecurity.take(left);
    String topicPrefix = Optional.ofNullable(left.remove("topic_prefix")).orElse("");
    Optional<String> topicName = Optional.ofNullable(left.remove("topic_name"));
    if (!left.isEmpty()) {
      throw Refusal.uncoded(
          "unknown kafka sink query parameters: "
              + String.join(", ", new TreeSet<>(left.keySet())));
    }
    if (topicName.filter(String::isEmpty).isPresent()) {
      throw Refusal.uncoded("topic_name must not be empty");
    }
    return new SinkUri(scheme, address, topicPrefix, topicName, security, redacted);
  }

  /** The same with nobody to find out what is behind it. */
  boolean isExternal() {
    return scheme.equals(EXTERNAL);
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new TreeMap<>();
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

  private static String redact(String scheme, String place, Map<String, String> parameters) {
    StringBuilder query = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            query
                .append(query.isEmpty() ? "?" : "&")
                .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
                .append('=')
                .append(
                    SECRETS.contains(name)
                        ? "redacted"
                        : URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return scheme + "://" + place + query;
  }
}

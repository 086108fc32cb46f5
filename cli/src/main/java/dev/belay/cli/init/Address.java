package dev.belay.cli.init;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JDBC URL, taken apart.
 *
 * @param hosts with their ports, with commas between them; of Oracle what stands behind the
 *     driver's name
 * @param database empty of Oracle
 * @param parameters those of the driver, without users and passwords
 */
public record Address(
    Product product, String hosts, String database, Map<String, String> parameters) {
  private static final Pattern PARTS = Pattern.compile("//([^/?]+)/([^/?;]+)(?:[?](.*))?");
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Set<String> SECRET = Set.of("user", "password", "username");

  /** The URL is none that files could be made of; the message is for the one who typed it. */
  public static final class UnfitException extends Exception {
    private static final long serialVersionUID = 1;

    UnfitException(String message) {
      super(message);
    }
  }

  /**
   * Takes a URL apart.
   *
   * @param option that it was given by, for messages, which never quote the URL: it may have a
   *     password in it
   */
  public static Address of(String option, String url) throws UnfitException {
    Optional<Product> product = Product.of(url);
    if (product.isEmpty()) {
      throw new UnfitException(
          option
              + " is no JDBC URL of a database known here. Write jdbc:cockroachdb://HOST:26257/DATABASE,"
              + " or jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb: likewise, or jdbc:oracle:thin:@...");
    }
    String rest = url.substring(product.get().prefix().length());
    if (product.get() == Product.ORACLE) {
      return new Address(Product.ORACLE, rest, "", Map.of());
    }
    Matcher parts = PARTS.matcher(rest);
    if (!parts.matches() || parts.group(1).contains("@")) {
      throw new UnfitException(
          option
              + " is to be "
              + product.get().prefix()
              + "//HOST:"
              + product.get().port()
              + "/DATABASE, with the database and without a user or a password in it.");
    }
    return new Address(
        product.get(),
        withPorts(product.get(), parts.group(1)),
        parts.group(2),
        map(parts.group(3)));
  }

  private static String withPorts(Product product, String hosts) {
    StringBuilder all = new StringBuilder();
    for (String host : hosts.split(",")) {
      all.append(all.isEmpty() ? "" : ",").append(host);
      if (!host.matches(".*:\\d+")) {
        all.append(':').append(product.port());
      }
    }
    return all.toString();
  }

  private static Map<String, String> map(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String part : query == null ? new String[0] : query.split("&")) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      if (equals > 0 && !SECRET.contains(name.toLowerCase(Locale.ROOT))) {
        parameters.put(name, part.substring(equals + 1));
      }
    }
    return parameters;
  }

  /** The first host alone. */
  String host() {
    String first = hosts.split(",")[0];
    return first.substring(0, first.lastIndexOf(':'));
  }

  /** Its port. */
  String port() {
    String first = hosts.split(",")[0];
    return first.substring(first.lastIndexOf(':') + 1);
  }

  /** Whether no other machine is on the way. */
  boolean isHere() {
    for (String host : hosts.split(",")) {
      if (!LOOPBACK.contains(host.substring(0, Math.max(0, host.lastIndexOf(':'))))) {
        return false;
      }
    }
    return true;
  }

  /** The URL without parameters. */
  String url() {
    return url(product.prefix());
  }

  /** The same under the name of another driver. */
  String url(String prefix) {
    return product == Product.ORACLE ? prefix + hosts : prefix + "//" + hosts + "/" + database;
  }

  /** Whether a name can stand in topics, file names and shells as it is. */
  static boolean isSafe(String name) {
    return SAFE.matcher(name).matches();
  }
}

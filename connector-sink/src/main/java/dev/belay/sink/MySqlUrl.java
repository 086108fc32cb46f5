package dev.belay.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A URL of Connector/J or of MariaDB's driver, with the settings beside it, and what in them would
 * harm. Both drivers have nearly the same settings; a name that only one of them knows does nothing
 * in the other.
 */
final class MySqlUrl {

  /** After the database's own scheme: a mode, as {@code loadbalance:}, or the two slashes. */
  private static final Pattern MODE =
      Pattern.compile("(?i)jdbc:(mysql|mariadb)(:|\\+srv)[^/]+//.*");

  /** An IPv6 address in its brackets, with a port or none. */
  private static final Pattern ONE_ADDRESS = Pattern.compile("(?i)\\[[0-9a-f:.]+](:\\d+)?");

  /**
   * Variables that {@code prepare} sets, or that would let rows in which the database was made to
   * refuse.
   */
  private static final Pattern HARMFUL_VARIABLE =
      Pattern.compile(
          "(?i)\\b(sql_mode|foreign_key_checks|unique_checks|check_constraint_checks|time_zone"
              + "|autocommit|transaction_isolation|tx_isolation|character_set_\\w+|names)\\b");

  private static final List<String> INITIAL_SQL = List.of("sessionvariables", "initsql");
  private static final List<String> RECONNECTING =
      List.of("autoreconnect", "autoreconnectforpools");

  private final String url;
  private final Map<String, String> settings = new TreeMap<>();

  MySqlUrl(String url, Properties beside) {
    this.url = url;
    beside.forEach((name, value) -> set(String.valueOf(name), String.valueOf(value)));
    // last, since the drivers let the URL win
    int question = url.indexOf('?');
    if (question >= 0) {
      for (String pair : url.substring(question + 1).split("&")) {
        int equals = pair.indexOf('=');
        set(
            equals < 0 ? pair : pair.substring(0, equals),
            equals < 0 ? "" : pair.substring(equals + 1));
      }
    }
  }

  private void set(String name, String value) {
    settings.put(name.trim().toLowerCase(Locale.ROOT), value.trim());
  }

  List<String> objections() {
    List<String> found = new ArrayList<>();
    if (MODE.matcher(url).matches() || namesSeveralServers()) {
      found.add(
          "Names more than one server, or lets the driver choose among them. The driver would change"
              + " servers by itself, also to one that lags or is read-only, and the position is in"
              + " the one that was written last. Name one server, or an address that moves with the"
              + " primary.");
    }
    if (RECONNECTING.stream().anyMatch(this::isOn)) {
      found.add(
          "Sets autoReconnect: the driver would go on in a new session, without what was set in the"
              + " old one and without half of a transaction. Leave it out; the task connects again"
              + " by itself.");
    }
    if (isOn("useaffectedrows")) {
      found.add(
          "Sets useAffectedRows: a row that has its values already would count as one that is not"
              + " there. Leave it out.");
    }
    if (!isUtf8("characterencoding", "utf-?8|utf8mb4")
        || !isUtf8("connectioncollation", "utf8mb4_.*")
        || !isUtf8("charactersetresults", "utf-?8|utf8mb4|null")) {
      found.add(
          "Sets an encoding other than UTF-8, in which characters of other languages become question"
              + " marks. Leave out characterEncoding, characterSetResults and connectionCollation.");
    }
    if (INITIAL_SQL.stream()
        .anyMatch(name -> HARMFUL_VARIABLE.matcher(settings.getOrDefault(name, "")).find())) {
      found.add(
          "Changes a variable of the session that the connector relies on (sql_mode,"
              + " foreign_key_checks, time zone, encoding, isolation) by sessionVariables or initSql."
              + " Leave it out.");
    }
    return List.copyOf(found);
  }

  private boolean namesSeveralServers() {
    int slashes = url.indexOf("//");
    if (slashes < 0) {
      return false;
    }
    String servers = url.substring(slashes + 2).split("[/?]", 2)[0];
    servers = servers.substring(servers.lastIndexOf('@') + 1);
    // address=(host=...) and [one, two] are the drivers' own ways to write a list
    return servers.contains(",")
        || servers.contains("(")
        || servers.startsWith("[") && !ONE_ADDRESS.matcher(servers).matches();
  }

  private boolean isOn(String name) {
    String value = settings.getOrDefault(name, "false").toLowerCase(Locale.ROOT);
    return !value.equals("false") && !value.equals("no") && !value.equals("0");
  }

  private boolean isUtf8(String name, String forms) {
    String value = settings.getOrDefault(name, "");
    return value.isEmpty() || Pattern.compile("(?i)" + forms).matcher(value).matches();
  }
}

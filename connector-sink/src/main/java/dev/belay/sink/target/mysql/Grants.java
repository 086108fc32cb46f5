package dev.belay.sink.target.mysql;

import dev.belay.sink.change.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rights of the session's user, as {@code SHOW GRANTS} words them. What comes by way of a role
 * is not looked into, and counts as every right: nothing is refused on a guess.
 */
final class Grants {
  /** The rights, the database, the table; columns of a right stand in parentheses. */
  private static final Pattern RIGHTS =
      Pattern.compile(
          "GRANT (.+) ON (?:TABLE )?(\\*|`(?:[^`]|``)+`)\\.(\\*|`(?:[^`]|``)+`) TO .*",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern ON = Pattern.compile("^GRANT .* ON .*", Pattern.CASE_INSENSITIVE);

  private final List<String> lines;

  private Grants(List<String> lines) {
    this.lines = lines;
  }

  static Grants of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet shown = statement.executeQuery("SHOW GRANTS")) {
      List<String> lines = new ArrayList<>();
      while (shown.next()) {
        lines.add(shown.getString(1));
      }
      return new Grants(lines);
    }
  }

  /** From lines as the server writes them. */
  static Grants of(List<String> lines) {
    return new Grants(List.copyOf(lines));
  }

  /** Whether the user has a right on a table, or may have it by a role. */
  boolean mayHave(String right, TableName table) {
    for (String line : lines) {
      Matcher found = RIGHTS.matcher(line);
      if (!found.matches()) {
        if (!ON.matcher(line).matches()) {
          return true; // a role
        }
        continue;
      }
      String rights = " " + found.group(1).toUpperCase(Locale.ROOT).replace(",", " ,") + " ";
      boolean has = rights.contains(" ALL PRIVILEGES ") || rights.contains(" " + right + " ");
      if (has
          && covers(found.group(2), table.schema(), true)
          && covers(found.group(3), table.name(), false)) {
        return true;
      }
    }
    return false;
  }

  /** Names of databases are patterns in grants: _ is any character, % any number of them. */
  private static boolean covers(String granted, String name, boolean pattern) {
    if (granted.equals("*")) {
      return true;
    }
    String bare = granted.substring(1, granted.length() - 1).replace("``", "`");
    if (!pattern) {
      return bare.equalsIgnoreCase(name);
    }
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      if (c == '\\' && i + 1 < bare.length()) {
        regex.append(Pattern.quote(String.valueOf(bare.charAt(++i))));
      } else {
        regex.append(c == '_' ? "." : c == '%' ? ".*" : Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL)
        .matcher(name)
        .matches();
  }
}

package dev.belay.sink.target.cockroach;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code version()} tells: {@code CockroachDB CCL v26.2.0 (x86_64-...)}.
 *
 * @param major the year of the release
 * @param minor its number in that year
 */
record ServerVersion(int major, int minor) {

  /**
   * The oldest that is written to: the first with the session setting that keeps rows out of
   * changefeeds.
   */
  static final ServerVersion OLDEST = new ServerVersion(23, 2);

  /** The first with triggers. */
  static final ServerVersion TRIGGERS = new ServerVersion(24, 3);

  /** The first that has them in pg_catalog (cockroachdb/cockroach, pull request 147248). */
  static final ServerVersion TRIGGERS_IN_CATALOG = new ServerVersion(25, 3);

  private static final Pattern COCKROACH =
      Pattern.compile("CockroachDB\\b.*? v(\\d+)\\.(\\d+)\\b.*", Pattern.DOTALL);

  /** Of the server's answer: a product and a version, without where and by whom it was built. */
  private static final Pattern PRODUCT = Pattern.compile("[A-Za-z]+( v?[0-9.]+)?");

  /** Empty if it is another product. */
  static Optional<ServerVersion> parse(String text) {
    Matcher matcher = COCKROACH.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new ServerVersion(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  /**
   * @throws OwnFault if the server is none that can be written to
   */
  static ServerVersion require(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version()")) {
      row.next();
      String text = row.getString(1);
      Optional<ServerVersion> version = parse(text);
      if (version.isEmpty()) {
        Matcher product = PRODUCT.matcher(text);
        throw OwnFault.otherServer(product.lookingAt() ? product.group() : "something else");
      }
      if (!version.get().isAtLeast(OLDEST)) {
        throw OwnFault.oldServer(version.get().toString(), OLDEST.toString());
      }
      return version.get();
    }
  }

  boolean isAtLeast(ServerVersion other) {
    return major > other.major || (major == other.major && minor >= other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}

package dev.belay.cli.init;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the database that was migrated from says of itself.
 *
 * @param product as the server says, which may be another one than the URL's driver is of
 * @param version as its users write it; empty if nobody was asked
 * @param number {@code major * 10000 + minor * 100 + patch}; 0 if nobody was asked
 * @param settings by their names, in lower case; without those that the server does not have
 */
public record OldDatabase(
    Product product, String version, int number, Map<String, String> settings) {
  private static final int ORIGINS = 140_000;
  private static final int GTID_TAGS = 80_300;

  /** Of a database that nobody asks. */
  public static OldDatabase unasked(Product product) {
    return new OldDatabase(product, "", 0, Map.of());
  }

  /** Asks over a session of the database. */
  public static OldDatabase ask(Product product, Connection session) throws SQLException {
    if (product == Product.POSTGRESQL) {
      Map<String, String> settings =
          column(
              session,
              "SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN ('server_version',"
                  + " 'server_version_num', 'wal_level', 'track_commit_timestamp',"
                  + " 'max_replication_slots')");
      int number = Integer.parseInt(settings.get("server_version_num"));
      return new OldDatabase(product, number / 10_000 + "." + number % 10_000, number, settings);
    }
    Map<String, String> settings =
        column(
            session,
            "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'gtid_mode', 'log_bin',"
                + " 'binlog_format', 'binlog_row_image')");
    String version = settings.getOrDefault("version", "0");
    boolean isMariaDb = version.toLowerCase(Locale.ROOT).contains("mariadb");
    String plain = version.replaceFirst("^5[.]5[.]5-", "").replaceFirst("[^0-9.].*", "");
    return new OldDatabase(
        isMariaDb ? Product.MARIADB : Product.MYSQL, plain, number(plain), settings);
  }

  private static int number(String version) {
    String[] parts = (version + ".0.0").split("[.]");
    return Integer.parseInt(parts[0]) * 10_000
        + Integer.parseInt(parts[1]) * 100
        + Integer.parseInt(parts[2]);
  }

  private static Map<String, String> column(Connection session, String query) throws SQLException {
    Map<String, String> settings = new TreeMap<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        settings.put(row.getString(1).toLowerCase(Locale.ROOT), row.getString(2));
      }
    }
    return settings;
  }

  public boolean isAsked() {
    return number > 0;
  }

  /** Whether a setting is as it should be; not if the server does not have it. */
  public boolean has(String setting, String value) {
    return value.equalsIgnoreCase(settings.getOrDefault(setting, ""));
  }

  /**
   * Why what the sink writes there could not be told from what others write; empty if it can. What
   * nobody was asked for is not held against it.
   */
  public Optional<String> whyUnmarked() {
    return Optional.ofNullable(
        switch (product) {
          case POSTGRESQL ->
              isAsked() && number < ORIGINS
                  ? "PostgreSQL "
                      + version
                      + " lets superusers alone mark what they write; it is 14 from which on a role may"
                  : null;
          case MYSQL ->
              isAsked() && number < GTID_TAGS
                  ? "MySQL " + version + " has no tags in its GTIDs, which it has from 8.3 on"
                  : isAsked() && !has("gtid_mode", "ON")
                      ? "gtid_mode is not ON, so that nothing written can carry a tag"
                      : null;
          case MARIADB -> "MariaDB has no mark that Belay could set";
          case ORACLE, COCKROACHDB -> null;
        });
  }

  /** For a person: what it is. */
  public String title() {
    return product.title() + (version.isEmpty() ? "" : " " + version);
  }
}

package dev.belay.cli.init;

import java.util.Arrays;
import java.util.Optional;

/** A kind of database, by how its JDBC URLs begin. */
public enum Product {
  COCKROACHDB("CockroachDB", "jdbc:cockroachdb:", 26_257),
  POSTGRESQL("PostgreSQL", "jdbc:postgresql:", 5_432),
  MYSQL("MySQL", "jdbc:mysql:", 3_306),
  MARIADB("MariaDB", "jdbc:mariadb:", 3_306),
  ORACLE("Oracle", "jdbc:oracle:", 1_521);

  private final String title;
  private final String prefix;
  private final int port;

  Product(String title, String prefix, int port) {
    this.title = title;
    this.prefix = prefix;
    this.port = port;
  }

  public String title() {
    return title;
  }

  String prefix() {
    return prefix;
  }

  int port() {
    return port;
  }

  /** Whether MySQL's SQL is its own; MariaDB's is alike. */
  boolean speaksMySql() {
    return this == MYSQL || this == MARIADB;
  }

  static Optional<Product> of(String url) {
    return Arrays.stream(values()).filter(each -> url.startsWith(each.prefix)).findFirst();
  }

  /** An identifier in the quotes of the database. */
  String quoted(String name) {
    return speaksMySql()
        ? '`' + name.replace("`", "``") + '`'
        : '"' + name.replace("\"", "\"\"") + '"';
  }
}

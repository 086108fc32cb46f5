package dev.belay.testkit.mysql;

/** The servers that speak MySQL's protocol, each from a suite of Debian's archive. */
public enum Product {
  /** MySQL 9.7 or newer: unstable moves on, and what was fetched once stays in use. */
  MYSQL("sid"),
  /** MariaDB 11.8. */
  MARIADB("trixie"),
  /** MariaDB 10.11, the oldest that Belay writes to. */
  MARIADB_OLD("bookworm");

  private final String suite;

  Product(String suite) {
    this.suite = suite;
  }

  String suite() {
    return suite;
  }

  /** Whether this is MariaDB rather than MySQL. */
  public boolean isMariaDb() {
    return this != MYSQL;
  }

  /** As its users write it. */
  public String title() {
    return isMariaDb() ? "MariaDB" : "MySQL";
  }

  /** The scheme of JDBC URLs that its own driver takes, {@code jdbc:mysql}. */
  public String scheme() {
    return isMariaDb() ? "jdbc:mariadb" : "jdbc:mysql";
  }
}

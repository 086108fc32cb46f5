package dev.belay.sink;

/**
 * Keeps MariaDB's driver from writing the server's messages to the log, at level WARN: they quote
 * row values. It asks a system property once, when its loggers are first used; the property is set
 * for just that moment, and where an administrator has set it, that stays.
 */
final class MariaDbLogging {
  static final String PROPERTY = "mariadb.logging.disable";
  static final String LOGGERS = "org.mariadb.jdbc.util.log.Loggers";

  private MariaDbLogging() {}

  /**
   * To be called before the driver is used.
   *
   * @param driver the loader of the driver's classes
   * @throws ClassNotFoundException if the driver has no such class, or is not there
   */
  static synchronized void silence(ClassLoader driver) throws ClassNotFoundException {
    boolean decided = System.getProperty(PROPERTY) != null;
    if (!decided) {
      System.setProperty(PROPERTY, "true");
    }
    try {
      Class.forName(LOGGERS, true, driver);
    } finally {
      if (!decided) {
        System.clearProperty(PROPERTY);
      }
    }
  }
}

package dev.belay.testkit.standin.capture;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Opens sessions that print values in the one form which the encoder reads. */
public final class Session {

  private static final String ONE_FORM =
      "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';"
          + " SET bytea_output = 'hex'; SET extra_float_digits = 1";

  private Session() {}

  public static Connection open(String url, Properties properties) throws SQLException {
    Connection connection = DriverManager.getConnection(url, properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute(ONE_FORM);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}

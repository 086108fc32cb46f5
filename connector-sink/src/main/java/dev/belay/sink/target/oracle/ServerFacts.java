package dev.belay.sink.target.oracle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a server says of itself.
 *
 * @param version the major one, 19 for 19c
 * @param charset of VARCHAR2, CHAR and CLOB
 * @param national of NVARCHAR2, NCHAR and NCLOB
 */
record ServerFacts(int version, CharacterSet charset, CharacterSet national) {

  /** The oldest that is supported. */
  static final int OLDEST = 19;

  private static final String CHARACTER_SETS =
      "SELECT (SELECT VALUE FROM NLS_DATABASE_PARAMETERS WHERE PARAMETER = 'NLS_CHARACTERSET'),"
          + " (SELECT VALUE FROM NLS_DATABASE_PARAMETERS WHERE PARAMETER ="
          + " 'NLS_NCHAR_CHARACTERSET') FROM DUAL";

  /** Before anything is known. */
  static final ServerFacts UNKNOWN =
      new ServerFacts(OLDEST, CharacterSet.of("AL32UTF8"), CharacterSet.of("AL16UTF16"));

  static ServerFacts of(Connection connection) throws SQLException {
    int version = connection.getMetaData().getDatabaseMajorVersion();
    if (version < OLDEST) {
      throw OwnFault.setting(
          "The server is of version "
              + version
              + ", and Belay needs Oracle Database 19c or newer: what it asks the catalog is not in"
              + " older ones");
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(CHARACTER_SETS)) {
      row.next();
      return new ServerFacts(
          version, CharacterSet.of(row.getString(1)), CharacterSet.of(row.getString(2)));
    }
  }
}

package dev.belay.sink.target.postgres;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

/** The server's version as server_version_num, which the driver learnt when it connected. */
final class ServerVersion {
  private ServerVersion() {}

  static int of(Connection connection) throws SQLException {
    DatabaseMetaData server = connection.getMetaData();
    return server.getDatabaseMajorVersion() * 10_000 + server.getDatabaseMinorVersion();
  }
}

package dev.belay.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Writes batches with nothing but a driver, in the caller's transaction. */
interface PlainWriter {

  /** Once for a connection, outside of any batch. */
  void prepare(Connection connection, String table) throws SQLException;

  void upsert(Connection connection, String table, List<Row> rows) throws SQLException, IOException;

  void delete(Connection connection, String table, List<Long> ids) throws SQLException;
}

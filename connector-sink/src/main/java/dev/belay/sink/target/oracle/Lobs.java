package dev.belay.sink.target.oracle;

import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.NClob;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Temporary LOBs of one execution; they take space in the server until they are freed. */
final class Lobs implements AutoCloseable {

  @FunctionalInterface
  private interface Freeing {
    void free() throws SQLException;
  }

  private final Connection connection;
  private final List<Freeing> made = new ArrayList<>();

  Lobs(Connection connection) {
    this.connection = connection;
  }

  Clob clob(String text) throws SQLException {
    Clob clob = connection.createClob();
    made.add(clob::free);
    if (!text.isEmpty()) {
      clob.setString(1, text);
    }
    return clob;
  }

  NClob nclob(String text) throws SQLException {
    NClob clob = connection.createNClob();
    made.add(clob::free);
    if (!text.isEmpty()) {
      clob.setString(1, text);
    }
    return clob;
  }

  /**
   * @param digits hexadecimal
   */
  Blob blob(String digits) throws SQLException {
    Blob blob = connection.createBlob();
    made.add(blob::free);
    if (!digits.isEmpty()) {
      blob.setBytes(1, HexFormat.of().parseHex(digits));
    }
    return blob;
  }

  @Override
  public void close() throws SQLException {
    for (Freeing lob : made) {
      lob.free();
    }
    made.clear();
  }
}

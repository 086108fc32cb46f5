package dev.belay.cli.demo;

import dev.belay.sink.change.HlcTimestamp;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Reads how far the target has come from the target itself. One thread. */
final class TargetGauge implements AutoCloseable {

  private static final String READ =
      """
      SELECT
        (SELECT frontier FROM belay.belay_frontier WHERE connector = ?),
        (SELECT coalesce(sum(applied_offset), 0) FROM belay.belay_checkpoint
          WHERE connector = ?)
      """;

  private final Connection connection;
  private final PreparedStatement read;
  private final PreparedStatement rows;

  /**
   * @param connection closed together with this
   */
  TargetGauge(OldDatabase database, Connection connection, String connector) throws SQLException {
    this.connection = connection;
    this.read = connection.prepareStatement(READ);
    this.rows = connection.prepareStatement(database.rowsWritten());
    read.setString(1, connector);
    read.setString(2, connector);
  }

  /**
   * A reading.
   *
   * @param frontier the target has all rows up to this time; empty before the first resolved time
   * @param records records of Kafka that are in the target, resolved messages included
   * @param rowsWritten rows inserted, updated and deleted since the tables were made
   */
  record Reading(Optional<HlcTimestamp> frontier, long records, long rowsWritten) {}

  Reading read() throws SQLException {
    try (ResultSet row = read.executeQuery()) {
      row.next();
      return new Reading(
          Optional.ofNullable(row.getString(1)).flatMap(HlcTimestamp::parse),
          row.getLong(2),
          rowsWritten());
    }
  }

  private long rowsWritten() throws SQLException {
    long sum = 0;
    try (ResultSet counts = rows.executeQuery()) {
      while (counts.next()) {
        sum += counts.getLong(2);
      }
    }
    return sum;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}

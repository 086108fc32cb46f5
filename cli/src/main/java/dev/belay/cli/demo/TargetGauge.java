package dev.belay.cli.demo;

import dev.belay.sink.change.HlcTimestamp;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Reads how far the target has come from the target itself. One thread. */
final class TargetGauge implements AutoCloseable {

  // The rows are PostgreSQL's own count, not the sink's: an upsert of a row that is there counts as
  // an update. A session reports its share once a second.
  private static final String READ =
      """
      SELECT
        (SELECT frontier FROM belay.belay_frontier WHERE connector = ?),
        (SELECT coalesce(sum(applied_offset), 0)::bigint FROM belay.belay_checkpoint
          WHERE connector = ?),
        (SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
          FROM pg_stat_user_tables WHERE schemaname = 'public')
      """;

  private final Connection connection;
  private final PreparedStatement read;

  /**
   * @param connection closed together with this
   */
  TargetGauge(Connection connection, String connector) throws SQLException {
    this.connection = connection;
    this.read = connection.prepareStatement(READ);
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
          row.getLong(3));
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}

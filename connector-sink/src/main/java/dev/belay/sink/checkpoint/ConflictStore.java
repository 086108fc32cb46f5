package dev.belay.sink.checkpoint;

import dev.belay.sink.target.CheckpointSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Writes the history of conflicts of one connector into the target. Runs inside the caller's
 * transaction and never commits: what is there was decided, whatever became of the COMMIT's answer.
 */
public final class ConflictStore {
  private final CheckpointSql sql;
  private final String connector;

  public ConflictStore(CheckpointSql sql, String connector) {
    this.sql = sql;
    this.connector = connector;
  }

  /** Writes a row for each; runs no statement if there is none. */
  public void write(Connection connection, List<ConflictEntry> entries) throws SQLException {
    if (entries.isEmpty()) {
      return;
    }
    try (PreparedStatement keep = connection.prepareStatement(sql.keepConflict())) {
      for (ConflictEntry entry : entries) {
        keep.setString(1, connector);
        keep.setString(2, entry.origin().topic());
        keep.setLong(3, entry.origin().partition());
        keep.setLong(4, entry.origin().offset());
        keep.setString(5, entry.committed().isKnown() ? entry.committed().toString() : null);
        keep.setString(6, entry.table().schema());
        keep.setString(7, entry.table().name());
        keep.setArray(8, connection.createArrayOf("text", entry.keyColumns().toArray()));
        keep.setArray(9, connection.createArrayOf("text", entry.key().toArray()));
        keep.setString(10, entry.policy().word());
        keep.setString(11, entry.change());
        keep.setString(12, entry.decision());
        keep.addBatch();
      }
      keep.executeBatch();
    }
  }
}

package dev.belay.sink.target.mysql;

import static dev.belay.sink.target.CheckpointScript.CHECKPOINT;
import static dev.belay.sink.target.CheckpointScript.FRONTIER;
import static dev.belay.sink.target.CheckpointScript.REJECTION;

import dev.belay.sink.target.CheckpointScript;
import dev.belay.sink.target.CheckpointSql;
import java.util.List;

/** The checkpoint tables in database {@code belay}. {@code partition} is a reserved word here. */
final class MySqlCheckpointSql implements CheckpointSql {

  @Override
  public List<String> createTables() {
    return CheckpointScript.statements(MySqlCheckpointSql.class);
  }

  @Override
  public String readPartitions() {
    return "SELECT topic, `partition`, topic_id, epoch, sequence, applied_offset, rewind_offset,"
        + " resolved, held, source_position, `format` FROM "
        + CHECKPOINT
        + " WHERE connector = ? ORDER BY topic, `partition`";
  }

  @Override
  public String readFrontier() {
    return "SELECT epoch, sequence, frontier, snapshot_from, `format` FROM "
        + FRONTIER
        + " WHERE connector = ?";
  }

  @Override
  public String lockFrontier() {
    return readFrontier() + " FOR UPDATE";
  }

  @Override
  public String insertFrontier() {
    return "INSERT INTO "
        + FRONTIER
        + " (connector) VALUES (?) ON DUPLICATE KEY UPDATE connector = connector";
  }

  @Override
  public String insertPartition() {
    return "INSERT INTO "
        + CHECKPOINT
        + " (connector, topic, `partition`, topic_id, applied_offset, rewind_offset, held)"
        + " SELECT v.connector, v.topic, v.`partition`, v.topic_id, v.start, v.start, '' FROM"
        + " (SELECT ? AS connector, ? AS topic, ? AS `partition`, ? AS topic_id, ? AS start) AS v"
        + " ON DUPLICATE KEY UPDATE "
        + CHECKPOINT
        + ".connector = "
        + CHECKPOINT
        + ".connector";
  }

  @Override
  public String claimPartition() {
    return "UPDATE "
        + CHECKPOINT
        + " SET epoch = epoch + 1, topic_id = ?"
        + " WHERE connector = ? AND topic = ? AND `partition` = ?";
  }

  @Override
  public String claimFrontier() {
    return "UPDATE " + FRONTIER + " SET epoch = epoch + 1 WHERE connector = ?";
  }

  @Override
  public String advancePartitions(int rows) {
    StringBuilder sql = new StringBuilder(300 + rows * 64);
    sql.append("UPDATE ").append(CHECKPOINT).append(" AS c JOIN (");
    sql.append(
        "SELECT ? AS topic, ? AS `partition`, ? AS epoch, ? AS expected, ? AS applied_offset,"
            + " ? AS rewind_offset, ? AS resolved, ? AS held, ? AS source_position");
    for (int i = 1; i < rows; i++) {
      sql.append(" UNION ALL SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?");
    }
    return sql.append(
            ") AS v ON c.topic = v.topic AND c.`partition` = v.`partition` AND c.epoch = v.epoch"
                + " AND c.sequence = v.expected SET sequence = c.sequence + 1,"
                + " c.applied_offset = v.applied_offset, c.rewind_offset = v.rewind_offset,"
                + " c.resolved = v.resolved, c.held = v.held, c.source_position ="
                + " v.source_position WHERE c.connector = ?")
        .toString();
  }

  @Override
  public String advanceFrontier() {
    return "UPDATE "
        + FRONTIER
        + " SET sequence = sequence + 1, frontier = ?, snapshot_from = ?"
        + " WHERE connector = ? AND epoch = ? AND sequence = ?";
  }

  @Override
  public String readRejections() {
    return "SELECT topic, `partition`, record_offset, table_name, key_hash, hlc, `sqlstate`, records,"
        + " `format` FROM "
        + REJECTION
        + " WHERE connector = ?";
  }

  @Override
  public String probeRejections() {
    return "DELETE FROM " + REJECTION + " WHERE FALSE";
  }

  @Override
  public String openRejection() {
    return "INSERT INTO "
        + REJECTION
        + " (connector, topic, `partition`, record_offset, table_name, key_hash, hlc, `sqlstate`,"
        + " records) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        + " ON DUPLICATE KEY UPDATE table_name = VALUES(table_name), key_hash = VALUES(key_hash),"
        + " hlc = VALUES(hlc), `sqlstate` = VALUES(`sqlstate`),"
        + " records = VALUES(records) + IF(record_offset < 0, records, 0)";
  }

  @Override
  public String closeRejection() {
    return "DELETE FROM "
        + REJECTION
        + " WHERE connector = ? AND topic = ? AND `partition` = ? AND record_offset = ?";
  }

  /**
   * Who holds a row is told to administrators only. Every user sees its own sessions, and those of
   * Belay are of one user.
   */
  @Override
  public String blockers() {
    return """
        SELECT CONCAT('one of this user''s sessions: connection ', p.ID, ', from ', p.HOST,
          ', command ', p.COMMAND, ' for ', p.TIME, ' s')
        FROM (SELECT ? AS connector) AS v
        CROSS JOIN information_schema.PROCESSLIST AS p
        WHERE p.ID <> CONNECTION_ID() AND p.USER = SUBSTRING_INDEX(CURRENT_USER(), '@', 1)
        ORDER BY p.ID
        """;
  }
}

package dev.belay.sink.target.oracle;

import static dev.belay.sink.target.CheckpointScript.CHECKPOINT;
import static dev.belay.sink.target.CheckpointScript.FRONTIER;
import static dev.belay.sink.target.CheckpointScript.REJECTION;

import dev.belay.sink.target.CheckpointScript;
import dev.belay.sink.target.CheckpointSql;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The checkpoint tables in schema {@code BELAY}. Rows that are missing are made by MERGE; where two
 * claims do that at once, one of them meets ORA-00001 on a key of these tables, which its verdict
 * knows. Checkpoint rows are advanced one by one: an UPDATE looks at its condition again when it
 * had to wait for the row, which a MERGE is not known to do.
 */
final class OracleCheckpointSql implements CheckpointSql {

  /** Ends a block in a script for SQL*Plus, and is no part of it. */
  private static final String END_OF_BLOCK = "\n/";

  private final LongSupplier lockWaitSeconds;

  /**
   * @param lockWaitSeconds how long a claim waits for the row of another
   */
  OracleCheckpointSql(LongSupplier lockWaitSeconds) {
    this.lockWaitSeconds = lockWaitSeconds;
  }

  /** {@inheritDoc} Nothing of the session ends the wait for the row of another. */
  @Override
  public int secondsPerStatement() {
    return (int) (lockWaitSeconds.getAsLong() + OracleTarget.WORK.toSeconds());
  }

  @Override
  public List<String> createTables() {
    return CheckpointScript.statements(OracleCheckpointSql.class).stream()
        .map(OracleCheckpointSql::block)
        .toList();
  }

  /** Without what is for the reader and for SQL*Plus: the driver looks how a text begins. */
  private static String block(String text) {
    String block = text.replaceFirst("\\A(?:--.*\n)+", "");
    return block.endsWith(END_OF_BLOCK)
        ? block.substring(0, block.length() - END_OF_BLOCK.length())
        : block;
  }

  @Override
  public String readPartitions() {
    return "SELECT topic, \"PARTITION\", topic_id, epoch, sequence, applied_offset, rewind_offset,"
        + " resolved, held, source_position, format FROM "
        + CHECKPOINT
        + " WHERE connector = ? ORDER BY topic, \"PARTITION\"";
  }

  @Override
  public String readFrontier() {
    return "SELECT epoch, sequence, frontier, snapshot_from, format FROM "
        + FRONTIER
        + " WHERE connector = ?";
  }

  @Override
  public String lockFrontier() {
    return readFrontier() + " FOR UPDATE WAIT " + lockWaitSeconds.getAsLong();
  }

  @Override
  public String insertFrontier() {
    return "MERGE INTO "
        + FRONTIER
        + " t USING (SELECT CAST(? AS VARCHAR2(996)) AS connector FROM DUAL) s"
        + " ON (t.connector = s.connector)"
        + " WHEN NOT MATCHED THEN INSERT (connector) VALUES (s.connector)";
  }

  @Override
  public String insertPartition() {
    return "MERGE INTO "
        + CHECKPOINT
        + " t USING (SELECT "
        + place()
        + ", CAST(? AS VARCHAR2(256)) AS topic_id, CAST(? AS NUMBER(19)) AS starts FROM DUAL) s ON ("
        + samePlace()
        + ") WHEN NOT MATCHED THEN INSERT (connector, topic, \"PARTITION\", topic_id,"
        + " applied_offset, rewind_offset) VALUES (s.connector, s.topic, s.\"PARTITION\","
        + " s.topic_id, s.starts, s.starts)";
  }

  private static String place() {
    return "CAST(? AS VARCHAR2(996)) AS connector, CAST(? AS VARCHAR2(996)) AS topic,"
        + " CAST(? AS NUMBER(10)) AS \"PARTITION\"";
  }

  private static String samePlace() {
    return "t.connector = s.connector AND t.topic = s.topic AND t.\"PARTITION\" = s.\"PARTITION\"";
  }

  @Override
  public String claimPartition() {
    return "UPDATE "
        + CHECKPOINT
        + " SET topic_id = ?, epoch = epoch + 1"
        + " WHERE connector = ? AND topic = ? AND \"PARTITION\" = ?";
  }

  @Override
  public String claimFrontier() {
    return "UPDATE " + FRONTIER + " SET epoch = epoch + 1 WHERE connector = ?";
  }

  /** What is held may be of any length, which only an assignment takes in a bind. */
  @Override
  public int partitionsTogether() {
    return 1;
  }

  @Override
  public String advancePartitions(int rows) {
    if (rows != 1) {
      throw new IllegalArgumentException("Rows are advanced one by one, not " + rows);
    }
    // what is bound first is the condition: so the rows are those of a query
    return "UPDATE (SELECT sequence, applied_offset, rewind_offset, resolved, held, source_position,"
        + " connector FROM "
        + CHECKPOINT
        + " WHERE topic = ? AND \"PARTITION\" = ? AND epoch = ? AND sequence = ?)"
        + " SET sequence = sequence + 1, applied_offset = ?, rewind_offset = ?, resolved = ?,"
        + " held = ?, source_position = ? WHERE connector = ?";
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
    return "SELECT topic, \"PARTITION\", record_offset, table_name, key_hash, hlc, sqlstate, records,"
        + " format FROM "
        + REJECTION
        + " WHERE connector = ?";
  }

  @Override
  public String probeRejections() {
    return "DELETE FROM " + REJECTION + " WHERE 1 = 0";
  }

  @Override
  public String openRejection() {
    return "MERGE INTO "
        + REJECTION
        + " t USING (SELECT "
        + place()
        + ", CAST(? AS NUMBER(19)) AS record_offset, CAST(? AS VARCHAR2(2000)) AS table_name,"
        + " CAST(? AS VARCHAR2(256)) AS key_hash, CAST(? AS VARCHAR2(256)) AS hlc,"
        + " CAST(? AS VARCHAR2(256)) AS sqlstate, CAST(? AS NUMBER(19)) AS records FROM DUAL) s ON ("
        + samePlace()
        + " AND t.record_offset = s.record_offset)"
        + " WHEN MATCHED THEN UPDATE SET t.table_name = s.table_name, t.key_hash = s.key_hash,"
        + " t.hlc = s.hlc, t.sqlstate = s.sqlstate, t.records = s.records"
        + " + CASE WHEN s.record_offset < 0 THEN t.records ELSE 0 END"
        + " WHEN NOT MATCHED THEN INSERT (connector, topic, \"PARTITION\", record_offset,"
        + " table_name, key_hash, hlc, sqlstate, records) VALUES (s.connector, s.topic,"
        + " s.\"PARTITION\", s.record_offset, s.table_name, s.key_hash, s.hlc, s.sqlstate,"
        + " s.records)";
  }

  @Override
  public String closeRejection() {
    return "DELETE FROM "
        + REJECTION
        + " WHERE connector = ? AND topic = ? AND \"PARTITION\" = ? AND record_offset = ?";
  }

  /** Sessions that hold locks on the tables; role.sql grants the two views. */
  @Override
  public String blockers() {
    return """
        SELECT DISTINCT 'session ' || s.SID || ',' || s.SERIAL# || ' of ' || s.USERNAME || ' ('
          || s.MODULE || ' on ' || s.MACHINE || '), ' || s.STATUS || ' for '
          || s.LAST_CALL_ET || ' s'
        FROM (SELECT ? AS connector FROM DUAL) v
        CROSS JOIN SYS.V_$LOCKED_OBJECT l
        JOIN ALL_OBJECTS o ON o.OBJECT_ID = l.OBJECT_ID
        JOIN SYS.V_$SESSION s ON s.SID = l.SESSION_ID
        WHERE o.OWNER = 'BELAY' AND s.SID <> SYS_CONTEXT('USERENV', 'SID')
        """;
  }
}

package dev.belay.sink.target.pgwire;

import static dev.belay.sink.target.CheckpointScript.CHECKPOINT;
import static dev.belay.sink.target.CheckpointScript.CONFLICT;
import static dev.belay.sink.target.CheckpointScript.FRONTIER;
import static dev.belay.sink.target.CheckpointScript.REJECTION;
import static dev.belay.sink.target.CheckpointScript.TOMBSTONE;

import dev.belay.sink.target.CheckpointSql;
import java.util.Collections;

/**
 * The statements over the checkpoint tables in schema {@code belay}; who makes the tables, and who
 * stands in the way, each database says itself.
 */
public abstract class PgCheckpointSql implements CheckpointSql {

  @Override
  public String readPartitions() {
    return "SELECT topic, partition, topic_id, epoch, sequence, applied_offset, rewind_offset,"
        + " resolved, held, source_position, format FROM "
        + CHECKPOINT
        + " WHERE connector = ? ORDER BY topic, partition";
  }

  @Override
  public String readFrontier() {
    return "SELECT epoch, sequence, frontier, snapshot_from, format FROM "
        + FRONTIER
        + " WHERE connector = ?";
  }

  @Override
  public String lockFrontier() {
    return readFrontier() + " FOR UPDATE";
  }

  @Override
  public String insertFrontier() {
    return "INSERT INTO " + FRONTIER + " (connector) VALUES (?) ON CONFLICT (connector) DO NOTHING";
  }

  @Override
  public String insertPartition() {
    return "INSERT INTO "
        + CHECKPOINT
        + " (connector, topic, partition, topic_id, applied_offset, rewind_offset)"
        + " SELECT v.connector, v.topic, v.partition, v.topic_id, v.start, v.start"
        + " FROM (VALUES (?::text, ?::text, ?::integer, ?::text, ?::bigint))"
        + " AS v(connector, topic, partition, topic_id, start)"
        + " ON CONFLICT (connector, topic, partition) DO NOTHING";
  }

  @Override
  public String claimPartition() {
    return "UPDATE "
        + CHECKPOINT
        + " SET epoch = epoch + 1, topic_id = ?::text"
        + " WHERE connector = ? AND topic = ? AND partition = ?::integer";
  }

  @Override
  public String claimFrontier() {
    return "UPDATE " + FRONTIER + " SET epoch = epoch + 1 WHERE connector = ?";
  }

  @Override
  public String advancePartitions(int rows) {
    return "UPDATE "
        + CHECKPOINT
        + " AS c SET sequence = c.sequence + 1, applied_offset = v.applied_offset,"
        + " rewind_offset = v.rewind_offset, resolved = v.resolved, held = v.held,"
        + " source_position = v.source_position FROM (VALUES "
        + String.join(
            ", ",
            Collections.nCopies(
                rows,
                "(?::text, ?::integer, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::text,"
                    + " ?::text, ?::text)"))
        + ") AS v(topic, partition, epoch, sequence, applied_offset, rewind_offset, resolved, held,"
        + " source_position) WHERE c.connector = ? AND c.topic = v.topic"
        + " AND c.partition = v.partition AND c.epoch = v.epoch AND c.sequence = v.sequence";
  }

  @Override
  public String advanceFrontier() {
    return "UPDATE "
        + FRONTIER
        + " SET sequence = sequence + 1, frontier = ?::text, snapshot_from = ?::text"
        + " WHERE connector = ? AND epoch = ?::bigint AND sequence = ?::bigint";
  }

  @Override
  public String readRejections() {
    return "SELECT topic, partition, record_offset, table_name, key_hash, hlc, sqlstate, records,"
        + " format FROM "
        + REJECTION
        + " WHERE connector = ?";
  }

  @Override
  public String probeRejections() {
    return "DELETE FROM " + REJECTION + " WHERE false";
  }

  @Override
  public String openRejection() {
    return "INSERT INTO "
        + REJECTION
        + " AS r (connector, topic, partition, record_offset, table_name, key_hash, hlc, sqlstate,"
        + " records) VALUES (?::text, ?::text, ?::integer, ?::bigint, ?::text, ?::text, ?::text,"
        + " ?::text, ?::bigint) ON CONFLICT (connector, topic, partition, record_offset)"
        + " DO UPDATE SET table_name = excluded.table_name, key_hash = excluded.key_hash,"
        + " hlc = excluded.hlc, sqlstate = excluded.sqlstate, records = excluded.records"
        + " + CASE WHEN r.record_offset < 0 THEN r.records ELSE 0 END";
  }

  @Override
  public String closeRejection() {
    return "DELETE FROM "
        + REJECTION
        + " WHERE connector = ? AND topic = ? AND partition = ?::integer"
        + " AND record_offset = ?::bigint";
  }

  @Override
  public String keepConflict() {
    return "INSERT INTO "
        + CONFLICT
        + " (connector, topic, partition, record_offset, hlc, table_schema, table_name, row_key,"
        + " policy, change, decision) VALUES (?::text, ?::text, ?::integer, ?::bigint, ?::text,"
        + " ?::text, ?::text, pg_catalog.jsonb_object(?::text[], ?::text[]), ?::text, ?::text,"
        + " ?::text)";
  }

  @Override
  public String pruneConflicts() {
    return "WITH old AS (SELECT id FROM "
        + CONFLICT
        + " WHERE noted < pg_catalog.now() - ?::bigint * interval '1 millisecond'"
        + " ORDER BY noted LIMIT "
        + PRUNED_TOGETHER
        + ") DELETE FROM "
        + CONFLICT
        + " AS t USING old WHERE t.id = old.id";
  }

  @Override
  public String pruneTombstones() {
    // one that is noted anew meanwhile stays
    return "WITH old AS (SELECT table_schema, table_name, key, noted FROM "
        + TOMBSTONE
        + " WHERE noted < pg_catalog.now() - ?::bigint * interval '1 millisecond'"
        + " ORDER BY noted LIMIT "
        + PRUNED_TOGETHER
        + ") DELETE FROM "
        + TOMBSTONE
        + " AS t USING old WHERE t.table_schema = old.table_schema"
        + " AND t.table_name = old.table_name AND t.key = old.key AND t.noted = old.noted";
  }
}

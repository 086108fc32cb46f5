package dev.belay.sink.target;

import java.util.List;

/**
 * The statements over the tables in schema {@code belay}, as one database spells them. Parameters
 * are numbered by their order in the text; all are bound with {@code setString} or {@code setLong}
 * and cast by the statement.
 */
public interface CheckpointSql {

  /**
   * Seconds after which the driver cancels one of these statements that is run by itself; 0 where
   * the session's own limits hold for all that may keep one waiting.
   */
  default int secondsPerStatement() {
    return 0;
  }

  /** Creates schema and tables where they are missing; each may be run again. */
  List<String> createTables();

  /** connector: all partition rows of a connector, columns by the names of the design. */
  String readPartitions();

  /** connector: the frontier row. */
  String readFrontier();

  /**
   * Takes the row locks of a claim: connector. Waits as long as the session's lock limit allows.
   */
  String lockFrontier();

  /** connector: inserts the frontier row if it is missing. */
  String insertFrontier();

  /** connector, topic, partition, topic_id, offset: inserts a partition row if it is missing. */
  String insertPartition();

  /** topic_id, connector, topic, partition: raises the epoch of one partition row. */
  String claimPartition();

  /** connector: raises the epoch of the frontier row. */
  String claimFrontier();

  /** So many rows {@link #advancePartitions} takes at most. */
  default int partitionsTogether() {
    return Integer.MAX_VALUE;
  }

  /**
   * Advances {@code rows} partition rows in one statement. Parameters: for each row topic,
   * partition, epoch, sequence, applied_offset, rewind_offset, resolved, held, source_position;
   * then the connector.
   */
  String advancePartitions(int rows);

  /** frontier, snapshot_from, connector, epoch, sequence: advances the frontier row. */
  String advanceFrontier();

  /** connector: the open rejections, columns by the names of the design. */
  String readRejections();

  /** Changes nothing, and fails where {@link #closeRejection} would. */
  String probeRejections();

  /**
   * connector, topic, partition, record_offset, table_name, key_hash, hlc, sqlstate, records:
   * writes a row, or writes it over. At an offset below zero the records are added to those there.
   */
  String openRejection();

  /** connector, topic, partition, record_offset: deletes a row, if it is there. */
  String closeRejection();

  /** So many rows one statement of those that drop what is old drops at most. */
  int PRUNED_TOGETHER = 1_000;

  /**
   * milliseconds: drops some of the remembered deletes that were noted longer ago; of targets that
   * remember deletes.
   */
  default String pruneTombstones() {
    throw new UnsupportedOperationException("deletes are not remembered here");
  }

  /**
   * connector, topic, partition, record_offset, hlc, table_schema, table_name, names of the key's
   * columns and their values (arrays of text), policy, change, decision: writes a row of the
   * history of conflicts; of targets that compare rows.
   */
  default String keepConflict() {
    throw new UnsupportedOperationException("rows are not compared here");
  }

  /** milliseconds: drops some of the rows of that history that are older. */
  default String pruneConflicts() {
    throw new UnsupportedOperationException("rows are not compared here");
  }

  /** connector: who holds locks on the checkpoint tables; one text column, for a message. */
  String blockers();
}

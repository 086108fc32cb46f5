package dev.belay.sink.checkpoint;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.target.CheckpointSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads and writes the open rejections of one connector in the target. Runs inside the caller's
 * transaction and never commits.
 */
public final class RejectionStore {
  private final CheckpointSql sql;
  private final String connector;

  public RejectionStore(CheckpointSql sql, String connector) {
    this.sql = sql;
    this.connector = connector;
  }

  /**
   * The open rejections of some partitions.
   *
   * @throws SQLException also if the role may not delete them: that would show long after the
   *     start, when the first of them is mended
   */
  public List<OpenRejection> read(Connection connection, Collection<TopicPartition> partitions)
      throws SQLException {
    try (Statement probe = connection.createStatement()) {
      probe.executeUpdate(sql.probeRejections());
    }
    return read(connection).stream()
        .filter(rejection -> partitions.contains(rejection.partition()))
        .toList();
  }

  /** All that are open, for one who only reads. */
  public List<OpenRejection> read(Connection connection) throws SQLException {
    List<OpenRejection> open = new ArrayList<>();
    try (PreparedStatement query = prepared(connection, sql.readRejections())) {
      query.setString(1, connector);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          TopicPartition partition =
              new TopicPartition(rows.getString("topic"), rows.getInt("partition"));
          RowFormat.judge(
              connector, "belay_rejection", partition.toString(), rows.getInt("format"));
          open.add(
              new OpenRejection(
                  partition,
                  rows.getLong("record_offset"),
                  text(rows.getString("table_name")),
                  text(rows.getString("key_hash")),
                  HlcTimestamp.parseOwn(text(rows.getString("hlc"))).orElse(HlcTimestamp.NONE),
                  text(rows.getString("sqlstate")),
                  rows.getLong("records")));
        }
      }
    }
    return open;
  }

  /** Writes what a transaction changes; runs no statement if that is nothing. */
  public void write(Connection connection, RejectionChange change) throws SQLException {
    if (!change.closed().isEmpty()) {
      try (PreparedStatement close = prepared(connection, sql.closeRejection())) {
        for (OpenRejection rejection : change.closed()) {
          place(close, rejection);
          close.addBatch();
        }
        // fewer than asked for is no finding: a person may have deleted some
        close.executeBatch();
      }
    }
    if (!change.opened().isEmpty()) {
      try (PreparedStatement open = prepared(connection, sql.openRejection())) {
        for (OpenRejection rejection : change.opened()) {
          place(open, rejection);
          open.setString(5, orNull(rejection.table()));
          open.setString(6, orNull(rejection.keyHash()));
          open.setString(7, rejection.version().isKnown() ? rejection.version().toString() : null);
          open.setString(8, orNull(rejection.code()));
          open.setLong(9, rejection.records());
          open.addBatch();
        }
        open.executeBatch();
      }
    }
  }

  private void place(PreparedStatement statement, OpenRejection rejection) throws SQLException {
    statement.setString(1, connector);
    statement.setString(2, rejection.partition().topic());
    statement.setLong(3, rejection.partition().partition());
    statement.setLong(4, rejection.offset());
  }

  private static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }

  private PreparedStatement prepared(Connection connection, String text) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(text);
    statement.setQueryTimeout(sql.secondsPerStatement());
    return statement;
  }
}

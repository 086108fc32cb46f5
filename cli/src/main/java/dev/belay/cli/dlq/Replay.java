package dev.belay.cli.dlq;

import dev.belay.cli.handover.Line;
import dev.belay.cli.status.KafkaLook;
import dev.belay.cli.verify.Dialect;
import dev.belay.cli.verify.Endpoint;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.TableName;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Brings a rejected row again as CockroachDB has it now: the row is written over there with the
 * values that it has, so that the changefeed sends it once more, and it takes the way of every
 * other change. The old image is never written. One thread.
 */
final class Replay {
  private final Line line;
  private final Decoder decoder;

  /**
   * @throws IOException if the feed's records cannot be read here
   */
  Replay(Line line) throws IOException {
    this.line = line;
    this.decoder =
        line.decoder()
            .orElseThrow(
                () ->
                    new IOException(
                        "The feed's records need a converter to be read (feed.format): update the"
                            + " rows in CockroachDB by hand, each with a value that it has."));
  }

  /** What became of a rejection. */
  enum Fate {
    /** The row was written over in CockroachDB, and comes again. */
    SENT,
    /** CockroachDB has no such row any more. */
    GONE,
    /** The record is not in Kafka any more, or cannot be read. */
    UNREADABLE
  }

  /**
   * A row.
   *
   * @param table as CockroachDB has it
   */
  private record Row(TableShape table, List<String> key) {}

  /**
   * Sends a row again.
   *
   * @param really false to look alone
   */
  Fate run(Rejection rejection, boolean really) throws IOException, SQLException {
    Optional<Change> change = record(rejection).flatMap(found -> change(rejection, found));
    if (change.isEmpty()) {
      return Fate.UNREADABLE;
    }
    Endpoint source = line.ends().source();
    Dialect dialect = source.dialect().orElseThrow();
    try (Connection session = source.open()) {
      Optional<Row> row = row(session, dialect, change.get());
      if (row.isEmpty()) {
        return Fate.UNREADABLE;
      }
      long touched = touch(session, dialect, row.get());
      if (really) {
        session.commit();
      } else {
        session.rollback();
      }
      return touched == 0 ? Fate.GONE : Fate.SENT;
    }
  }

  private Optional<ConsumerRecord<byte[], byte[]>> record(Rejection rejection) throws IOException {
    if (rejection.offset() < 0 || rejection.keyHash().isEmpty()) {
      return Optional.empty();
    }
    try (KafkaLook kafka = new KafkaLook(line.kafka(), Map.of())) {
      return kafka.record(rejection.partition(), rejection.offset());
    } catch (KafkaException e) {
      throw new IOException("Kafka cannot be read: " + e.getMessage(), e);
    }
  }

  private Optional<Change> change(Rejection rejection, ConsumerRecord<byte[], byte[]> record) {
    Origin origin =
        new Origin(
            rejection.partition().topic(), rejection.partition().partition(), record.offset());
    return decoder.decode(origin, record.topic(), record.key(), record.value())
            instanceof Change change
        ? Optional.of(change)
        : Optional.empty();
  }

  private static Optional<Row> row(Connection session, Dialect dialect, Change change)
      throws SQLException {
    TableName named = change.info().table();
    TableName name =
        named.schema().isEmpty()
            ? TableName.of(named.name())
            : TableName.of(named.schema(), named.name());
    TableShape table = dialect.catalog().describe(session, List.of(name)).get(name);
    KeyParts parts = change.info().key();
    if (table == null || table.key().isEmpty() || parts.values().size() != table.key().size()) {
      return Optional.empty();
    }
    List<String> key = new ArrayList<>();
    for (ColumnShape column : table.key()) {
      int at = parts.isNamed() ? parts.names().indexOf(column.name()) : table.key().indexOf(column);
      if (at < 0) {
        return Optional.empty();
      }
      Datum value = parts.values().get(at);
      key.add(value.text());
    }
    return Optional.of(new Row(table, key));
  }

  /** Writes a column of the row over with what it has. */
  private static long touch(Connection session, Dialect dialect, Row row) throws SQLException {
    TableShape table = row.table();
    ColumnShape any =
        table.columns().stream()
            .filter(column -> !column.generated() && !table.key().contains(column))
            .findFirst()
            .orElse(table.key().get(0));
    String sql =
        "UPDATE "
            + dialect.quoted(table.name())
            + " SET "
            + dialect.quoted(any.name())
            + " = "
            + dialect.quoted(any.name())
            + " WHERE "
            + table.key().stream()
                .map(
                    column -> dialect.quoted(column.name()) + " = CAST(? AS " + column.type() + ")")
                .collect(Collectors.joining(" AND "));
    try (PreparedStatement update = session.prepareStatement(sql)) {
      for (int i = 0; i < row.key().size(); i++) {
        // without a type of its own, so that it is read as a literal would be
        update.setObject(i + 1, row.key().get(i), Types.OTHER);
      }
      return update.executeLargeUpdate();
    }
  }
}

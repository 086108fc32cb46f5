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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
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
  private static final Duration ANSWER = Duration.ofSeconds(30);

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
    UNREADABLE,
    /** CockroachDB has refused it. */
    REFUSED
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
      session.setNetworkTimeout(Runnable::run, Math.toIntExact(ANSWER.toMillis()));
      boolean isThere =
          really ? touch(session, dialect, row.get()) : isThere(session, dialect, row.get());
      session.commit();
      return isThere ? Fate.SENT : Fate.GONE;
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

  /** Whether the row is there. */
  private static boolean isThere(Connection session, Dialect dialect, Row row) throws SQLException {
    String sql =
        "SELECT 1 FROM " + dialect.quoted(row.table().name()) + " WHERE " + isTheRow(dialect, row);
    try (PreparedStatement query = session.prepareStatement(sql)) {
      bind(query, row);
      try (ResultSet found = query.executeQuery()) {
        return found.next();
      }
    }
  }

  /**
   * Writes all columns of the row over with what they have: one that is not named may get another
   * value by itself (ON UPDATE), and each column family is sent only if it was written.
   */
  private static boolean touch(Connection session, Dialect dialect, Row row) throws SQLException {
    TableShape table = row.table();
    List<ColumnShape> others =
        table.columns().stream()
            .filter(column -> !column.generated() && !table.key().contains(column))
            .toList();
    String sql =
        "UPDATE "
            + dialect.quoted(table.name())
            + " SET "
            + (others.isEmpty() ? table.key() : others)
                .stream()
                    .map(column -> dialect.quoted(column.name()))
                    .map(name -> name + " = " + name)
                    .collect(Collectors.joining(", "))
            + " WHERE "
            + isTheRow(dialect, row);
    try (PreparedStatement update = session.prepareStatement(sql)) {
      bind(update, row);
      return update.executeLargeUpdate() > 0;
    }
  }

  private static String isTheRow(Dialect dialect, Row row) {
    return row.table().key().stream()
        .map(column -> dialect.quoted(column.name()) + " = CAST(? AS " + column.type() + ")")
        .collect(Collectors.joining(" AND "));
  }

  private static void bind(PreparedStatement statement, Row row) throws SQLException {
    for (int i = 0; i < row.key().size(); i++) {
      // without a type of its own, so that it is read as a literal would be
      statement.setObject(i + 1, row.key().get(i), Types.OTHER);
    }
  }
}

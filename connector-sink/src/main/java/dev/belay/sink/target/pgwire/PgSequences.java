package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.TableName;
import dev.belay.sink.shape.SequencePosition;
import dev.belay.sink.shape.SequenceShape;
import dev.belay.sink.target.Sequences;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Sequences as PostgreSQL has them. {@code setval} has no transaction: it is seen at once and
 * survives ROLLBACK. No lock keeps others from drawing numbers between the look at {@code
 * last_value} and it, which are parts of one statement; the margin is what they would have to use
 * up meanwhile to be given numbers twice.
 */
public final class PgSequences implements Sequences {
  private final String query;

  /**
   * @param query of the sequences of tables whose numbers are its one parameter, an array. Columns:
   *     sequence_schema, sequence_name, table_schema, table_name, column_name, increment, least,
   *     greatest, cycles, indexed, visible (USAGE on the schema), readable (SELECT), writable
   *     (UPDATE); least and greatest bounded by what the column holds
   */
  public PgSequences(String query) {
    this.query = query;
  }

  @Override
  public List<SequenceShape> of(Connection connection, Collection<TableName> tables)
      throws SQLException {
    NameLookup lookup = NameLookup.read(connection, tables);
    Set<Long> numbers = new LinkedHashSet<>();
    tables.forEach(name -> lookup.table(name).ifPresent(found -> numbers.add(found.oid())));
    Map<TableName, SequenceShape> found = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, literal(numbers));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          SequenceShape shape = shape(row);
          found.merge(shape.name(), shape, PgSequences::together);
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static String literal(Set<Long> numbers) {
    StringBuilder text = new StringBuilder();
    ArrayLiteral array = new ArrayLiteral(text);
    numbers.forEach(number -> array.add(Long.toString(number), true));
    array.close();
    return text.toString();
  }

  private static SequenceShape shape(ResultSet row) throws SQLException {
    List<String> missing = new ArrayList<>();
    if (!row.getBoolean("visible")) {
      missing.add("USAGE on the schema");
    }
    if (!row.getBoolean("readable")) {
      missing.add("SELECT");
    }
    if (!row.getBoolean("writable")) {
      missing.add("UPDATE");
    }
    return new SequenceShape(
        TableName.of(row.getString("sequence_schema"), row.getString("sequence_name")),
        List.of(
            new SequenceShape.Column(
                TableName.of(row.getString("table_schema"), row.getString("table_name")),
                row.getString("column_name"),
                row.getBoolean("indexed"))),
        row.getLong("increment"),
        row.getLong("least"),
        row.getLong("greatest"),
        row.getBoolean("cycles"),
        missing);
  }

  /** Of one that several columns draw from: what all of them hold. */
  private static SequenceShape together(SequenceShape one, SequenceShape other) {
    List<SequenceShape.Column> columns = new ArrayList<>(one.columns());
    columns.addAll(other.columns());
    return new SequenceShape(
        one.name(),
        columns,
        one.increment(),
        Math.max(one.least(), other.least()),
        Math.min(one.greatest(), other.greatest()),
        one.cycles(),
        one.missing());
  }

  @Override
  public SequencePosition look(Connection connection, SequenceShape sequence) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(lookSql(sequence))) {
      int at = 1;
      for (int i = 0; i < sequence.columns().size(); i++) {
        statement.setLong(at++, sequence.least());
        statement.setLong(at++, sequence.greatest());
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        long furthest = row.getLong(3);
        OptionalLong found = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(furthest);
        return new SequencePosition(row.getLong(1), row.getBoolean(2), found);
      }
    }
  }

  /** The end of an index for each column, however many rows there are. */
  static String lookSql(SequenceShape sequence) {
    String end = sequence.ascends() ? "max" : "min";
    List<String> columns =
        sequence.columns().stream()
            .map(
                column ->
                    "SELECT "
                        + end
                        + "("
                        + Identifiers.quote(column.name())
                        + ")::numeric AS n FROM "
                        + Identifiers.quote(column.table())
                        + " WHERE "
                        + Identifiers.quote(column.name())
                        + " BETWEEN ? AND ?")
            .toList();
    return "SELECT s.last_value, s.is_called, (SELECT pg_catalog.floor("
        + end
        + "(c.n))::bigint FROM ("
        + String.join(" UNION ALL ", columns)
        + ") AS c) FROM "
        + Identifiers.quote(sequence.name())
        + " AS s";
  }

  @Override
  public boolean move(
      Connection connection, SequenceShape sequence, SequencePosition from, long last)
      throws SQLException {
    String quoted = Identifiers.quote(sequence.name());
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_catalog.setval(?::regclass, ?, true) FROM "
                + quoted
                + " AS s WHERE s.last_value = ? AND s.is_called = ?")) {
      statement.setString(1, quoted);
      statement.setLong(2, last);
      statement.setLong(3, from.last());
      statement.setBoolean(4, from.called());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  @Override
  public String grant(SequenceShape sequence) {
    return "GRANT SELECT, UPDATE ON SEQUENCE " + Identifiers.quote(sequence.name());
  }
}

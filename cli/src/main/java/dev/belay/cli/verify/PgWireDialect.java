package dev.belay.cli.verify;

import dev.belay.sink.change.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.postgresql.PGConnection;

/** What PostgreSQL and CockroachDB spell alike. */
abstract class PgWireDialect implements Dialect {

  /** Behind it, not every DOUBLE is told from its neighbours by its whole part and its fraction. */
  private static final String WHOLE = "1000000000000000";

  /** What only CockroachDB reports of itself when a session begins. */
  static boolean isCockroach(Connection session) throws SQLException {
    return session.unwrap(PGConnection.class).getParameterStatus("crdb_version") != null;
  }

  @Override
  public void prepare(Connection session) throws SQLException {
    try (Statement set = session.createStatement()) {
      set.execute("SET TIME ZONE 'UTC'");
      set.execute("SET datestyle = 'ISO'");
      set.execute("SET intervalstyle = 'postgres'");
      set.execute("SET extra_float_digits = 3");
      set.execute("SET bytea_output = 'hex'");
    }
  }

  @Override
  public final List<String> searched(Connection session) throws SQLException {
    try (Statement query = session.createStatement();
        ResultSet row = query.executeQuery("SELECT current_schemas(false)::text")) {
      row.next();
      return ArrayText.elements(row.getString(1));
    }
  }

  @Override
  public final Kind kind(String type) {
    return Kind.ofPgWire(type);
  }

  @Override
  public final String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public final String quoted(TableName table) {
    return table.schema().isEmpty()
        ? quoted(table.name())
        : quoted(table.schema()) + "." + quoted(table.name());
  }

  @Override
  public final String text(Column column) {
    String name = quoted(column.name());
    return switch (column.kind()) {
      case BYTES -> "encode(" + name + ", 'hex')";
      case MOMENT -> "(" + name + " AT TIME ZONE 'UTC')::text";
      default -> name + "::text";
    };
  }

  @Override
  public final Optional<String> alike(Column column, Kind other, Kind common) {
    String name = quoted(column.name());
    String text = text(column);
    Kind own = column.kind();
    return switch (common) {
      case INTEGER, TEXT, BYTES, DATE, TIME -> Optional.of(text);
      case BITS -> own == other ? Optional.of(text) : Optional.empty();
      case OTHER -> Optional.of(text);
      case PADDED -> Optional.of("rtrim(" + text + ", ' ')");
      case BOOLEAN ->
          Optional.of(
              own == Kind.BOOLEAN
                  ? "CASE WHEN " + name + " THEN '1' WHEN NOT " + name + " THEN '0' END"
                  : text);
      case UUID -> Optional.of(own == other ? text : own == Kind.BYTES ? text : undashed(text));
      case TIMESTAMP, MOMENT ->
          own == Kind.DATE ? Optional.of(text + " || ' 00:00:00'") : Optional.of(text);
      case DECIMAL -> decimal(text, own, other);
      case FLOAT -> own == other ? Optional.of(floating(name)) : Optional.empty();
      case SHORT_FLOAT, MIXED_FLOAT, TIME_WITH_ZONE, INTERVAL, JSON, ADDRESS, ARRAY, SHAPE ->
          Optional.empty();
    };
  }

  /** Zeros at the end are the column's; a text with an exponent keeps them. */
  private static Optional<String> decimal(String text, Kind own, Kind other) {
    if (own == Kind.INTEGER) {
      return Optional.of(text);
    } else if (own != Kind.DECIMAL || other == Kind.FLOAT || other == Kind.SHORT_FLOAT) {
      return Optional.empty();
    }
    return Optional.of(
        "CASE WHEN strpos("
            + text
            + ", '.') > 0 AND strpos("
            + text
            + ", 'E') = 0 THEN rtrim(rtrim("
            + text
            + ", '0'), '.') ELSE "
            + text
            + " END");
  }

  /**
   * Servers begin with exponents at different sizes. The whole part as an integer and what is left
   * of it towards zero, which both are exact, are written alike; the text of zero tells its sign.
   * Between two bounds, since the one places NaN before all numbers and the other behind them.
   */
  private static String floating(String column) {
    return "CASE WHEN "
        + column
        + " <> 0 AND "
        + column
        + " > -"
        + WHOLE
        + " AND "
        + column
        + " < "
        + WHOLE
        + " THEN trunc("
        + column
        + ")::bigint::text || ':' || ("
        + column
        + " - trunc("
        + column
        + "))::text ELSE "
        + column
        + "::text END";
  }

  private static String undashed(String text) {
    return "replace(lower(" + text + "), '-', '')";
  }

  /** Text in the order of its UTF-8 bytes. */
  abstract String byItsBytes(String text);

  @Override
  public final String order(Column column, Kind common) {
    return switch (common) {
      case INTEGER,
          DECIMAL,
          FLOAT,
          SHORT_FLOAT,
          MIXED_FLOAT,
          BOOLEAN,
          BYTES,
          DATE,
          TIME,
          TIMESTAMP,
          MOMENT ->
          quoted(column.name());
      case UUID ->
          column.kind() == Kind.TEXT || column.kind() == Kind.PADDED
              ? byItsBytes(undashed(text(column)))
              : quoted(column.name());
      case TEXT, PADDED, TIME_WITH_ZONE, INTERVAL, JSON, BITS, ADDRESS, ARRAY, SHAPE, OTHER ->
          byItsBytes(text(column));
    };
  }

  @Override
  public final String length(String text) {
    return "char_length(" + text + ")::text";
  }

  @Override
  public final String joined(List<String> texts) {
    return "concat_ws(chr(31), " + String.join(", ", texts) + ")";
  }

  @Override
  public final String parameter(Column column) {
    return switch (column.kind()) {
      case BYTES -> "decode(?, 'hex')";
      // wider than the column: the other side may hold numbers that do not fit it
      case INTEGER -> "CAST(? AS int8)";
      case TEXT -> "CAST(? AS text)";
      case PADDED -> "CAST(? AS bpchar)";
      default -> "CAST(? AS " + column.type() + ")";
    };
  }
}

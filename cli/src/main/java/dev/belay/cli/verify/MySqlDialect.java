package dev.belay.cli.verify;

import dev.belay.sink.change.TableName;
import dev.belay.sink.target.Target;
import dev.belay.sink.target.mysql.MySqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** MySQL and MariaDB. */
final class MySqlDialect implements Dialect {

  @Override
  public String name() {
    return "MySQL";
  }

  @Override
  public Target catalog() {
    return new MySqlTarget(false);
  }

  @Override
  public void prepare(Connection session) throws SQLException {
    try (Statement set = session.createStatement()) {
      set.execute("SET SESSION time_zone = '+00:00'");
      set.execute("SET NAMES utf8mb4");
    }
  }

  /** Statements before it would have made the snapshot that this one makes. */
  @Override
  public void begin(Connection session, Optional<String> time) throws SQLException {
    session.rollback();
    try (Statement begin = session.createStatement()) {
      begin.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      begin.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    }
  }

  @Override
  public List<String> searched(Connection session) throws SQLException {
    return session.getCatalog() == null ? List.of() : List.of(session.getCatalog());
  }

  @Override
  public Kind kind(String type) {
    return Kind.ofMySql(type);
  }

  @Override
  public String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  @Override
  public String quoted(TableName table) {
    return table.schema().isEmpty()
        ? quoted(table.name())
        : quoted(table.schema()) + "." + quoted(table.name());
  }

  @Override
  public String text(Column column) {
    String name = quoted(column.name());
    return switch (column.kind()) {
      case BYTES -> "LOWER(HEX(" + name + "))";
      case BITS -> "LPAD(BIN(" + name + "), " + column.argument(1) + ", '0')";
      // six digits say less than a FLOAT holds: as a DOUBLE it is told whole
      case SHORT_FLOAT -> "CAST(" + name + " + 0e0 AS CHAR)";
      case TEXT, PADDED -> "CONVERT(" + name + " USING utf8mb4)";
      default -> "CAST(" + name + " AS CHAR)";
    };
  }

  @Override
  public Optional<String> alike(Column column, Kind other, Kind common) {
    String text = text(column);
    Kind own = column.kind();
    return switch (common) {
      case INTEGER, BYTES, DATE, BOOLEAN -> Optional.of(text);
      case TEXT, OTHER -> Optional.of(text);
      case PADDED -> Optional.of("TRIM(TRAILING ' ' FROM " + text + ")");
      case UUID -> Optional.of(own == Kind.BYTES ? text : "LOWER(REPLACE(" + text + ", '-', ''))");
      case TIME -> Optional.of(unfilled(text));
      case TIMESTAMP, MOMENT ->
          Optional.of(own == Kind.DATE ? "CONCAT(" + text + ", ' 00:00:00')" : unfilled(text));
      case DECIMAL ->
          own == Kind.INTEGER
              ? Optional.of(text)
              : own == Kind.DECIMAL && other != Kind.FLOAT && other != Kind.SHORT_FLOAT
                  ? Optional.of(unfilled(text))
                  : Optional.empty();
      case FLOAT,
          SHORT_FLOAT,
          MIXED_FLOAT,
          TIME_WITH_ZONE,
          INTERVAL,
          JSON,
          BITS,
          ADDRESS,
          ARRAY,
          SHAPE ->
          Optional.empty();
    };
  }

  /** Without the zeros that fill the digits behind the point. */
  private static String unfilled(String text) {
    return "IF(LOCATE('.', "
        + text
        + ") > 0, TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM "
        + text
        + ")), "
        + text
        + ")";
  }

  @Override
  public String length(String text) {
    return "CAST(CHAR_LENGTH(" + text + ") AS CHAR)";
  }

  @Override
  public String joined(List<String> texts) {
    return "CONCAT_WS(CHAR(31 USING utf8mb4), " + String.join(", ", texts) + ")";
  }

  @Override
  public String digest(String text) {
    return "SHA2(" + text + ", 256)";
  }

  @Override
  public String hash(String text) {
    return "CAST(CONV(SUBSTR(" + digest(text) + ", 1, 15), 16, 10) AS UNSIGNED)";
  }

  @Override
  public String order(Column column, Kind common) {
    return switch (common) {
      case TEXT, PADDED, OTHER -> "CAST(" + text(column) + " AS BINARY)";
      case UUID ->
          column.kind() == Kind.BYTES
              ? quoted(column.name())
              : "LOWER(REPLACE(" + text(column) + ", '-', ''))";
      default -> quoted(column.name());
    };
  }

  /**
   * A text is compared with a number as a floating one, and with a text in the column's own
   * collation: both would find rows of other keys.
   */
  @Override
  public String parameter(Column column) {
    return switch (column.kind()) {
      case INTEGER, DECIMAL -> "CAST(? AS DECIMAL(65, 30))";
      case BYTES -> "UNHEX(?)";
      case DATE -> "CAST(? AS DATE)";
      case TIMESTAMP, MOMENT -> "CAST(? AS DATETIME(6))";
      default -> "?";
    };
  }
}

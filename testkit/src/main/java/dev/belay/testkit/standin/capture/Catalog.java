package dev.belay.testkit.standin.capture;

import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.Kind;
import dev.belay.testkit.standin.row.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what tables and types are from PostgreSQL's catalog, as it is now. One connection, one
 * thread at a time.
 */
public final class Catalog implements AutoCloseable {

  private static final int NO_MODIFIER = -1;

  private final Connection connection;
  private final String database;

  public Catalog(Connection connection, String database) {
    this.connection = connection;
    this.database = database;
  }

  /** Begins the names of the constraints that remember the column families of a table. */
  public static final String FAMILY = "belay_standin.family.";

  /**
   * A column family.
   *
   * @param columns in table order
   */
  public record Family(String name, List<String> columns) {}

  /** A table's column families as its {@code CREATE TABLE} named them; none if it did not. */
  public List<Family> families(long id) throws SQLException {
    String sql =
        "SELECT substr(conname, ?), ARRAY(SELECT a.attname::text FROM pg_attribute a"
            + " WHERE a.attrelid = conrelid AND a.attnum = ANY(conkey) ORDER BY a.attnum)"
            + " FROM pg_constraint WHERE conrelid = ? AND contype = 'c' AND starts_with(conname, ?)"
            + " ORDER BY oid";
    List<Family> families = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setInt(1, FAMILY.length() + 1);
      query.setLong(2, id);
      query.setString(3, FAMILY);
      ResultSet row = query.executeQuery();
      while (row.next()) {
        String[] columns = (String[]) row.getArray(2).getArray();
        families.add(new Family(row.getString(1), List.of(columns)));
      }
    }
    return families;
  }

  /** What a name in a statement means. */
  public enum RelationKind {
    TABLE,
    VIEW,
    SEQUENCE,
    OTHER
  }

  /**
   * A relation that a statement names.
   *
   * @param id as in {@link TableShape#id}
   */
  public record Found(long id, RelationKind kind) {}

  /**
   * Resolves a name as a statement of this database would.
   *
   * @param sqlName quoted where it must be; may be qualified by schema
   */
  public Optional<Found> find(String sqlName) throws SQLException {
    String sql = "SELECT oid, relkind FROM pg_class WHERE oid = to_regclass(?)";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, sqlName);
      ResultSet row = query.executeQuery();
      return row.next()
          ? Optional.of(new Found(row.getLong(1), kind(row.getString(2))))
          : Optional.empty();
    }
  }

  private static RelationKind kind(String relkind) {
    return switch (relkind) {
      case "r" -> RelationKind.TABLE;
      case "v", "m" -> RelationKind.VIEW;
      case "S" -> RelationKind.SEQUENCE;
      default -> RelationKind.OTHER;
    };
  }

  /** When a table was made; empty if it was there before anybody looked. */
  public Optional<Hlc> madeAt(long id) throws SQLException {
    String sql =
        "SELECT (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::int8"
            + " FROM belay_standin.made WHERE table_id = ?";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, id);
      ResultSet row = query.executeQuery();
      return row.next() ? Optional.of(new Hlc(row.getLong(1) * 1000, 0)) : Optional.empty();
    }
  }

  /** The table as it is now; empty if it was dropped. */
  public Optional<TableShape> table(long id) throws SQLException {
    String sql =
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE c.oid = ?";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, id);
      ResultSet row = query.executeQuery();
      if (!row.next()) {
        return Optional.empty();
      }
      List<Column> columns = columns(id);
      List<Integer> key = keyPositions(id, columns.stream().map(Column::name).toList());
      return Optional.of(
          new TableShape(id, database, row.getString(1), row.getString(2), columns, key));
    }
  }

  private List<Column> columns(long id) throws SQLException {
    String sql =
        "SELECT attname, atttypid, atttypmod, attnotnull FROM pg_attribute WHERE attrelid = ?"
            + " AND attnum > 0 AND NOT attisdropped AND attgenerated <> 'v' ORDER BY attnum";
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, id);
      ResultSet row = query.executeQuery();
      while (row.next()) {
        SqlType type = type(row.getLong(2), row.getInt(3));
        columns.add(new Column(row.getString(1), type, !row.getBoolean(4)));
      }
    }
    return columns;
  }

  /**
   * A table as the log described it at some time: its columns from there, the rest from now.
   *
   * @return empty if it was dropped since
   */
  Optional<TableShape> table(PgOutput.Relation relation) throws SQLException {
    long id = Integer.toUnsignedLong(relation.id());
    Map<String, Boolean> nullable = new HashMap<>();
    for (Column column : columns(id)) {
      nullable.put(column.name(), column.nullable());
    }
    if (nullable.isEmpty()) {
      return Optional.empty();
    }
    List<Column> columns = new ArrayList<>();
    for (PgOutput.Attribute attribute : relation.attributes()) {
      SqlType type = type(Integer.toUnsignedLong(attribute.typeOid()), attribute.typeModifier());
      boolean isNullable = nullable.getOrDefault(attribute.name(), true);
      columns.add(new Column(attribute.name(), type, isNullable));
    }
    List<Integer> key = keyPositions(id, columns.stream().map(Column::name).toList());
    return Optional.of(
        new TableShape(id, database, relation.schema(), relation.name(), columns, key));
  }

  private List<Integer> keyPositions(long id, List<String> names) throws SQLException {
    String sql =
        "SELECT a.attname FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k(attnum, at)"
            + " JOIN pg_attribute a ON a.attnum = k.attnum WHERE i.indrelid = ?"
            + " AND a.attrelid = i.indrelid AND i.indisprimary AND k.at <= i.indnkeyatts"
            + " ORDER BY k.at";
    List<Integer> key = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, id);
      ResultSet row = query.executeQuery();
      while (row.next()) {
        key.add(names.indexOf(row.getString(1)));
      }
    }
    // A key whose column the log does not know yet is none: those rows were written before it.
    return key.contains(-1) ? List.of() : key;
  }

  private SqlType type(long oid, int modifier) throws SQLException {
    String sql =
        "SELECT typname, typtype, typcategory, typelem, typrelid, typbasetype, typtypmod"
            + " FROM pg_type WHERE oid = ?";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, oid);
      ResultSet row = query.executeQuery();
      if (!row.next()) {
        return SqlType.of(Kind.OTHER);
      }
      if (row.getString("typcategory").equals("A") && row.getLong("typelem") != 0) {
        return new SqlType.ArrayOf(type(row.getLong("typelem"), modifier));
      }
      return switch (row.getString("typtype")) {
        case "e" -> SqlType.of(Kind.ENUM);
        case "d" -> type(row.getLong("typbasetype"), row.getInt("typtypmod"));
        case "c" -> new SqlType.Composite(fields(row.getLong("typrelid")));
        default -> scalar(SqlType.kindNamed(row.getString("typname")), modifier);
      };
    }
  }

  private static SqlType scalar(Kind kind, int modifier) {
    if (kind != Kind.DECIMAL || modifier == NO_MODIFIER) {
      return SqlType.of(kind);
    }
    int packed = modifier - 4;
    return SqlType.decimal((packed >> 16) & 0xffff, packed & 0x7ff);
  }

  private List<SqlType.Field> fields(long relation) throws SQLException {
    return columns(relation).stream().map(c -> new SqlType.Field(c.name(), c.type())).toList();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}

package dev.belay.testkit.standin.row;

import java.util.List;

/** The type of a column, as far as it decides how a value looks on the wire. */
public sealed interface SqlType {

  /** How values of a scalar type are written. */
  enum Kind {
    INT,
    FLOAT,
    DECIMAL,
    BOOL,
    STRING,
    CHAR,
    BYTES,
    UUID,
    INET,
    DATE,
    TIME,
    TIMETZ,
    TIMESTAMP,
    TIMESTAMPTZ,
    INTERVAL,
    JSON,
    BIT,
    ENUM,
    OID,
    PG_LSN,
    TSVECTOR,
    TSQUERY,
    /** Any other type: its text, as a string. */
    OTHER
  }

  /**
   * A type without parts.
   *
   * @param precision digits of a DECIMAL, 0 if unbounded or another type
   * @param scale digits after the point of a DECIMAL, 0 if unbounded or another type
   */
  record Scalar(Kind kind, int precision, int scale) implements SqlType {}

  record ArrayOf(SqlType element) implements SqlType {}

  record Composite(List<Field> fields) implements SqlType {
    public Composite {
      fields = List.copyOf(fields);
    }
  }

  record Field(String name, SqlType type) {}

  static SqlType of(Kind kind) {
    return new Scalar(kind, 0, 0);
  }

  static SqlType decimal(int precision, int scale) {
    return new Scalar(Kind.DECIMAL, precision, scale);
  }

  /** The kind of PostgreSQL's built-in type of this name (as in {@code pg_type.typname}). */
  static Kind kindNamed(String typname) {
    return switch (typname) {
      case "int2", "int4", "int8" -> Kind.INT;
      case "float4", "float8" -> Kind.FLOAT;
      case "numeric" -> Kind.DECIMAL;
      case "bool" -> Kind.BOOL;
      case "text", "varchar", "name", "char", "citext", "refcursor" -> Kind.STRING;
      case "bpchar" -> Kind.CHAR;
      case "bytea" -> Kind.BYTES;
      case "uuid" -> Kind.UUID;
      case "inet", "cidr" -> Kind.INET;
      case "date" -> Kind.DATE;
      case "time" -> Kind.TIME;
      case "timetz" -> Kind.TIMETZ;
      case "timestamp" -> Kind.TIMESTAMP;
      case "timestamptz" -> Kind.TIMESTAMPTZ;
      case "interval" -> Kind.INTERVAL;
      case "json", "jsonb" -> Kind.JSON;
      case "bit", "varbit" -> Kind.BIT;
      case "oid", "regclass", "regtype", "regproc", "regnamespace", "regrole" -> Kind.OID;
      case "pg_lsn" -> Kind.PG_LSN;
      case "tsvector" -> Kind.TSVECTOR;
      case "tsquery" -> Kind.TSQUERY;
      default -> Kind.OTHER;
    };
  }
}

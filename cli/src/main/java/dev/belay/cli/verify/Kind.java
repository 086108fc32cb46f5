package dev.belay.cli.verify;

import java.util.Locale;
import java.util.Optional;

/** What a value is, whichever database holds it. */
public enum Kind {
  INTEGER,
  DECIMAL,
  FLOAT,
  /** Of four bytes: databases write it with more digits or fewer. */
  SHORT_FLOAT,
  /** Of four bytes on one side and of eight on the other; of no column by itself. */
  MIXED_FLOAT,
  BOOLEAN,
  TEXT,
  /** Text whose blanks at the end are the column's and not the value's. */
  PADDED,
  BYTES,
  UUID,
  DATE,
  TIME,
  TIME_WITH_ZONE,
  TIMESTAMP,
  /** A timestamp that is a moment, in UTC here. */
  MOMENT,
  INTERVAL,
  JSON,
  BITS,
  ADDRESS,
  ARRAY,
  /** Geometry of MySQL, whose text says too little: it is compared with nothing. */
  SHAPE,
  /** Compared as the text that each database makes of it. */
  OTHER;

  /**
   * The kind of a type as PostgreSQL's or CockroachDB's catalog words it.
   *
   * @param type for example {@code numeric(10,2)}, {@code DECIMAL(10,2)}, {@code VARCHAR(3)[]}
   */
  static Kind ofPgWire(String type) {
    if (type.endsWith("[]")) {
      return ARRAY;
    }
    return switch (base(type)) {
      case "smallint", "integer", "bigint", "int", "int2", "int4", "int8", "oid" -> INTEGER;
      case "numeric", "decimal" -> DECIMAL;
      case "double precision", "float8", "float" -> FLOAT;
      case "real", "float4" -> SHORT_FLOAT;
      case "boolean", "bool" -> BOOLEAN;
      case "text", "character varying", "varchar", "string", "name", "citext", "\"char\"" -> TEXT;
      case "character", "bpchar", "char" -> PADDED;
      case "bytea", "bytes" -> BYTES;
      case "uuid" -> UUID;
      case "date" -> DATE;
      case "time", "time without time zone" -> TIME;
      case "timetz", "time with time zone" -> TIME_WITH_ZONE;
      case "timestamp", "timestamp without time zone" -> TIMESTAMP;
      case "timestamptz", "timestamp with time zone" -> MOMENT;
      case "interval" -> INTERVAL;
      case "json", "jsonb" -> JSON;
      case "bit", "bit varying", "varbit" -> BITS;
      case "inet", "cidr" -> ADDRESS;
      default -> base(type).startsWith("interval ") ? INTERVAL : OTHER;
    };
  }

  /**
   * The kind of a type as MySQL's or MariaDB's catalog words it.
   *
   * @param type for example {@code decimal(10,2)}, {@code bigint unsigned}
   */
  static Kind ofMySql(String type) {
    String first = base(type).split(" ", 2)[0];
    return switch (first) {
      case "tinyint", "smallint", "mediumint", "int", "bigint", "year" -> INTEGER;
      case "decimal" -> DECIMAL;
      case "double" -> FLOAT;
      case "float" -> SHORT_FLOAT;
      case "char" -> PADDED;
      case "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" -> TEXT;
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> BYTES;
      // MariaDB orders its UUIDs from the last part to the first; as a text it is what others are
      case "uuid" -> TEXT;
      case "inet4", "inet6" -> ADDRESS;
      case "geometry",
          "point",
          "linestring",
          "polygon",
          "multipoint",
          "multilinestring",
          "multipolygon",
          "geomcollection",
          "geometrycollection" ->
          SHAPE;
      case "date" -> DATE;
      case "time" -> TIME;
      case "datetime" -> TIMESTAMP;
      case "timestamp" -> MOMENT;
      case "json" -> JSON;
      case "bit" -> BITS;
      default -> OTHER;
    };
  }

  /** The kind of an array's elements; {@link #OTHER} of what is none. */
  static Kind ofElements(String type) {
    Kind kind = type.endsWith("[]") ? ofPgWire(type.substring(0, type.length() - 2)) : OTHER;
    return kind == ARRAY ? OTHER : kind;
  }

  /** Without arguments, collation and letter case: {@code timestamp(3) with time zone}. */
  private static String base(String type) {
    return type.toLowerCase(Locale.ROOT)
        .replaceAll("\\([^)]*\\)", "")
        .replaceFirst(" collate .*", "")
        .replaceAll(" +", " ")
        .strip();
  }

  private boolean isNumber() {
    return this == INTEGER || this == DECIMAL || this == FLOAT || this == SHORT_FLOAT;
  }

  private boolean isText() {
    return this == TEXT || this == PADDED;
  }

  private boolean isTime() {
    return this == DATE || this == TIMESTAMP || this == MOMENT;
  }

  /**
   * As what values of two columns are compared; empty if nothing that one holds can be in the
   * other.
   */
  static Optional<Kind> common(Kind one, Kind other) {
    return either(one, other).or(() -> either(other, one));
  }

  private static Optional<Kind> either(Kind one, Kind other) {
    if (one == SHAPE || other == SHAPE) {
      return Optional.empty();
    } else if (one == other) {
      return Optional.of(one);
    } else if (one == FLOAT && other == SHORT_FLOAT) {
      return Optional.of(MIXED_FLOAT);
    } else if (one.isNumber() && other.isNumber()) {
      return Optional.of(DECIMAL);
    } else if (one.isTime() && other.isTime()) {
      return Optional.of(TIMESTAMP);
    } else if (one == PADDED && other == TEXT) {
      return Optional.of(PADDED);
    } else if (one == BOOLEAN && (other.isText() || other == INTEGER || other == BITS)) {
      return Optional.of(BOOLEAN);
    } else if (one == UUID && other == BYTES) {
      return Optional.of(UUID);
    } else if (one == BITS && other == BYTES || one == BITS && other == INTEGER) {
      return Optional.empty();
    } else if (one.isText()) {
      // what a text holds is read as what it is on the other side
      return Optional.of(other);
    } else if (one == OTHER) {
      return Optional.of(OTHER);
    }
    return Optional.empty();
  }
}

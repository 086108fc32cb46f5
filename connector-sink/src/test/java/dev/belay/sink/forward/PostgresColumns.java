package dev.belay.sink.forward;

import static dev.belay.sink.forward.SourceColumn.of;

import java.util.List;

/** The types of PostgreSQL, with their edges. */
public final class PostgresColumns {
  static final List<String> TYPES =
      List.of(
          "CREATE EXTENSION hstore",
          "CREATE EXTENSION citext",
          "CREATE EXTENSION ltree",
          "CREATE TYPE mood AS ENUM ('ok', 'So so', 'with ☃')",
          "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
          "CREATE TYPE pair AS (a int, b text)");

  private PostgresColumns() {}

  public static List<SourceColumn> plain() {
    return List.of(
        of("c_smallint", "smallint", "42", "32767", "-32768"),
        of("c_integer", "integer", "42", "2147483647", "-2147483648"),
        of("c_bigint", "bigint", "9007199254740993", "9223372036854775807", "-9223372036854775808"),
        of(
            "c_numeric",
            "numeric",
            "12345678901234567890.123456789",
            "0.00000000000000000001",
            "-1.10",
            "'NaN'",
            "100"),
        of("c_decimal_10_2", "numeric(10,2)", "1.50", "99999999.99", "-99999999.99", "'NaN'"),
        of("c_decimal_5_m2", "numeric(5,-2)", "1234500", "100"),
        of("c_money", "money", "'12.34'", "'92233720368547758.07'", "'-92233720368547758.08'"),
        of("c_real", "real", "1.5", "3.4028235e38", "0.1", "'NaN'", "'Infinity'", "'-Infinity'"),
        of(
            "c_double",
            "double precision",
            "0.1",
            "1.7976931348623157e308",
            "5e-324",
            "'NaN'",
            "'Infinity'",
            "'-Infinity'",
            "'-0'"),
        of("c_boolean", "boolean", "true", "false"),
        of("c_char5", "char(5)", "'ab'", "'abcde'", "''"),
        of("c_varchar20", "varchar(20)", "'héllo ☃ 🍦'", "''"),
        of(
            "c_text",
            "text",
            "E'quote \" backslash \\\\ tab\\t newline\\n'",
            "''",
            "'NULL'",
            "'null'"),
        of("c_bytea", "bytea", "'\\x00ff10'", "'\\x'"),
        of(
            "c_date",
            "date",
            "'2026-11-22'",
            "'9999-12-31'",
            "'0001-01-01'",
            "'infinity'",
            "'-infinity'",
            "'0044-03-15 BC'",
            "'5874897-12-31'"),
        of("c_time", "time", "'12:34:56.789012'", "'23:59:59.999999'", "'00:00:00'", "'24:00:00'"),
        of("c_time0", "time(0)", "'12:34:56'", "'23:59:59'", "'00:00:00'", "'24:00:00'"),
        of("c_time3", "time(3)", "'12:34:56.789'", "'23:59:59.999'", "'00:00:00'", "'24:00:00'"),
        of(
            "c_timetz",
            "timetz",
            "'12:34:56.789012+02'",
            "'23:59:59.999999+15:59'",
            "'00:00:00-15:59'",
            "'24:00:00+00'"),
        of(
            "c_timestamp",
            "timestamp",
            "'2026-11-22 12:34:56.789012'",
            "'294276-12-31 23:59:59.999999'",
            "'0001-01-01 00:00:00'",
            "'infinity'",
            "'-infinity'",
            "'0044-03-15 12:00:00 BC'"),
        of(
            "c_timestamp0",
            "timestamp(0)",
            "'2026-11-22 12:34:56'",
            "'9999-12-31 23:59:59'",
            "'0001-01-01 00:00:00'",
            "'infinity'",
            "'-infinity'"),
        of(
            "c_timestamp3",
            "timestamp(3)",
            "'2026-11-22 12:34:56.789'",
            "'9999-12-31 23:59:59.999'",
            "'1969-12-31 23:59:59.999'"),
        of(
            "c_timestamptz",
            "timestamptz",
            "'2026-11-22 12:34:56.789012+02'",
            "'294276-12-31 23:59:59.999999+00'",
            "'0001-01-01 00:00:00+00'",
            "'infinity'",
            "'-infinity'",
            "'0044-03-15 12:00:00+00 BC'"),
        of(
            "c_interval",
            "interval",
            "'1 year 2 months 3 days 4 hours 5 minutes 6.789012 seconds'",
            "'178000000 years'",
            "'-178000000 years'",
            "'-1 mon 2 days -03:00:00.5'",
            "'0'",
            "'40 hours'",
            "'-0.000001 seconds'"),
        of("c_uuid", "uuid", "'27f4f4c9-e35a-45dd-9b79-5ff0f9b5fbb0'"),
        of("c_json", "json", "'{\"b\": 1.10, \"a\": [1, null], \"b\": 2}'", "'null'", "'\"x\"'"),
        of(
            "c_jsonb",
            "jsonb",
            "'{\"b\": 1.10, \"a\": [1, null]}'",
            "'null'",
            "'12345678901234567890.5'"),
        of("c_xml", "xml", "'<a b=\"1\">x</a>'"),
        of("c_inet", "inet", "'192.168.0.1/24'", "'::1'", "'10.0.0.1'"),
        of("c_cidr", "cidr", "'192.168.0.0/24'", "'2001:db8::/32'"),
        of("c_macaddr", "macaddr", "'08:00:2b:01:02:03'"),
        of("c_macaddr8", "macaddr8", "'08:00:2b:01:02:03:04:05'"),
        of("c_bit1", "bit(1)", "B'1'", "B'0'"),
        of("c_bit10", "bit(10)", "B'1100000001'", "B'0000000000'"),
        of("c_varbit", "varbit", "B'101'", "B''", "B'110000000000000001'", "B'00101'"),
        of("c_int4range", "int4range", "'[1,10)'", "'empty'"),
        of("c_int8range", "int8range", "'[1,)'"),
        of("c_numrange", "numrange", "'(1.5,2.5]'"),
        of("c_tsrange", "tsrange", "'[2026-01-01,2026-02-01)'"),
        of("c_tstzrange", "tstzrange", "'[2026-01-01 00:00+00,)'"),
        of("c_daterange", "daterange", "'[2026-01-01,2026-02-01)'"),
        of("c_tsvector", "tsvector", "'a:1 it''s:2'"),
        of("c_point", "point", "'(1.5,-2.5)'"),
        of("c_mood", "mood", "'ok'", "'So so'", "'with ☃'"),
        of("c_positive", "positive", "1"),
        of("c_hstore", "hstore", "'a=>1, b=>NULL, \"q\\\"\"=>\"x\\\\\"'", "''"),
        of("c_citext", "citext", "'MiXed'"),
        of("c_ltree", "ltree", "'a.b.c'"),
        of("c_oid", "oid", "'4294967295'", "1"),
        of("c_ints", "int[]", "'{1,NULL,-2147483648}'", "'{}'"),
        of("c_bigints", "bigint[]", "'{9223372036854775807}'", "'{}'"),
        of("c_texts", "text[]", "'{\"a,b\",NULL,\"NULL\",\"\",\"q\\\"\"}'", "'{}'"),
        of("c_varchars", "varchar(5)[]", "'{ab,NULL}'"),
        of("c_numerics", "numeric[]", "'{1.10,NULL,-12345678901234567890.5}'"),
        of("c_decimals_10_2", "numeric(10,2)[]", "'{1.10,NULL}'"),
        of("c_booleans", "boolean[]", "'{t,f,NULL}'"),
        of("c_reals", "real[]", "'{1.5,NULL}'"),
        of("c_doubles", "double precision[]", "'{0.1,NULL}'"),
        of("c_dates", "date[]", "'{2026-11-22,NULL}'"),
        of("c_timestamps", "timestamp[]", "'{\"2026-11-22 12:34:56.789012\",NULL}'"),
        of("c_timestamptzs", "timestamptz[]", "'{\"2026-11-22 12:34:56.789012+02\",NULL}'"),
        of("c_uuids", "uuid[]", "'{27f4f4c9-e35a-45dd-9b79-5ff0f9b5fbb0,NULL}'"),
        of("c_jsonbs", "jsonb[]", "ARRAY['{\"a\": 1.10}'::jsonb, NULL]"),
        of("c_byteas", "bytea[]", "ARRAY['\\x00ff'::bytea, NULL]"),
        of("c_inets", "inet[]", "'{10.0.0.1,NULL}'"));
  }

  /** All but arrays of bytes, which Debezium 3.7.0 cannot write as hexadecimal digits. */
  public static List<SourceColumn> withHex() {
    return plain().stream().filter(column -> !column.type().equals("bytea[]")).toList();
  }

  /** Such as Debezium reads in a way of its own, or not as they are. */
  static List<SourceColumn> odd() {
    return List.of(
        of("c_infinite", "numeric", "'Infinity'", "'-Infinity'"),
        of("c_forever", "interval", "'infinity'", "'-infinity'"),
        of("c_times", "time[]", "'{12:34:56.789012,NULL}'"),
        of("c_grid", "int[]", "'{{1,2},{3,4}}'"),
        of("c_nans", "double precision[]", "'{NaN,Infinity}'"),
        of("c_late_dates", "date[]", "'{infinity,9999-12-31}'"),
        of("c_late_times", "timestamp[]", "'{infinity,9999-12-31 23:59:59}'"),
        of("c_multirange", "int4multirange", "'{[1,3),[5,9)}'"),
        of("c_tsquery", "tsquery", "'a & b'"),
        of("c_box", "box", "'(2,2),(1,1)'"),
        of("c_circle", "circle", "'<(1,2),3>'"),
        of("c_line", "line", "'{1,2,3}'"),
        of("c_lseg", "lseg", "'[(0,0),(1,1)]'"),
        of("c_path", "path", "'((0,0),(1,1))'"),
        of("c_polygon", "polygon", "'((0,0),(1,1),(1,0))'"),
        of("c_pair", "pair", "ROW(1,'x')"),
        of("c_pairs", "pair[]", "ARRAY[ROW(1,'x')::pair]"),
        of("c_lsn", "pg_lsn", "'16/B374D848'"),
        of("c_name", "name", "'n'"),
        of("c_citexts", "citext[]", "'{MiXed}'"),
        of("c_positives", "positive[]", "'{1}'"));
  }

  /** Such as stop a connector that is told to fail over what it cannot convert. */
  static List<SourceColumn> refused() {
    return List.of(
        of("c_moods", "mood[]", "'{ok,NULL}'"), of("c_nan_numerics", "numeric[]", "'{NaN}'"));
  }
}

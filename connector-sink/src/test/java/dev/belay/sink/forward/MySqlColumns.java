package dev.belay.sink.forward;

import static dev.belay.sink.forward.SourceColumn.of;

import java.util.List;

/** The types of MySQL, with their edges. */
public final class MySqlColumns {
  private MySqlColumns() {}

  public static List<SourceColumn> plain() {
    return List.of(
        of("c_tinyint", "tinyint", "42", "127", "-128"),
        of("c_tinyint1", "tinyint(1)", "1", "0", "42"),
        of("c_utinyint", "tinyint unsigned", "42", "255", "0"),
        of("c_smallint", "smallint", "42", "32767", "-32768"),
        of("c_usmallint", "smallint unsigned", "42", "65535", "0"),
        of("c_mediumint", "mediumint", "42", "8388607", "-8388608"),
        of("c_umediumint", "mediumint unsigned", "42", "16777215", "0"),
        of("c_int", "int", "42", "2147483647", "-2147483648"),
        of("c_uint", "int unsigned", "42", "4294967295", "0"),
        of("c_bigint", "bigint", "9007199254740993", "9223372036854775807", "-9223372036854775808"),
        of("c_ubigint", "bigint unsigned", "42", "18446744073709551615", "0"),
        of(
            "c_decimal_65_30",
            "decimal(65,30)",
            "1.10",
            "99999999999999999999999999999999999.999999999999999999999999999999",
            "-0.000000000000000000000000000001"),
        of("c_decimal_10_2", "decimal(10,2)", "1.50", "99999999.99", "-99999999.99"),
        of("c_decimal_10", "decimal(10)", "42"),
        of("c_float", "float", "1.5", "3.40282e38", "0.1"),
        of("c_double", "double", "0.1", "1.7976931348623157e308", "5e-324", "-0e0"),
        of("c_float_7_4", "float(7,4)", "123.4567", "-999.9999"),
        of("c_double_10_3", "double(10,3)", "1.5", "0.001"),
        of("c_bit1", "bit(1)", "b'1'", "b'0'"),
        of("c_bit10", "bit(10)", "b'1100000001'", "b'0'"),
        of("c_bit64", "bit(64)", "b'101'", "18446744073709551615"),
        of("c_boolean", "boolean", "true", "false"),
        of("c_char5", "char(5)", "'ab'", "'abcde'", "''"),
        of("c_varchar20", "varchar(20)", "'héllo ☃ 🍦'", "''"),
        of("c_latin", "varchar(20) CHARACTER SET latin1", "'héllo'"),
        of("c_text", "text", "'quote \" backslash \\\\ tab\\t newline\\n'", "''", "'NULL'"),
        of("c_longtext", "longtext", "'long'"),
        of("c_binary4", "binary(4)", "x'00ff'", "x'00000000'"),
        of("c_varbinary20", "varbinary(20)", "x'00ff10'", "x''"),
        of("c_blob", "blob", "x'00ff10'", "x''"),
        of("c_date", "date", "'2026-11-22'", "'9999-12-31'", "'1000-01-01'"),
        of("c_time", "time", "'12:34:56'", "'23:59:59'", "'00:00:00'"),
        of("c_time3", "time(3)", "'12:34:56.789'", "'23:59:59.999'", "'00:00:00'"),
        of("c_time6", "time(6)", "'12:34:56.789012'", "'23:59:59.999999'", "'00:00:00'"),
        of(
            "c_datetime",
            "datetime",
            "'2026-11-22 12:34:56'",
            "'9999-12-31 23:59:59'",
            "'1000-01-01'"),
        of("c_datetime3", "datetime(3)", "'2026-11-22 12:34:56.789'", "'1969-12-31 23:59:59.999'"),
        of(
            "c_datetime6",
            "datetime(6)",
            "'2026-11-22 12:34:56.789012'",
            "'9999-12-31 23:59:59.999999'",
            "'1000-01-01'"),
        of(
            "c_timestamp",
            "timestamp NULL",
            "'2026-11-22 12:34:56'",
            "'2038-01-19 03:14:07'",
            "'1970-01-01 00:00:01'"),
        of(
            "c_timestamp6",
            "timestamp(6) NULL",
            "'2026-11-22 12:34:56.789012'",
            "'2038-01-19 03:14:07.499999'"),
        of("c_year", "year", "2026", "2155", "1901", "0"),
        of("c_enum", "enum('a','b,c','d''e','☃')", "'a'", "'b,c'", "'d\\'e'", "'☃'"),
        of("c_set", "set('a','b','c d')", "'a,c d'", "''", "'a,b,c d'"),
        of(
            "c_json",
            "json",
            "'{\"b\": 1.10, \"a\": [1, null, true], \"s\": \"☃\"}'",
            "'null'",
            "JSON_OBJECT('d', CAST(12345678901234567890.10 AS DECIMAL(30,2)), 't', CAST('2026-11-22"
                + " 12:34:56.789' AS DATETIME(3)))",
            "'\"x\"'"),
        of(
            "c_geometry",
            "geometry",
            "ST_GeomFromText('LINESTRING(0 0, 1 2)')",
            "ST_GeomFromText('POINT(1 2)', 4326)"),
        of("c_point", "point", "ST_GeomFromText('POINT(1 2)')"));
  }

  /** What has no day on a calendar or more than a day on a clock, and what is new. */
  static List<SourceColumn> odd() {
    return List.of(
        of("c_long_time", "time", "'838:59:59'", "'-838:59:59'", "'24:00:00'", "'-00:00:01'"),
        of("c_long_time6", "time(6)", "'838:59:58.999999'", "'-00:00:00.000001'"),
        of("c_zero_date", "date", "'0000-00-00'", "'2026-00-00'", "'0001-01-01'"),
        of("c_zero_datetime", "datetime(6)", "'0000-00-00 00:00:00'", "'0001-01-01 00:00:00'"),
        of("c_zero_timestamp", "timestamp NULL", "'0000-00-00 00:00:00'"),
        of("c_vector", "vector(3)", "TO_VECTOR('[1.5,2,3]')"));
  }
}

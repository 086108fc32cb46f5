package dev.belay.sink.target.mysql;

import java.util.ArrayList;
import java.util.List;

/**
 * The type table: what CockroachDB sends, into which column of MySQL or MariaDB it may go, and what
 * is read back from there. Every row is written into real servers by {@code TypeTableIT}, and
 * {@code docs/types-mysql.md} is made from it. It is long because it is a table.
 */
final class TypeTable {

  /** Which servers a row holds for. */
  enum On {
    BOTH,
    MYSQL,
    MARIADB
  }

  enum Fate {
    /** Written, and read back as said. */
    STORED,
    /** Refused by Belay. */
    REFUSED,
    /** Refused by the database, as a fault of the record. */
    POISON
  }

  /**
   * @param source type in CockroachDB
   * @param wire the JSON value of the changefeed
   * @param column type of the target's column
   * @param stored what is read back as text; for a refused value a part of the reason
   * @param label what stands in the documentation for a wire value that is too long for it
   */
  record Row(
      String source, String wire, String column, String stored, Fate fate, On on, String label) {

    Row on(On servers) {
      return new Row(source, wire, column, stored, fate, servers, label);
    }

    Row label(String text) {
      return new Row(source, wire, column, stored, fate, on, text);
    }
  }

  private final List<Row> rows = new ArrayList<>();

  private TypeTable() {}

  static List<Row> rows() {
    TypeTable table = new TypeTable();
    table.integers();
    table.decimals();
    table.floats();
    table.booleansAndBits();
    table.strings();
    table.bytesAndUuids();
    table.datesAndTimes();
    table.json();
    table.labels();
    table.others();
    return table.rows;
  }

  private void ok(String source, String wire, String column, String stored) {
    rows.add(new Row(source, wire, column, stored, Fate.STORED, On.BOTH, ""));
  }

  /** Values that read back as the wire had them, but for the quotes of a JSON string. */
  private void same(String source, String column, String... wires) {
    for (String wire : wires) {
      String text = wire.startsWith("\"") ? wire.substring(1, wire.length() - 1) : wire;
      ok(source, wire, column, text);
    }
  }

  private void no(String source, String wire, String column, String reason) {
    rows.add(new Row(source, wire, column, reason, Fate.REFUSED, On.BOTH, ""));
  }

  private void poison(String source, String wire, String column, String reason) {
    rows.add(new Row(source, wire, column, reason, Fate.POISON, On.BOTH, ""));
  }

  private void only(On servers) {
    rows.add(rows.remove(rows.size() - 1).on(servers));
  }

  private void label(String text) {
    rows.add(rows.remove(rows.size() - 1).label(text));
  }

  private void integers() {
    same("INT2", "TINYINT", "-128", "127", "0");
    no("INT2", "128", "TINYINT", "out of range");
    same("INT2", "TINYINT UNSIGNED", "0", "255");
    no("INT2", "-1", "TINYINT UNSIGNED", "out of range");
    same("INT2", "SMALLINT", "-32768", "32767");
    same("INT4", "MEDIUMINT", "-8388608", "8388607");
    no("INT4", "8388608", "MEDIUMINT", "out of range");
    same("INT4", "MEDIUMINT UNSIGNED", "16777215");
    same("INT4", "INT", "-2147483648", "2147483647");
    no("INT8", "2147483648", "INT", "out of range");
    same("INT8", "INT UNSIGNED", "4294967295");
    same("INT8", "BIGINT", "-9223372036854775808", "9223372036854775807");
    no("DECIMAL", "9223372036854775808", "BIGINT", "out of range");
    same("DECIMAL", "BIGINT UNSIGNED", "0", "9223372036854775808", "18446744073709551615");
    no("DECIMAL", "18446744073709551616", "BIGINT UNSIGNED", "out of range");
    no("DECIMAL", "1.5", "BIGINT", "decimals");
    ok("DECIMAL", "1E+2", "INT", "100");
    ok("OID", "\"4294967295\"", "BIGINT", "4294967295");
    no("STRING", "\"x\"", "INT", "string of another form");
    same("INT2", "YEAR", "1901", "2155");
    ok("INT2", "0", "YEAR", "0000");
    no("INT2", "70", "YEAR", "before 1901");
    no("INT2", "2156", "YEAR", "out of range");
  }

  private void decimals() {
    same("DECIMAL", "DECIMAL(10,2)", "1.10", "-99999999.99", "0.00");
    ok("DECIMAL", "1.1", "DECIMAL(10,2)", "1.10");
    ok("DECIMAL", "1.10000", "DECIMAL(10,2)", "1.10");
    ok("DECIMAL", "-0", "DECIMAL(10,2)", "0.00");
    no("DECIMAL", "1.111", "DECIMAL(10,2)", "3 decimals");
    no("DECIMAL", "100000000", "DECIMAL(10,2)", "9 digits before the point");
    same(
        "DECIMAL",
        "DECIMAL(65,30)",
        "99999999999999999999999999999999999.999999999999999999999999999999",
        "0.000000000000000000000000000001");
    no("DECIMAL", "1E-31", "DECIMAL(65,30)", "31 decimals");
    no("DECIMAL", "-1", "DECIMAL(5,0) UNSIGNED", "negative");
    ok("INT8", "9223372036854775807", "DECIMAL(65,0)", "9223372036854775807");
    no("DECIMAL", "\"NaN\"", "DECIMAL(10,2)", "NaN or an infinity");
    no("DECIMAL", "\"-Infinity\"", "DECIMAL(10,2)", "NaN or an infinity");
    ok("MONEY", "1.5", "VARCHAR(20)", "1.5");
  }

  private void floats() {
    ok("FLOAT8", "0.1", "DOUBLE", "0.1");
    ok("FLOAT8", "1.7976931348623157e+308", "DOUBLE", "1.7976931348623157E308");
    ok("FLOAT8", "2.2250738585072014e-308", "DOUBLE", "2.2250738585072014E-308");
    ok("FLOAT8", "0.30000000000000004", "DOUBLE", "0.30000000000000004");
    ok("INT8", "9007199254740993", "BIGINT", "9007199254740993");
    no("INT8", "9007199254740993", "DOUBLE", "would be rounded");
    no("FLOAT8", "\"NaN\"", "DOUBLE", "NaN or an infinity");
    no("FLOAT8", "\"Infinity\"", "FLOAT", "NaN or an infinity");
    ok("FLOAT4", "1.1", "FLOAT", "1.100000023841858");
    ok("FLOAT4", "1.100000023841858", "FLOAT", "1.100000023841858");
    ok("FLOAT4", "16777216", "FLOAT", "1.6777216E7");
    no("INT8", "16777217", "FLOAT", "would be rounded");
    no("FLOAT8", "0.12345678901", "FLOAT", "would be rounded");
    no("FLOAT8", "1.234", "DOUBLE(10,2)", "more than 2 decimals");
    ok("FLOAT8", "1.25", "DOUBLE(10,2)", "1.25");
    no("FLOAT8", "-1", "DOUBLE UNSIGNED", "negative");
  }

  private void booleansAndBits() {
    ok("BOOL", "true", "TINYINT(1)", "1");
    ok("BOOL", "false", "TINYINT(1)", "0");
    ok("BOOL", "true", "BIT(1)", "1");
    ok("BOOL", "true", "VARCHAR(5)", "true");
    no("BOOL", "true", "DATE", "A boolean");
    ok("VARBIT", "\"101\"", "BIT(3)", "101");
    ok("BIT(64)", "\"" + "1".repeat(64) + "\"", "BIT(64)", "1".repeat(64));
    ok("BIT(64)", "\"0" + "1".repeat(63) + "\"", "BIT(64)", "1".repeat(63));
    no("VARBIT", "\"11\"", "BIT(3)", "length 2");
    no("VARBIT", "\"1111\"", "BIT(3)", "length 4");
    ok("VARBIT", "\"0101\"", "VARCHAR(10)", "0101");
  }

  private void strings() {
    same("STRING", "VARCHAR(10)", "\"\"", "\"a b\"", "\"it's\"", "\"end \"", "\"null\"");
    ok("STRING", "\"a\\\\b\\\"c\\n\\u0001\"", "VARCHAR(10)", "a\\b\"c\n\u0001");
    ok("STRING", "\"a\\u0000b\"", "VARCHAR(10)", "a\0b");
    ok("STRING", "\"\\ud83d\\ude00\"", "VARCHAR(1)", "\ud83d\ude00");
    no("STRING", "\"\\ud83d\"", "VARCHAR(10)", "half of a surrogate pair");
    no("STRING", "\"\\ud83d\\ude00\"", "VARCHAR(10) CHARACTER SET utf8mb3", "beyond U+FFFF");
    ok("STRING", "\"\\u2603\"", "VARCHAR(10) CHARACTER SET utf8mb3", "\u2603");
    ok("STRING", "\"\\u20ac\"", "VARCHAR(10) CHARACTER SET latin1", "\u20ac");
    no("STRING", "\"\\u2603\"", "VARCHAR(10) CHARACTER SET latin1", "does not have");
    poison("STRING", "\"\\u2603\"", "VARCHAR(10) CHARACTER SET swe7", "1366");
    no("STRING", "\"12345678901\"", "VARCHAR(10)", "more than 10 characters");
    no("STRING", "\"1234567890 \"", "VARCHAR(10)", "more than 10 characters");
    same("STRING", "CHAR(5)", "\"abc\"", "\" ab\"");
    no("STRING", "\"abc \"", "CHAR(5)", "blank at its end");
    ok("STRING", "\"" + "x".repeat(255) + "\"", "TINYTEXT", "x".repeat(255));
    label("255 characters");
    no("STRING", "\"" + "x".repeat(256) + "\"", "TINYTEXT", "more than 255 bytes");
    label("256 characters");
    no("STRING", "\"" + "\u00e4".repeat(200) + "\"", "TINYTEXT", "more than 255 bytes");
    label("200 times ä");
    ok("STRING", "\"" + "y".repeat(65_535) + "\"", "TEXT", "y".repeat(65_535));
    label("65,535 characters");
    ok("STRING", "\"" + "z".repeat(1_000_000) + "\"", "LONGTEXT", "z".repeat(1_000_000));
    label("a million characters");
    ok("INT8", "42", "VARCHAR(10)", "42");
    ok("DECIMAL", "1.10", "TEXT", "1.10");
    ok("TIMESTAMPTZ", "\"2020-01-02T03:04:05.6Z\"", "VARCHAR(30)", "2020-01-02T03:04:05.6Z");
    ok("INTERVAL", "\"1 day 02:00:00\"", "VARCHAR(30)", "1 day 02:00:00");
    ok("INET", "\"192.168.1.1/24\"", "VARCHAR(30)", "192.168.1.1/24");
    ok(
        "UUID",
        "\"0a0b0c0d-0e0f-1011-1213-141516171819\"",
        "CHAR(36)",
        "0a0b0c0d-0e0f-1011-1213-141516171819");
  }

  private void bytesAndUuids() {
    ok("BYTES", "\"\\\\x00ff27\"", "VARBINARY(3)", "00FF27");
    ok("BYTES", "\"\\\\x\"", "VARBINARY(3)", "");
    ok("BYTES", "\"\\\\x5c27220a1a00\"", "BLOB", "5C27220A1A00");
    no("BYTES", "\"\\\\x00ff2701\"", "VARBINARY(3)", "more than 3 bytes");
    ok("BYTES", "\"\\\\x000102\"", "BINARY(3)", "000102");
    no("BYTES", "\"\\\\x0001\"", "BINARY(3)", "fills up with zeros");
    no("STRING", "\"abc\"", "VARBINARY(3)", "string of another form");
    ok("BYTES", "\"\\\\x" + "ab".repeat(255) + "\"", "TINYBLOB", "AB".repeat(255));
    label("255 bytes");
    ok(
        "UUID",
        "\"0a0b0c0d-0e0f-1011-1213-141516171819\"",
        "BINARY(16)",
        "0A0B0C0D0E0F10111213141516171819");
    no("UUID", "\"0a0b0c0d-0e0f-1011-1213-141516171819\"", "BINARY(20)", "another form");
    ok(
        "UUID",
        "\"0a0b0c0d-0e0f-1011-1213-141516171819\"",
        "UUID",
        "0a0b0c0d-0e0f-1011-1213-141516171819");
    only(On.MARIADB);
    ok("INET", "\"2001:db8::1\"", "INET6", "2001:db8::1");
    only(On.MARIADB);
    no("INET", "\"192.168.1.1\"", "INET6", "another form");
    only(On.MARIADB);
  }

  private void datesAndTimes() {
    same("DATE", "DATE", "\"2020-02-29\"", "\"1000-01-01\"", "\"9999-12-31\"", "\"0001-01-01\"");
    no("DATE", "\"10000-01-01\"", "DATE", "years 1 to 9999");
    no("DATE", "\"0044-03-15 BC\"", "DATE", "years 1 to 9999");
    no("DATE", "\"infinity\"", "DATE", "An infinity");
    ok("TIMESTAMP", "\"2020-02-29T00:00:00\"", "DATE", "2020-02-29");
    no("TIMESTAMP", "\"2020-02-29T01:00:00\"", "DATE", "time of day");
    ok("TIMESTAMP", "\"2020-02-29T01:02:03.123456\"", "DATETIME(6)", "2020-02-29 01:02:03.123456");
    ok("TIMESTAMP", "\"2020-02-29T01:02:03\"", "DATETIME", "2020-02-29 01:02:03");
    no("TIMESTAMP", "\"2020-02-29T01:02:03.5\"", "DATETIME", "more than 0 decimals");
    ok("TIMESTAMP", "\"2020-02-29T01:02:03.12\"", "DATETIME(2)", "2020-02-29 01:02:03.12");
    no("TIMESTAMP", "\"2020-02-29T01:02:03.125\"", "DATETIME(2)", "more than 2 decimals");
    ok(
        "TIMESTAMPTZ",
        "\"2020-02-29T01:02:03.5+02:00\"",
        "DATETIME(6)",
        "2020-02-28 23:02:03.500000");
    ok("TIMESTAMP", "\"0001-01-01T00:00:00\"", "DATETIME", "0001-01-01 00:00:00");
    ok("TIMESTAMP", "\"9999-12-31T23:59:59.999999\"", "DATETIME(6)", "9999-12-31 23:59:59.999999");
    no("TIMESTAMP", "\"294276-12-31T23:59:59.999999\"", "DATETIME(6)", "An infinity");
    no("TIMESTAMP", "\"infinity\"", "TIMESTAMP(6) NULL", "An infinity");
    ok(
        "TIMESTAMPTZ",
        "\"1970-01-01T00:00:01Z\"",
        "TIMESTAMP(6) NULL",
        "1970-01-01 00:00:01.000000");
    no(
        "TIMESTAMPTZ",
        "\"1970-01-01T00:00:00Z\"",
        "TIMESTAMP(6) NULL",
        "before 1970-01-01T00:00:01");
    ok(
        "TIMESTAMPTZ",
        "\"2038-01-19T03:14:07.999999Z\"",
        "TIMESTAMP(6) NULL",
        "2038-01-19 03:14:07.999999");
    no(
        "TIMESTAMPTZ",
        "\"2038-01-19T03:14:08Z\"",
        "TIMESTAMP(6) NULL",
        "from 2038-01-19T03:14:08 on");
    ok("TIMESTAMPTZ", "\"2021-03-28T02:30:00Z\"", "TIMESTAMP NULL", "2021-03-28 02:30:00");
    ok("TIME", "\"03:04:05.123456\"", "TIME(6)", "03:04:05.123456");
    ok("TIME", "\"24:00:00\"", "TIME", "24:00:00");
    no("TIME", "\"03:04:05.5\"", "TIME", "more than 0 decimals");
    no("TIMETZ", "\"03:04:05+02\"", "TIME", "with a zone");
    no("STRING", "\"noon\"", "TIME", "another form");
  }

  private void json() {
    ok(
        "JSONB",
        "{\"a\": [1, 1.5, \"x\", null, true]}",
        "JSON",
        "{\"a\": [1, 1.5, \"x\", null, true]}");
    ok("JSONB", "\"text\"", "JSON", "\"text\"");
    ok("JSONB", "\"it's \\\\ \\\"\"", "JSON", "\"it's \\\\ \\\"\"");
    ok("JSONB", "{\"__crdb_json_null__\": true}", "JSON", "null");
    ok("JSONB", "9223372036854775807", "JSON", "9223372036854775807");
    ok("JSONB", "[18446744073709551615]", "JSON", "[18446744073709551615]");
    no("JSONB", "[18446744073709551617]", "JSON", "number that would be rounded");
    only(On.MYSQL);
    no("JSONB", "{\"n\": 1.23456789012345678901}", "JSON", "number that would be rounded");
    only(On.MYSQL);
    ok("JSONB", "{\"n\": 1.23456789012345678901}", "JSON", "{\"n\": 1.23456789012345678901}");
    only(On.MARIADB);
    ok(
        "JSONB",
        "{\"n\": \"1.23456789012345678901\"}",
        "JSON",
        "{\"n\": \"1.23456789012345678901\"}");
    ok("STRING[]", "[\"a\", null]", "JSON", "[\"a\", null]");
    ok("INT8[]", "[]", "JSON", "[]");
    ok("INT8[][]", "[[1, 2], [3, 4]]", "JSON", "[[1, 2], [3, 4]]");
    ok("JSONB", "{\"a\": 1}", "LONGTEXT", "{\"a\": 1}");
    ok("STRING", "\"{\\\"a\\\": 1}\"", "LONGTEXT", "{\"a\": 1}");
  }

  private void labels() {
    same("ENUM", "ENUM('ok','So so','it''s')", "\"ok\"", "\"So so\"", "\"it's\"");
    no("ENUM", "\"OK\"", "ENUM('ok','So so','it''s')", "label that it does not have");
    no("ENUM", "\"ok \"", "ENUM('ok','So so','it''s')", "label that it does not have");
    no("ENUM", "\"\"", "ENUM('ok','So so','it''s')", "label that it does not have");
    ok("STRING", "\"a,c\"", "SET('a','b','c')", "a,c");
    ok("STRING", "\"c,a\"", "SET('a','b','c')", "a,c");
    ok("STRING", "\"\"", "SET('a','b','c')", "");
    no("STRING", "\"a,d\"", "SET('a','b','c')", "label that it does not have");
    no("STRING", "\"a,a\"", "SET('a','b','c')", "one twice");
  }

  private void others() {
    String point = "{\"type\": \"Point\", \"coordinates\": [1.5, 2]}";
    ok("GEOMETRY", point, "POINT", "0 POINT(1.5 2)");
    ok("GEOMETRY", point, "GEOMETRY", "0 POINT(1.5 2)");
    ok("GEOGRAPHY", point, "POINT SRID 4326", "4326 POINT(2 1.5)");
    only(On.MYSQL);
    String located =
        "{\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:4326\"}},"
            + "\"type\":\"Point\",\"coordinates\":[1.5,2.0]}";
    ok("GEOGRAPHY (Avro)", located, "POINT SRID 4326", "4326 POINT(2 1.5)");
    only(On.MYSQL);
    no("GEOGRAPHY (Avro)", located, "POINT", "reference system 4326");
    poison("GEOMETRY", point, "POLYGON", "1416");
    only(On.MYSQL);
    no("STRING", "\"POINT(1 2)\"", "POINT", "another form");
    no("BOOL", "[true]", "INT", "JSON array");
    no("VECTOR", "\"[1,2]\"", "VECTOR(2)", "cannot be written");
    only(On.MYSQL);
  }
}

package dev.belay.sink.target.oracle;

import java.util.ArrayList;
import java.util.List;

/** What becomes of each value in each kind of column. */
final class TypeTable {
  private TypeTable() {}

  /** What happens to a value. */
  enum Fate {
    BOUND,
    REFUSED
  }

  /**
   * @param source type in CockroachDB
   * @param wire JSON of the changefeed
   * @param column declaration of {@link Columns#facts}
   * @param stored what the driver's own object says that it has; of a refusal a part of the reason
   */
  record Row(String source, String wire, String column, Fate fate, String stored) {}

  private static final List<Row> ROWS = new ArrayList<>();

  static List<Row> rows() {
    return List.copyOf(ROWS);
  }

  private static void bound(String source, String wire, String column, String stored) {
    ROWS.add(new Row(source, wire, column, Fate.BOUND, stored));
  }

  private static void refused(String source, String wire, String column, String reason) {
    ROWS.add(new Row(source, wire, column, Fate.REFUSED, reason));
  }

  static {
    String digits38 = "12345678901234567890123456789012345678";
    bound("INT8", "9223372036854775807", "NUMBER(19)", "9223372036854775807");
    bound("INT8", "-9223372036854775808", "NUMBER(19)", "-9223372036854775808");
    bound("INT8", "9223372036854775807", "NUMBER", "9223372036854775807");
    refused("INT8", "9223372036854775807", "NUMBER(18)", "19 digits before the point");
    bound("INT2", "-32768", "NUMBER(5)", "-32768");
    bound("BOOL", "true", "NUMBER(1)", "1");
    bound("BOOL", "false", "NUMBER(1)", "0");
    bound("DECIMAL", digits38, "NUMBER(38)", digits38);
    bound("DECIMAL", digits38, "NUMBER(*,0)", digits38);
    bound("DECIMAL", digits38, "NUMBER", digits38);
    refused("DECIMAL", digits38 + "9", "NUMBER", "39 digits");
    bound("DECIMAL", "1E+125", "NUMBER", "1" + "0".repeat(125));
    refused("DECIMAL", "1E+126", "NUMBER", "out of range");
    bound("DECIMAL", "1E-130", "NUMBER", "0." + "0".repeat(129) + "1");
    refused("DECIMAL", "1E-131", "NUMBER", "out of range");
    bound("DECIMAL", "1.10", "NUMBER", "1.1");
    bound("DECIMAL", "12345678.90", "NUMBER(10,2)", "12345678.9");
    refused("DECIMAL", "123456789", "NUMBER(10,2)", "9 digits before the point");
    refused("DECIMAL", "1.234", "NUMBER(10,2)", "3 decimals");
    bound("DECIMAL", "12300", "NUMBER(3,-2)", "12300");
    refused("DECIMAL", "12340", "NUMBER(3,-2)", "A number with");
    bound("DECIMAL", "0.00012", "NUMBER(2,5)", "0.00012");
    refused("DECIMAL", "0.0123", "NUMBER(2,5)", "without enough zeros");
    refused("DECIMAL", "\"NaN\"", "NUMBER", "NaN or an infinity");
    refused("DECIMAL", "\"Infinity\"", "NUMBER(10,2)", "NaN or an infinity");
    bound("FLOAT8", "1.1", "NUMBER", "1.1");
    bound(
        "FLOAT8",
        "1.7976931348623157e+38",
        "FLOAT(126)",
        "179769313486231570000000000000000000000");
    bound("FLOAT8", "0.1", "FLOAT(63)", "0.1");
    refused("DECIMAL", "123.45", "FLOAT(5)", "5 digits");
    bound("FLOAT8", "1.7976931348623157e+308", "BINARY_DOUBLE", "1.7976931348623157E308");
    bound("FLOAT8", "5e-324", "BINARY_DOUBLE", "4.9E-324");
    bound("FLOAT8", "\"NaN\"", "BINARY_DOUBLE", "NaN");
    bound("FLOAT8", "\"-Infinity\"", "BINARY_DOUBLE", "-Infinity");
    bound("FLOAT8", "-0", "BINARY_DOUBLE", "0.0");
    refused("DECIMAL", "12345678901234567890.1", "BINARY_DOUBLE", "would be rounded");
    bound("FLOAT4", "1.1", "BINARY_FLOAT", "1.1");
    refused("FLOAT8", "1e39", "BINARY_FLOAT", "would be rounded or is out of range");
    bound("STRING", "\"héllo\"", "VARCHAR2(6 BYTE)", "héllo");
    refused("STRING", "\"héllo!\"", "VARCHAR2(6 BYTE)", "more than 6 bytes");
    bound("STRING", "\"héllo!\"", "VARCHAR2(6 CHAR)", "héllo!");
    bound("STRING", "\"🚲🚲\"", "VARCHAR2(2 CHAR)", "🚲🚲");
    refused("STRING", "\"🚲🚲\"", "VARCHAR2(7 BYTE)", "more than 7 bytes");
    refused("STRING", "\"🚲🚲\"", "NVARCHAR2(3)", "more than 3 characters");
    bound("STRING", "\"🚲🚲\"", "NVARCHAR2(4)", "🚲🚲");
    bound("STRING", "\"trailing \"", "VARCHAR2(20 CHAR)", "trailing ");
    bound("STRING", "\"\"", "VARCHAR2(20 CHAR)", "");
    bound("STRING", "\"a\\u0000b\"", "VARCHAR2(20 CHAR)", "a\u0000b");
    refused("STRING", "\"\\ud83d\"", "VARCHAR2(20 CHAR)", "half of a surrogate pair");
    bound("STRING", "\"€\"", "VARCHAR2(1 BYTE) CHARSET WE8MSWIN1252", "€");
    refused("STRING", "\"€\"", "VARCHAR2(9 BYTE) CHARSET WE8ISO8859P1", "does not have");
    refused("STRING", "\"é\"", "VARCHAR2(9 BYTE) CHARSET JA16SJIS", "does not have");
    bound("STRING", "\"🚲\"", "VARCHAR2(6 BYTE) CHARSET UTF8", "🚲");
    refused("STRING", "\"🚲\"", "VARCHAR2(5 BYTE) CHARSET UTF8", "more than 5 bytes");
    bound("CHAR", "\"US\"", "CHAR(2 CHAR)", "US");
    bound("CHAR", "\"ab\"", "CHAR(5 CHAR)", "ab");
    bound("CHAR", "\"ab   \"", "CHAR(5 CHAR)", "ab   ");
    refused("CHAR", "\"ab \"", "CHAR(5 CHAR)", "blank at its end");
    bound("CHAR", "\"ab   \"", "CHAR(5 CHAR) IN KEY", "ab   ");
    refused("CHAR", "\"ab\"", "CHAR(5 CHAR) IN KEY", "fills up with blanks, in a key");
    refused(
        "STRING",
        "\"a\"",
        "VARCHAR2(5 CHAR) IN KEY COLLATE BINARY_CI",
        "calls texts equal that differ");
    bound("STRING", "\"a\"", "VARCHAR2(5 CHAR) COLLATE BINARY_CI", "a");
    bound("BOOL", "true", "CHAR(1 BYTE) CHECK (C IN ('Y', 'N'))", "Y");
    bound("BOOL", "false", "CHAR(1 BYTE) CHECK (\"C\" in ('N','Y'))", "N");
    bound("BOOL", "false", "VARCHAR2(1 CHAR) CHECK (c IN ('0', '1'))", "0");
    refused("BOOL", "true", "CHAR(1 BYTE)", "no constraint names the two values");
    bound("BOOL", "true", "VARCHAR2(5 CHAR)", "true");
    bound("BOOL", "true", "BOOLEAN", "1");
    refused("STRING", "\"true\"", "BOOLEAN", "A string");
    bound("INT8", "42", "VARCHAR2(5 CHAR)", "42");
    bound(
        "UUID",
        "\"123e4567-e89b-12d3-a456-426655440000\"",
        "RAW(16)",
        "123e4567e89b12d3a456426655440000");
    bound(
        "UUID",
        "\"123e4567-e89b-12d3-a456-426655440000\"",
        "VARCHAR2(36 BYTE)",
        "123e4567-e89b-12d3-a456-426655440000");
    bound("BYTES", "\"\\\\x00ff\"", "RAW(2)", "00ff");
    refused("BYTES", "\"\\\\x00ff00\"", "RAW(2)", "more than 2 bytes");
    refused("STRING", "\"text\"", "RAW(10)", "another form");
    bound("BYTES", "\"\\\\x00ff\"", "BLOB", "00ff");
    bound("BYTES", "\"\\\\x\"", "BLOB", "(LOB) ");
    bound("STRING", "\"short\"", "CLOB", "short");
    bound("STRING", "\"\"", "CLOB", "(LOB) ");
    bound("STRING", "\"šhort\"", "NCLOB", "šhort");
    bound("DATE", "\"2024-02-29\"", "DATE", "2024-02-29T00:00");
    bound("TIMESTAMP", "\"2024-02-29T23:59:58\"", "DATE", "2024-02-29T23:59:58");
    refused("TIMESTAMP", "\"2024-02-29T23:59:58.5\"", "DATE", "a fraction of a second");
    bound(
        "TIMESTAMP",
        "\"2024-02-29T23:59:58.123456\"",
        "TIMESTAMP(6)",
        "2024-02-29T23:59:58.123456");
    refused("TIMESTAMP", "\"2024-02-29T23:59:58.123456\"", "TIMESTAMP(3)", "more than 3 decimals");
    refused("TIMESTAMP", "\"2024-02-29T23:59:58.1\"", "TIMESTAMP(0)", "a fraction of a second");
    bound("TIMESTAMP", "\"1500-01-01T00:00:00\"", "TIMESTAMP(6)", "1500-01-01T00:00");
    refused("DATE", "\"1582-10-10\"", "DATE", "October 1582");
    bound("TIMESTAMP", "\"0001-01-01T00:00:00\"", "TIMESTAMP(6)", "0001-01-01T00:00");
    bound(
        "TIMESTAMP",
        "\"9999-12-31T23:59:59.999999\"",
        "TIMESTAMP(9)",
        "9999-12-31T23:59:59.999999");
    refused("TIMESTAMP", "\"12345-01-01T00:00:00\"", "TIMESTAMP(6)", "years 1 to 9999");
    refused("DATE", "\"0044-03-15 BC\"", "DATE", "years 1 to 9999");
    refused("TIMESTAMP", "\"infinity\"", "TIMESTAMP(6)", "An infinity");
    bound(
        "TIMESTAMPTZ",
        "\"2024-02-29T12:00:00.5Z\"",
        "TIMESTAMP(6) WITH TIME ZONE",
        "2024-02-29T12:00:00.500Z");
    bound(
        "TIMESTAMPTZ",
        "\"2024-02-29T12:00:00+02:00\"",
        "TIMESTAMP(6) WITH LOCAL TIME ZONE",
        "2024-02-29T10:00Z");
    bound("TIMESTAMPTZ", "\"2024-02-29T12:00:00+02:00\"", "TIMESTAMP(6)", "2024-02-29T10:00");
    bound(
        "TIMESTAMP", "\"2024-02-29T12:00:00\"", "TIMESTAMP(6) WITH TIME ZONE", "2024-02-29T12:00Z");
    bound("INTERVAL", "\"3 days 04:05:06.5\"", "INTERVAL DAY(2) TO SECOND(6)", "3 4:5:6.5");
    bound("INTERVAL", "\"-3 days -04:05:06\"", "INTERVAL DAY(2) TO SECOND(6)", "-3 4:5:6.0");
    bound("INTERVAL", "\"03:00:00\"", "INTERVAL DAY(2) TO SECOND(6)", "0 3:0:0.0");
    refused(
        "INTERVAL", "\"100 days\"", "INTERVAL DAY(2) TO SECOND(6)", "more than 2 digits of days");
    refused("INTERVAL", "\"24:00:00\"", "INTERVAL DAY(2) TO SECOND(6)", "24 hours or more");
    refused("INTERVAL", "\"1 day -02:00:00\"", "INTERVAL DAY(2) TO SECOND(6)", "against its days");
    refused("INTERVAL", "\"1 mon\"", "INTERVAL DAY(2) TO SECOND(6)", "with months");
    refused(
        "INTERVAL", "\"00:00:00.123456\"", "INTERVAL DAY(2) TO SECOND(3)", "more than 3 decimals");
    bound("INTERVAL", "\"1 year 2 mons\"", "INTERVAL YEAR(2) TO MONTH", "1-2");
    bound("INTERVAL", "\"-1 years -2 mons\"", "INTERVAL YEAR(2) TO MONTH", "-1-2");
    refused(
        "INTERVAL", "\"100 years\"", "INTERVAL YEAR(2) TO MONTH", "more than 2 digits of years");
    refused("INTERVAL", "\"1 day\"", "INTERVAL YEAR(2) TO MONTH", "with days");
    bound("TIME", "\"03:04:05.1\"", "INTERVAL DAY(0) TO SECOND(6)", "0 3:4:5.1");
    bound("JSONB", "{\"a\": [1, 1.10]}", "JSON", "{\"a\": [1, 1.10]}");
    bound("JSONB", "\"text\"", "JSON", "\"text\"");
    bound("JSONB", "{\"__crdb_json_null__\": true}", "JSON", "null");
    refused("JSONB", "{\"a\": " + digits38 + "9}", "JSON", "would be rounded");
    refused("JSONB", "{\"a\": -1E+126}", "JSON", "would be rounded");
    bound("JSONB", "{\"a\": " + digits38 + "9}", "CLOB IS JSON", "{\"a\": " + digits38 + "9}");
    bound("JSONB", "\"text\"", "VARCHAR2(100 CHAR) IS JSON", "\"text\"");
    bound("JSONB", "[1]", "BLOB IS JSON", "5b315d");
    bound("INT8[]", "[1, 2]", "JSON", "[1, 2]");
    bound("INT8[]", "[1, 2]", "VARCHAR2(10 CHAR)", "[1, 2]");
    bound(
        "GEOMETRY",
        "{\"coordinates\": [1, 2], \"type\": \"Point\"}",
        "CLOB IS JSON",
        "{\"coordinates\": [1, 2], \"type\": \"Point\"}");
    refused(
        "GEOMETRY",
        "{\"coordinates\": [1, 2], \"type\": \"Point\"}",
        "SDO_GEOMETRY",
        "lost its SRID");
    refused("STRING", "\"<a/>\"", "XMLTYPE", "use a CLOB");
    refused("STRING", "\"text\"", "LONG", "make it a CLOB");
    refused("BYTES", "\"\\\\x00\"", "LONG RAW", "make it a BLOB");
  }
}

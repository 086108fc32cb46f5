package dev.belay.sink.target.cockroach;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The type table: what comes on the wire, into which column of CockroachDB it may go, and what is
 * read back from there as text. Every row is written by {@code TypeTableIT}, and {@code
 * docs/types-cockroachdb.md} is made from it. It is long because it is a table.
 */
final class TypeTable {

  /**
   * @param wire the JSON value of the record
   * @param column type of the target's column
   * @param stored what {@code SELECT column::STRING} gives; for a refused value a part of the
   *     reason
   * @param fate what becomes of the value
   */
  record Row(String wire, String column, String stored, Fate fate) {}

  enum Fate {
    /** Written, and read back as said. */
    STORED,
    /** Refused by Belay. */
    REFUSED,
    /** Refused by the database, as a fault of the record. */
    POISON
  }

  private final List<Row> rows = new ArrayList<>();

  private TypeTable() {}

  static List<Row> rows() {
    TypeTable table = new TypeTable();
    table.numbers();
    table.strings();
    table.bytesUuidsAddressesBits();
    table.datesAndTimes();
    table.timestamps();
    table.intervals();
    table.json();
    table.arrays();
    table.others();
    return table.rows;
  }

  private void ok(String wire, String column, String stored) {
    rows.add(new Row(wire, column, stored, Fate.STORED));
  }

  /** A value that reads back as the wire had it, but for the quotes of a JSON string. */
  private void same(String column, String... wires) {
    for (String wire : wires) {
      ok(wire, column, wire.startsWith("\"") ? wire.substring(1, wire.length() - 1) : wire);
    }
  }

  private void no(String wire, String column, String reason) {
    rows.add(new Row(wire, column, reason, Fate.REFUSED));
  }

  private void poison(String wire, String column, String code) {
    rows.add(new Row(wire, column, code, Fate.POISON));
  }

  private void numbers() {
    same("INT2", "32767", "-32768");
    no("-32769", "INT2", "out of range");
    same("INT4", "2147483647", "-2147483648");
    no("2147483648", "INT4", "out of range");
    same("INT8", "9223372036854775807", "-9223372036854775808", "9007199254740993");
    no("9223372036854775808", "INT8", "out of range");
    ok("-0", "INT8", "0");
    ok("1E+2", "INT8", "100");
    ok("\"42\"", "INT8", "42");
    ok("true", "INT8", "1");
    no("1.5", "INT8", "decimals");
    no("\"NaN\"", "INT8", "does not fit");
    same("FLOAT8", "1.5", "-0.25", "0.1", "0.30000000000000004", "\"NaN\"", "\"Infinity\"");
    same("FLOAT8", "\"-Infinity\"");
    no("9007199254740993", "FLOAT8", "rounded");
    no("1E+309", "FLOAT8", "out of range");
    same("FLOAT4", "1.5", "0.1");
    no("16777217", "FLOAT4", "rounded");
    same(
        "DECIMAL", "1.10", "0.00", "-1.000", "12345678901234567890.123456789012345678901234567890");
    same("DECIMAL", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"");
    no("1E+999999999", "DECIMAL", "beyond all limits");
    same("DECIMAL(10,2)", "53.00", "-3.00", "99999999.99");
    same("DECIMAL(10,2)", "\"NaN\"");
    ok("1.5000", "DECIMAL(10,2)", "1.50");
    no("1.505", "DECIMAL(10,2)", "3 decimals");
    no("100000000", "DECIMAL(10,2)", "9 digits before the point");
    same("DECIMAL(10)", "42");
    no("0.5", "DECIMAL(10)", "1 decimals");
    no("true", "DECIMAL", "boolean");
    same("BOOL", "true", "false");
    ok("1", "BOOL", "true");
    no("2", "BOOL", "does not fit");
    same("OID", "\"3\"", "\"4294967295\"");
    no("\"4294967296\"", "OID", "out of range");
  }

  private void strings() {
    ok("\"\"", "STRING", "");
    same("STRING", "\"hello\"", "\"null\"", "\"NULL\"", "\"  padded  \"", "\"{a,b}\"");
    ok("\"quote \\\" backslash \\\\ slash /\"", "STRING", "quote \" backslash \\ slash /");
    ok("\"tab\\tnewline\\ncr\\r\"", "STRING", "tab\tnewline\ncr\r");
    same("STRING", "\"héllo wörld ☃ 🍦\"", "\"it's $1 ? :x\"");
    same("STRING", "9223372036854775807", "1.10", "true", "{\"a\": 1.50}");
    no("\"a\\u0000b\"", "STRING", "U+0000");
    no("\"\\ud83c\"", "STRING", "half of a surrogate pair");
    same("VARCHAR(3)", "\"abc\"", "\"🍦🍦🍦\"");
    no("\"abcd\"", "VARCHAR(3)", "more than 3 characters");
    no("\"abc \"", "VARCHAR(3)", "more than 3 characters");
    same("CHAR(3)", "\"abc\"");
    no("\"abcd\"", "CHAR(3)", "more than 3 characters");
    same("\"char\"", "\"x\"");
    no("\"xy\"", "\"char\"", "more than 1 bytes");
    same("NAME", "\"pg_class\"");
    same("STRING COLLATE en_us", "\"Bonjour\"");
    same("app.mood", "\"ok\"", "\"So so\"", "\"with \u2603\"");
    poison("\"unheard of\"", "app.mood", "22P02");
    no("{\"a\": 1}", "app.mood", "JSON");
  }

  private void bytesUuidsAddressesBits() {
    ok("\"\\\\x0001ff\"", "BYTES", "\\x0001ff");
    ok("\"\\\\x\"", "BYTES", "\\x");
    no("\"\\\\x0\"", "BYTES", "does not fit");
    no("\"plain\"", "BYTES", "does not fit");
    same("UUID", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"");
    no("\"not a uuid, though as long as one is\"", "UUID", "does not fit");
    same("INET", "\"10.1.0.0/16\"", "\"2001:4f8:3:ba:2e0:81ff:fe22:d1f1/64\"");
    no("\"localhost\"", "INET", "does not fit");
    same("BIT(3)", "\"010\"");
    no("\"01\"", "BIT(3)", "bit string of length 2");
    ok("true", "BIT", "1");
    same("VARBIT", "\"0100110\"", "\"\"");
    same("VARBIT(3)", "\"01\"");
    no("\"0101\"", "VARBIT(3)", "bit string of length 4");
  }

  private void datesAndTimes() {
    same("DATE", "\"2014-05-28\"", "\"2024-02-29\"", "\"0001-01-01\"", "\"9999-12-31\"");
    same("DATE", "\"12345-06-07\"", "\"0044-03-15 BC\"", "\"infinity\"", "\"-infinity\"");
    no("\"5874898-01-01\"", "DATE", "out of the type's range");
    no("\"2023-02-29\"", "DATE", "does not fit");
    same("TIME", "\"00:00:00\"", "\"03:04:05.1\"", "\"23:59:59.999999\"", "\"24:00:00\"");
    same("TIME(3)", "\"03:04:05.123\"");
    no("\"03:04:05.1234\"", "TIME(3)", "more than 3 decimals");
    no("\"24:00:01\"", "TIME", "does not fit");
    same("TIMETZ", "\"03:04:05+00\"", "\"03:04:05.123456-05:30\"", "\"24:00:00-08\"");
    no("\"03:04:05.1234-05\"", "TIMETZ(3)", "more than 3 decimals");
    no("\"03:04:05-05\"", "TIME", "zone");
  }

  private void timestamps() {
    for (String type : List.of("timestamp", "timestamptz")) {
      String z = type.equals("timestamptz") ? "Z" : "";
      String zone = type.equals("timestamptz") ? "+00" : "";
      String column = type.toUpperCase(Locale.ROOT);
      moment("2014-05-28T12:22:35.614298" + z, column, "2014-05-28 12:22:35.614298" + zone);
      moment("2024-02-29T23:59:59" + z, column, "2024-02-29 23:59:59" + zone);
      moment("1969-12-31T23:59:59.999999" + z, column, "1969-12-31 23:59:59.999999" + zone);
      moment("0001-01-01T00:00:00" + z, column, "0001-01-01 00:00:00" + zone);
      moment("-0043-03-15T12:00:00" + z, column, "0044-03-15 12:00:00" + zone + " BC");
      no("\"2023-02-29T00:00:00" + z + "\"", column, "does not fit");
      no("\"294277-01-01T00:00:00" + z + "\"", column, "out of the type's range");
      no("\"2014-05-28T12:22:35.614298" + z + "\"", column + "(3)", "more than 3 decimals");
      moment("2014-05-28T12:22:35.614" + z, column + "(3)", "2014-05-28 12:22:35.614" + zone);
    }
    moment("2014-05-28T16:22:35Z", "TIMESTAMP", "2014-05-28 16:22:35");
    moment("2014-05-28 18:22:35+02", "TIMESTAMPTZ", "2014-05-28 16:22:35+00");
  }

  private void moment(String wire, String column, String stored) {
    ok("\"" + wire + "\"", column, stored);
  }

  private void intervals() {
    same("INTERVAL", "\"02:45:02.234\"", "\"1 year 2 mons 3 days 04:05:06\"", "\"00:00:00\"");
    same("INTERVAL", "\"-1 days +02:03:04\"", "\"100:00:00\"", "\"1 year -00:00:00.006\"");
    ok("\"P1Y2M3DT4H5M6S\"", "INTERVAL", "1 year 2 mons 3 days 04:05:06");
    same("INTERVAL(3)", "\"00:00:00.123\"");
    no("\"00:00:00.1234\"", "INTERVAL(3)", "more than 3 decimals");
    same("INTERVAL YEAR TO MONTH", "\"1 year 2 mons\"");
    no("\"1 year 3 days\"", "INTERVAL YEAR TO MONTH", "smaller units");
    no("\"soon\"", "INTERVAL", "does not fit");
  }

  private void json() {
    same("JSONB", "{\"a\": [1, 2, {\"c\": null}], \"b\": 1}", "[]", "{}", "1.50", "true");
    ok("\"a\"", "JSONB", "\"a\"");
    same("JSONB", "{\"n\": 0.1234567890123456789012345678901234567890}");
    ok("{\"__crdb_json_null__\": true}", "JSONB", "null");
    no("{\"k\": \"a\\u0000\"}", "JSONB", "U+0000");
  }

  private void arrays() {
    ok("[1, null, 3]", "INT8[]", "{1,NULL,3}");
    ok("[]", "INT8[]", "{}");
    no("[1, 2147483648]", "INT4[]", "out of range");
    ok(
        "[\"a,b\", \"q\\\"q\", null, \"\", \"NULL\"]",
        "STRING[]",
        "{\"a,b\",\"q\\\"q\",NULL,\"\",\"NULL\"}");
    no("[\"abcd\"]", "VARCHAR(3)[]", "more than 3 characters");
    ok("[true, false]", "BOOL[]", "{t,f}");
    ok("[1.0, 2.50]", "DECIMAL[]", "{1.0,2.50}");
    no("[1.005]", "DECIMAL(10,2)[]", "3 decimals");
    ok("[\"\\\\x0001\"]", "BYTES[]", "{\"\\\\x0001\"}");
    ok("[\"2014-05-28\"]", "DATE[]", "{2014-05-28}");
    ok("[\"ok\", \"So so\"]", "app.mood[]", "{ok,\"So so\"}");
    no("[[1, 2], [3, null]]", "INT8[]", "array of arrays");
    no("\"{1,2}\"", "INT8[]", "does not fit");
    no("[1]", "INT8", "JSON");
    ok("[1, null]", "JSONB", "[1, null]");
  }

  private void others() {
    same("TSVECTOR", "\"'fat':2 'rat':3\"");
    same("TSQUERY", "\"'fat' & 'rat'\"");
    same("PG_LSN", "\"A/0\"");
  }
}

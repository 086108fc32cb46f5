package dev.belay.sink.target.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * The type table: what CockroachDB sends, into which column of PostgreSQL it may go, and what is
 * read back from there as text. Every row is written into a real server by {@code TypeTableIT}, and
 * {@code docs/types-postgresql.md} is made from it. It is long because it is a table.
 */
final class TypeTable {

  /**
   * @param source type in CockroachDB
   * @param wire the JSON value of the changefeed
   * @param column type of the target's column
   * @param stored what {@code SELECT column::text} gives; for a refused value a part of the reason
   * @param fate what becomes of the value
   * @param since first major version of PostgreSQL that the row holds for
   * @param label what stands in the documentation for a wire value that is too long for it
   */
  record Row(
      String source,
      String wire,
      String column,
      String stored,
      Fate fate,
      int since,
      String label) {

    Row since(int version) {
      return new Row(source, wire, column, stored, fate, version, label);
    }

    Row label(String text) {
      return new Row(source, wire, column, stored, fate, since, text);
    }
  }

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
    table.integers();
    table.floats();
    table.decimals();
    table.booleans();
    table.strings();
    table.bytesUuidsAddresses();
    table.datesAndTimes();
    table.timestamps();
    table.intervals();
    table.json();
    table.bits();
    table.arrays();
    table.others();
    return table.rows;
  }

  private void ok(String source, String wire, String column, String stored) {
    rows.add(new Row(source, wire, column, stored, Fate.STORED, 12, ""));
  }

  /** A value that reads back as the wire had it, but for the quotes of a JSON string. */
  private void same(String source, String column, String... wires) {
    for (String wire : wires) {
      String text = wire.startsWith("\"") ? wire.substring(1, wire.length() - 1) : wire;
      ok(source, wire, column, text);
    }
  }

  private void no(String source, String wire, String column, String reason) {
    rows.add(new Row(source, wire, column, reason, Fate.REFUSED, 12, ""));
  }

  private void poison(String source, String wire, String column, String code) {
    rows.add(new Row(source, wire, column, code, Fate.POISON, 12, ""));
  }

  private void last(UnaryOperator<Row> change) {
    rows.set(rows.size() - 1, change.apply(rows.get(rows.size() - 1)));
  }

  private void integers() {
    same("INT2", "smallint", "32767", "-32768", "0");
    same("INT4", "integer", "2147483647", "-2147483648");
    same("INT8", "bigint", "9223372036854775807", "-9223372036854775808", "9007199254740993");
    ok("INT8", "-0", "bigint", "0");
    same("INT8", "integer", "42");
    no("INT8", "2147483648", "integer", "out of range");
    no("INT8", "-32769", "smallint", "out of range");
    same("INT8", "numeric", "9223372036854775807");
    same("INT8", "numeric(19,0)", "9223372036854775807");
    no("INT8", "1000", "numeric(3,0)", "4 digits before the point");
    same("INT8", "text", "9223372036854775807");
    same("INT8", "varchar(20)", "-9223372036854775808");
    no("INT8", "12345", "varchar(4)", "more than 4 characters");
    ok("INT8", "16777216", "real", "1.6777216e+07");
    no("INT8", "16777217", "real", "rounded");
    ok("INT8", "9007199254740992", "double precision", "9.007199254740992e+15");
    no("INT8", "9007199254740993", "double precision", "rounded");
    ok("INT8", "1152921504606846976", "double precision", "1.152921504606847e+18");
    no("INT8", "1152921504606846977", "double precision", "rounded");
    ok("INT2", "1", "boolean", "true");
    ok("INT2", "0", "boolean", "false");
    no("INT2", "2", "boolean", "does not fit");
    no("INT8", "1", "uuid", "does not fit");
    no("INT8", "1", "timestamp", "does not fit");
  }

  private void floats() {
    ok("FLOAT8", "1E+1", "double precision", "10");
    ok("FLOAT8", "1E+6", "double precision", "1000000");
    same("FLOAT8", "double precision", "1.5", "-0.25", "0.1", "0.30000000000000004", "-0");
    ok("FLOAT8", "1E-7", "double precision", "1e-07");
    ok("FLOAT8", "5E-324", "double precision", "5e-324");
    ok("FLOAT8", "1.7976931348623157E+308", "double precision", "1.7976931348623157e+308");
    ok("FLOAT8", "2.2250738585072014E-308", "double precision", "2.2250738585072014e-308");
    same("FLOAT8", "double precision", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"");
    ok("FLOAT8", "1E+2", "integer", "100");
    no("FLOAT8", "1.5", "integer", "decimals");
    no("FLOAT8", "\"NaN\"", "integer", "does not fit");
    ok("FLOAT8", "1E+1", "numeric", "10");
    same("FLOAT8", "numeric", "0.1");
    same("FLOAT8", "text", "1E+1");
    ok("FLOAT8", "0.5", "real", "0.5");
    no("FLOAT8", "0.30000000000000004", "real", "rounded");
    no("FLOAT8", "1E+39", "real", "out of range");
    no("FLOAT8", "1E-46", "real", "out of range");
    same("FLOAT4", "real", "1.5", "3.4028235e+38", "1e-45", "\"NaN\"", "\"-Infinity\"");
    ok("FLOAT4 (widened)", "1.100000023841858", "real", "1.1");
    ok("FLOAT4 (widened)", "1.100000023841858", "double precision", "1.100000023841858");
    ok("FLOAT4", "1.1", "real", "1.1");
  }

  private void decimals() {
    same("DECIMAL", "numeric", "1.10", "0.00", "-1.000", "53.00");
    String fifty = "12345678901234567890.123456789012345678901234567890";
    same("DECIMAL", "numeric", fifty);
    ok("DECIMAL", "1E+10", "numeric", "10000000000");
    ok("DECIMAL", "1E-10", "numeric", "0.0000000001");
    ok("DECIMAL", "4E+50", "numeric(600,2)", "4" + "0".repeat(50) + ".00");
    String whole = "9".repeat(5000);
    String decimals = "1234567890".repeat(500);
    ok("DECIMAL", whole + "." + decimals, "numeric", whole + "." + decimals);
    last(row -> row.label("5,000 digits before and 5,000 behind the point"));
    no("DECIMAL", "1E+131072", "numeric", "more digits than the type keeps");
    no("DECIMAL", "1E-16384", "numeric", "more digits than the type keeps");
    no("DECIMAL", "1E+999999999", "numeric", "beyond all limits");
    same("DECIMAL", "numeric", "\"NaN\"");
    same("DECIMAL", "numeric", "\"Infinity\"");
    last(row -> row.since(14));
    same("DECIMAL", "numeric", "\"-Infinity\"");
    last(row -> row.since(14));
    no("DECIMAL", "\"Infinity\"", "numeric(10,2)", "infinity");
    same("DECIMAL", "numeric(10,2)", "\"NaN\"");
    same("DECIMAL(10,2)", "numeric(10,2)", "53.00", "-3.00", "99999999.99");
    ok("DECIMAL", "1.5", "numeric(10,2)", "1.50");
    ok("DECIMAL", "1.5000", "numeric(10,2)", "1.50");
    no("DECIMAL", "1.505", "numeric(10,2)", "3 decimals");
    no("DECIMAL", "100000000", "numeric(10,2)", "9 digits before the point");
    ok("DECIMAL", "1E+2", "numeric(3,0)", "100");
    ok("DECIMAL", "1E+5", "numeric(3,-3)", "100000");
    last(row -> row.since(15));
    no("DECIMAL", "1500", "numeric(3,-3)", "decimals");
    last(row -> row.since(15));
    ok("DECIMAL", "0.00123", "numeric(3,5)", "0.00123");
    last(row -> row.since(15));
    no("DECIMAL", "0.01", "numeric(3,5)", "zeros behind the point");
    last(row -> row.since(15));
    ok("DECIMAL", "12.00", "bigint", "12");
    no("DECIMAL", "12.5", "bigint", "decimals");
    no("DECIMAL", "1E+19", "bigint", "out of range");
    same("DECIMAL", "text", "1.10");
    ok("DECIMAL", "0.1", "double precision", "0.1");
    no("DECIMAL", "0.1234567890123456789", "double precision", "rounded");
    no("DECIMAL", "1.10", "money", "cannot be written");
    ok("DECIMAL", "12.34", "app.cents", "12.34");
    no("DECIMAL", "12.345", "app.cents", "3 decimals");
    poison("DECIMAL", "-1", "app.cents", "23514");
  }

  private void booleans() {
    same("BOOL", "boolean", "true", "false");
    ok("BOOL", "true", "smallint", "1");
    ok("BOOL", "false", "integer", "0");
    ok("BOOL", "true", "bit(1)", "1");
    ok("BOOL", "false", "varbit", "0");
    same("BOOL", "text", "true");
    same("BOOL", "varchar(5)", "false");
    no("BOOL", "true", "numeric", "boolean");
    ok("BOOL", "true", "jsonb", "true");
  }

  private void strings() {
    ok("STRING", "\"\"", "text", "");
    same("STRING", "text", "\"hello\"", "\"null\"", "\"NULL\"", "\"  padded  \"", "\"{a,b}\"");
    ok("STRING", "\"quote \\\" backslash \\\\ slash /\"", "text", "quote \" backslash \\ slash /");
    ok("STRING", "\"tab\\tnewline\\ncr\\r\"", "text", "tab\tnewline\ncr\r");
    ok("STRING", "\"bell\\u0007 esc\\u001b\"", "text", "bell\u0007 esc\u001b");
    ok("STRING", "\"del\u007f\"", "text", "del\u007f");
    same("STRING", "text", "\"héllo wörld ☃ 🍦\"", "\"line\u2028sep\u2029\"", "\"it's $1 ? :x\"");
    ok("STRING", "\"\\\\a\"", "text", "\\a");
    no("STRING", "\"a\\u0000b\"", "text", "U+0000");
    no("STRING", "\"\\ud83c\"", "text", "half of a surrogate pair");
    no("STRING", "\"\\udf66x\"", "text", "half of a surrogate pair");
    same("STRING", "varchar(3)", "\"abc\"", "\"🍦🍦🍦\"");
    no("STRING", "\"abcd\"", "varchar(3)", "more than 3 characters");
    no("STRING", "\"abc \"", "varchar(3)", "more than 3 characters");
    ok("CHAR(3)", "\"ab\"", "char(3)", "ab");
    no("STRING", "\"abcd\"", "char(3)", "more than 3 characters");
    no("STRING", "\"ab  \"", "char(3)", "more than 3 characters");
    same("STRING", "name", "\"" + "n".repeat(63) + "\"");
    no("STRING", "\"" + "n".repeat(64) + "\"", "name", "more than 63 bytes");
    no("STRING", "\"" + "é".repeat(32) + "\"", "name", "more than 63 bytes");
    same("\"char\"", "\"char\"", "\"x\"");
    no("STRING", "\"xy\"", "\"char\"", "more than 1 bytes");
    same("CITEXT", "ext.citext", "\"MiXeD\"");
    same("CITEXT", "text", "\"MiXeD\"");
    same("STRING COLLATE fr", "text", "\"Bonjour\"");
    same("STRING", "app.label", "\"abc\"");
    no("STRING", "\"abcdef\"", "app.label", "more than 5 characters");
    same("STRING", "uuid", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"");
    ok("STRING", "\"42\"", "integer", "42");
    no("STRING", "\"forty-two\"", "integer", "does not fit");
    same("LTREE", "ext.ltree", "\"Top.Science.Astronomy\"");
    same("NAME", "name", "\"pg_class\"");
    same("NAME", "text", "\"pg_class\"");
    ok("JSONPATH", "\"$.a\"", "jsonpath", "$.\"a\"");
    same("JSONPATH", "text", "\"$.a\"");
    same("STRING", "ext.hstore", "\"\"");
    same("ENUM", "app.mood", "\"ok\"", "\"So so\"", "\"with \u2603\"");
    poison("ENUM", "\"unheard of\"", "app.mood", "22P02");
    same("ENUM", "text", "\"So so\"");
    same("REFCURSOR", "refcursor", "\"cursor 1\"");
  }

  private void bytesUuidsAddresses() {
    ok("BYTES", "\"\\\\x0001ff\"", "bytea", "\\x0001ff");
    ok("BYTES", "\"\\\\x\"", "bytea", "\\x");
    no("BYTES", "\"\\\\x0\"", "bytea", "does not fit");
    no("STRING", "\"plain\"", "bytea", "does not fit");
    ok("BYTES", "\"\\\\x666f6f\"", "text", "\\x666f6f");
    String uuid = "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"";
    same("UUID", "uuid", uuid);
    same("UUID", "text", uuid);
    same("UUID", "varchar(36)", uuid);
    ok("UUID", uuid, "char(36)", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    no("STRING", "\"not a uuid, though as long as one is\"", "uuid", "does not fit");
    ok("INET", "\"190.0.0.0\"", "inet", "190.0.0.0/32");
    same("INET", "inet", "\"10.1.0.0/16\"", "\"2001:4f8:3:ba:2e0:81ff:fe22:d1f1/64\"");
    ok("INET", "\"::ffff:192.168.0.1/24\"", "inet", "::ffff:192.168.0.1/24");
    same("INET", "cidr", "\"10.1.0.0/16\"", "\"10.1.2.3/32\"");
    poison("INET", "\"10.1.0.1/16\"", "cidr", "22P02");
    same("INET", "text", "\"10.1.0.0/16\"");
    no("STRING", "\"localhost\"", "inet", "does not fit");
    same("STRING", "macaddr", "\"08:00:2b:01:02:03\"");
  }

  private void datesAndTimes() {
    same("DATE", "date", "\"2014-05-28\"", "\"2024-02-29\"", "\"0001-01-01\"", "\"9999-12-31\"");
    same("DATE", "date", "\"12345-06-07\"", "\"5874897-12-31\"");
    same("DATE", "date", "\"0044-03-15 BC\"", "\"4714-11-24 BC\"", "\"infinity\"", "\"-infinity\"");
    no("DATE", "\"5874898-01-01\"", "date", "out of the type's range");
    no("STRING", "\"2023-02-29\"", "date", "does not fit");
    ok("DATE", "\"2014-05-28\"", "timestamp", "2014-05-28 00:00:00");
    ok("DATE", "\"0044-03-15 BC\"", "timestamptz", "0044-03-15 00:00:00+00 BC");
    ok("DATE", "\"infinity\"", "timestamp", "infinity");
    same("DATE", "text", "\"0044-03-15 BC\"");
    same("TIME", "time", "\"00:00:00\"", "\"03:04:05.1\"", "\"23:59:59.999999\"", "\"24:00:00\"");
    same("TIME", "time(3)", "\"03:04:05.123\"");
    no("TIME", "\"03:04:05.1234\"", "time(3)", "more than 3 decimals");
    no("TIME", "\"03:04:05.5\"", "time(0)", "more than 0 decimals");
    ok("TIME", "\"03:04:05\"", "timetz", "03:04:05+00");
    no("STRING", "\"24:00:01\"", "time", "does not fit");
    no("STRING", "\"12:60:00\"", "time", "does not fit");
    same("TIMETZ", "timetz", "\"03:04:05+00\"", "\"03:04:05.123456-05:30\"", "\"24:00:00-08\"");
    same("TIMETZ", "timetz", "\"03:04:05+01:02:03\"", "\"00:00:00+15:59:59\"");
    ok("TIMETZ (2020)", "\"11:00:00+03:00:00\"", "timetz", "11:00:00+03");
    no("TIMETZ", "\"03:04:05.1234-05\"", "timetz(3)", "more than 3 decimals");
    no("TIMETZ", "\"03:04:05-05\"", "time", "zone");
    no("TIMETZ", "\"03:04:05-16\"", "timetz", "16 hours");
  }

  private void timestamps() {
    for (String type : List.of("timestamp", "timestamptz")) {
      String z = type.equals("timestamptz") ? "Z" : "";
      String zone = type.equals("timestamptz") ? "+00" : "";
      String source = type.toUpperCase(Locale.ROOT);
      moment(source, type, "2014-05-28T12:22:35.614298" + z, "2014-05-28 12:22:35.614298" + zone);
      moment(source, type, "2020-01-01T00:00:00.5" + z, "2020-01-01 00:00:00.5" + zone);
      moment(source, type, "2024-02-29T23:59:59" + z, "2024-02-29 23:59:59" + zone);
      moment(source, type, "1969-12-31T23:59:59.999999" + z, "1969-12-31 23:59:59.999999" + zone);
      moment(source, type, "12345-01-01T00:00:00" + z, "12345-01-01 00:00:00" + zone);
      moment(source, type, "0001-01-01T00:00:00" + z, "0001-01-01 00:00:00" + zone);
      moment(source, type, "0000-12-31T01:02:03" + z, "0001-12-31 01:02:03" + zone + " BC");
      moment(source, type, "-0043-03-15T12:00:00" + z, "0044-03-15 12:00:00" + zone + " BC");
      moment(source, type, "0000-02-29T00:00:00" + z, "0001-02-29 00:00:00" + zone + " BC");
      moment(source, type, "-4712-01-01T00:00:00" + z, "4713-01-01 00:00:00" + zone + " BC");
      moment(
          source, type, "294276-12-31T23:59:59.999998" + z, "294276-12-31 23:59:59.999998" + zone);
      moment(source, type, "294277-01-01T23:59:59.999999" + z, "infinity");
      moment(source, type, "-4714-11-23T00:00:00" + z, "-infinity");
      moment(source + " (before 24.3)", type, "294276-12-31T23:59:59.999999" + z, "infinity");
      moment(source + " (before 24.3)", type, "-4713-11-24T00:00:00" + z, "-infinity");
      no("STRING", "\"2023-02-29T00:00:00" + z + "\"", type, "does not fit");
      no("STRING", "\"294277-01-01T00:00:00" + z + "\"", type, "out of the type's range");
      no(source, "\"2014-05-28T12:22:35.614298" + z + "\"", type + "(3)", "more than 3 decimals");
      ok(
          source,
          "\"2014-05-28T12:22:35.614" + z + "\"",
          type + "(3)",
          "2014-05-28 12:22:35.614" + zone);
      no(source, "\"2014-05-28T12:22:35.5" + z + "\"", type + "(0)", "more than 0 decimals");
    }
    ok("TIMESTAMPTZ", "\"2014-05-28T16:22:35Z\"", "timestamp", "2014-05-28 16:22:35");
    ok("TIMESTAMP", "\"2014-05-28T16:22:35\"", "timestamptz", "2014-05-28 16:22:35+00");
    ok("STRING", "\"2014-05-28 18:22:35+02\"", "timestamptz", "2014-05-28 16:22:35+00");
    ok("TIMESTAMP", "\"2014-05-28T00:00:00\"", "date", "2014-05-28");
    no("TIMESTAMP", "\"2014-05-28T00:00:01\"", "date", "time of day");
    same("TIMESTAMPTZ", "text", "\"2014-05-28T16:22:35Z\"");
  }

  private void moment(String source, String column, String wire, String stored) {
    ok(source, "\"" + wire + "\"", column, stored);
  }

  private void intervals() {
    same("INTERVAL", "interval", "\"02:45:02.234\"", "\"1 year 2 mons 3 days 04:05:06\"");
    same("INTERVAL", "interval", "\"00:00:00\"", "\"1 day\"", "\"-1 days +02:03:04\"");
    same("INTERVAL", "interval", "\"100:00:00\"", "\"1 year -00:00:00.006\"", "\"-1 mons +1 day\"");
    ok("INTERVAL", "\"-00:00:00.000001\"", "interval", "-00:00:00.000001");
    ok("INTERVAL", "\"178000000 years\"", "interval", "178000000 years");
    no("INTERVAL", "\"178956971 years\"", "interval", "out of the type's range");
    no("INTERVAL", "\"2147483648 days\"", "interval", "out of the type's range");
    ok("INTERVAL (Avro)", "\"P1Y2M3DT4H5M6S\"", "interval", "1 year 2 mons 3 days 04:05:06");
    ok("INTERVAL (Avro)", "\"P1YT-0.006S\"", "interval", "1 year -00:00:00.006");
    same("INTERVAL", "interval(3)", "\"00:00:00.123\"");
    no("INTERVAL", "\"00:00:00.1234\"", "interval(3)", "more than 3 decimals");
    same("INTERVAL", "interval year to month", "\"1 year 2 mons\"");
    no("INTERVAL", "\"1 year 3 days\"", "interval year to month", "smaller units");
    same("INTERVAL", "interval day to hour", "\"3 days 04:00:00\"");
    no("INTERVAL", "\"3 days 04:05:00\"", "interval day to hour", "smaller units");
    same("INTERVAL", "interval minute to second(1)", "\"00:05:06.5\"");
    no("STRING", "\"soon\"", "interval", "does not fit");
    same("INTERVAL", "text", "\"1 day\"");
  }

  private void json() {
    same("JSONB", "jsonb", "{\"a\": [1, 2, {\"c\": null}], \"b\": 1}", "[]", "{}", "1.50", "true");
    ok("JSONB", "\"a\"", "jsonb", "\"a\"");
    ok("JSONB", "\"\"", "jsonb", "\"\"");
    ok("JSONB", "\"quote \\\" \\\\ \\u0007\"", "jsonb", "\"quote \\\" \\\\ \\u0007\"");
    ok("JSONB", "1E+3", "jsonb", "1000");
    String number = "0.1234567890123456789012345678901234567890";
    same("JSONB", "jsonb", "{\"n\": " + number + "}", "12345678901234567890123456789");
    ok("JSONB", "{\"__crdb_json_null__\": true}", "jsonb", "null");
    ok("JSONB", "{\"__crdb_json_null__\": true}", "json", "null");
    same("JSONB", "jsonb", "{\"__crdb_json_null__\": false}");
    same("JSONB", "jsonb", "{\"k\": \"☃ 🍦\"}");
    ok("JSONB", "{\"k\": \"\\ud83c\\udf66\"}", "jsonb", "{\"k\": \"🍦\"}");
    no("JSONB", "{\"k\": \"a\\u0000\"}", "jsonb", "U+0000");
    no("JSONB", "{\"k\": \"\\ud83c!\"}", "jsonb", "half of a surrogate pair");
    ok("JSONB", "{\"k\": \"\\\\u0000\"}", "jsonb", "{\"k\": \"\\\\u0000\"}");
    same("JSONB", "json", "{\"b\": 1.50, \"a\": 1E+3}", "{\"k\": \"\\u0000\"}");
    same("JSONB", "text", "{\"a\": 1.50}");
    same("JSONB", "varchar(12)", "{\"a\": 1.50}");
    no("JSONB", "{\"a\": 1.505}", "varchar(11)", "more than 11 characters");
    no("JSONB", "{\"a\": 1}", "integer", "JSON");
    no("composite", "{\"street\": \"Main\", \"zip\": 12345}", "app.address", "sorted by name");
    same("composite", "jsonb", "{\"zip\": 12345, \"street\": \"Main\"}");
    same("GEOMETRY", "jsonb", "{\"type\": \"Point\", \"coordinates\": [1.555, -2]}");
    same("GEOMETRY", "json", "{\"coordinates\": [1.555, -2], \"type\": \"Point\"}");
    same("GEOGRAPHY", "text", "{\"coordinates\": [1.555, -2], \"type\": \"Point\"}");
  }

  private void bits() {
    same("BIT(3)", "bit(3)", "\"010\"");
    no("VARBIT", "\"01\"", "bit(3)", "bit string of length 2");
    no("VARBIT", "\"0101\"", "bit(3)", "bit string of length 4");
    same("VARBIT", "varbit", "\"0100110\"", "\"\"");
    same("VARBIT", "varbit(3)", "\"01\"");
    no("VARBIT", "\"0101\"", "varbit(3)", "bit string of length 4");
    same("VARBIT", "bit", "\"1\"");
    ok("BIT", "\"1\"", "boolean", "true");
    same("VARBIT", "text", "\"0100110\"");
    no("STRING", "\"012\"", "varbit", "does not fit");
  }

  private void arrays() {
    ok("INT8[]", "[1, null, 3]", "bigint[]", "{1,NULL,3}");
    ok("INT8[]", "[]", "bigint[]", "{}");
    ok("INT8[]", "[null]", "integer[]", "{NULL}");
    no("INT8[]", "[1, 2147483648]", "integer[]", "out of range");
    ok("INT8[]", "[1, 2]", "text[]", "{1,2}");
    ok("STRING[]", "[\"x\", \"y\"]", "text[]", "{x,y}");
    ok(
        "STRING[]",
        "[\"a,b\", \"q\\\"q\", null, \"\", \"NULL\", \"back\\\\slash\", \"{}\", \" \"]",
        "text[]",
        "{\"a,b\",\"q\\\"q\",NULL,\"\",\"NULL\",\"back\\\\slash\",\"{}\",\" \"}");
    ok("STRING[]", "[\"abc\"]", "varchar(3)[]", "{abc}");
    no("STRING[]", "[\"abcd\"]", "varchar(3)[]", "more than 3 characters");
    no("STRING[]", "[\"a\\u0000\"]", "text[]", "U+0000");
    ok("BOOL[]", "[true, false, null]", "boolean[]", "{t,f,NULL}");
    ok("DECIMAL[]", "[1.0, 2.50, \"NaN\"]", "numeric[]", "{1.0,2.50,NaN}");
    no("DECIMAL[]", "[1.005]", "numeric(10,2)[]", "3 decimals");
    ok(
        "FLOAT8[]",
        "[1.5, \"NaN\", 1E+2, \"-Infinity\"]",
        "double precision[]",
        "{1.5,NaN,100,-Infinity}");
    ok("BYTES[]", "[\"\\\\x0001\", \"\\\\x\"]", "bytea[]", "{\"\\\\x0001\",\"\\\\x\"}");
    ok(
        "UUID[]",
        "[\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"]",
        "uuid[]",
        "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}");
    ok("DATE[]", "[\"2014-05-28\", \"infinity\"]", "date[]", "{2014-05-28,infinity}");
    ok("TIME[]", "[\"24:00:00\"]", "time[]", "{24:00:00}");
    ok("TIMESTAMP[]", "[\"-0043-03-15T12:00:00\"]", "timestamp[]", "{\"0044-03-15 12:00:00 BC\"}");
    no("TIMESTAMP[]", "[\"2014-05-28T12:22:35.5\"]", "timestamp(0)[]", "more than 0 decimals");
    ok("INTERVAL[]", "[\"1 day\"]", "interval[]", "{\"1 day\"}");
    ok("INET[]", "[\"10.1.0.0/16\"]", "inet[]", "{10.1.0.0/16}");
    ok("VARBIT[]", "[\"101\", \"\"]", "varbit[]", "{101,\"\"}");
    ok("BIT(3)[]", "[\"101\"]", "bit(3)[]", "{101}");
    ok("ENUM[]", "[\"ok\", \"So so\"]", "app.mood[]", "{ok,\"So so\"}");
    ok("CITEXT[]", "[\"A\", \"a\"]", "ext.citext[]", "{A,a}");
    ok("DECIMAL[]", "[12.34]", "app.cents[]", "{12.34}");
    no("DECIMAL[]", "[12.345]", "app.cents[]", "3 decimals");
    ok("INT8[]", "[1, 2]", "app.numbers", "{1,2}");
    ok(
        "JSONB[]",
        "[{\"a\": 1}, [1, 2], \"s\", null]",
        "jsonb[]",
        "{\"{\\\"a\\\": 1}\",\"[1, 2]\",\"\\\"s\\\"\",NULL}");
    ok("INT8[]", "[1, null]", "jsonb", "[1, null]");
    ok("INT8[]", "[1, null]", "text", "[1, null]");
    ok("JSONB", "[[1, 2], [3, null]]", "integer[]", "{{1,2},{3,NULL}}");
    poison("JSONB", "[[1, 2], [3]]", "integer[]", "22P02");
    no("STRING", "\"{1,2}\"", "integer[]", "does not fit");
    no("INT8", "1", "integer[]", "does not fit");
    no("INT8[]", "[1]", "integer", "JSON");
    ok("STRING[]", "[\"(1,1),(0,0)\"]", "box[]", "{(1,1),(0,0)}");
    ok("composite[]", "[]", "app.address[]", "{}");
    no("composite[]", "[{\"street\": \"x\", \"zip\": 1}]", "app.address[]", "sorted by name");
  }

  private void others() {
    same("OID", "oid", "\"3\"", "\"4294967295\"");
    no("OID", "\"4294967296\"", "oid", "out of range");
    same("OID", "bigint", "\"4294967295\"");
    same("REGCLASS", "oid", "\"52\"");
    same("REGCLASS", "text", "\"52\"");
    same("PG_LSN", "pg_lsn", "\"A/0\"");
    same("TSVECTOR", "tsvector", "\"'fat':2 'rat':3\"");
    same("TSQUERY", "tsquery", "\"'fat' & 'rat'\"");
    same("VECTOR", "text", "\"[1,2,3]\"");
    ok("VECTOR", "\"[1,2.5,1e-07]\"", "real[]", "{1,2.5,1e-07}");
    same("BOX2D", "text", "\"BOX(1 2,3 4)\"");
    same("STRING", "int4range", "\"[1,5)\"");
    ok("STRING", "\"(1,2)\"", "point", "(1,2)");
    poison("STRING", "\"anything\"", "point", "22P02");
  }
}

package dev.belay.bench;

import java.math.BigInteger;
import java.util.Base64;

/**
 * A change as Debezium's PostgreSQL source writes it, for JsonConverter: envelope with {@code
 * source}, decimals precise, dates as Connect has them ({@code time.precision.mode=connect}; the
 * sink's unnest statement takes no others), no before image of updates (the table has no full
 * replica identity). The schema is given to the converter once ({@code schema.content}, Kafka 4.2
 * and later) instead of with every record: a tenth of the bytes and, for the reader, a fifth of the
 * work.
 */
final class DebeziumText {

  private static final String COLUMNS =
      field("int64", "id", false, "")
          + ","
          + field("int64", "qty", true, "")
          + ","
          + field("string", "name", true, "")
          + ","
          + field(
              "bytes",
              "price",
              true,
              ",\"name\":\"org.apache.kafka.connect.data.Decimal\",\"version\":1,"
                  + "\"parameters\":{\"scale\":\"4\",\"connect.decimal.precision\":\"18\"}")
          + ","
          + field("string", "at", true, named("io.debezium.time.ZonedTimestamp"))
          + ","
          + field("boolean", "active", true, "")
          + ","
          + field("string", "ref", true, named("io.debezium.data.Uuid"))
          + ","
          + field("double", "score", true, "")
          + ","
          + field("string", "doc", true, named("io.debezium.data.Json"))
          + ","
          + field("int32", "day", true, named("org.apache.kafka.connect.data.Date"))
          + ","
          + field("string", "note", true, "");

  private static final String SOURCE =
      field("string", "version", false, "")
          + ","
          + field("string", "connector", false, "")
          + ","
          + field("string", "name", false, "")
          + ","
          + field("int64", "ts_ms", false, "")
          + ","
          + field("string", "db", false, "")
          + ","
          + field("string", "schema", false, "")
          + ","
          + field("string", "table", false, "")
          + ","
          + field("int64", "txId", true, "")
          + ","
          + field("int64", "lsn", true, "");

  private DebeziumText() {}

  static String topic(Workload workload) {
    return "debezium.public." + workload.table();
  }

  /** What JsonConverter needs to know of keys. */
  static String keySchema(Workload workload) {
    return struct(field("int64", "id", false, ""), topic(workload) + ".Key", false, "");
  }

  /** What JsonConverter needs to know of values. */
  static String valueSchema(Workload workload) {
    String row = topic(workload) + ".Value";
    return struct(
        struct(COLUMNS, row, true, "before")
            + ","
            + struct(COLUMNS, row, true, "after")
            + ","
            + struct(SOURCE, "io.debezium.connector.postgresql.Source", false, "source")
            + ","
            + field("string", "op", false, "")
            + ","
            + field("int64", "ts_ms", true, ""),
        topic(workload) + ".Envelope",
        false,
        "");
  }

  static String key(long id) {
    return "{\"id\":" + id + "}";
  }

  static String value(Workload workload, Change change) {
    StringBuilder text = new StringBuilder(768).append("{\"before\":");
    String op;
    if (change instanceof Change.Upsert upsert) {
      text.append("null,\"after\":");
      row(text, upsert.row());
      op = upsert.isNew() ? "c" : "u";
    } else {
      text.append("{\"id\":").append(change.id());
      text.append(",\"qty\":null,\"name\":null,\"price\":null,\"at\":null,\"active\":null");
      text.append(",\"ref\":null,\"score\":null,\"doc\":null,\"day\":null,\"note\":null}");
      text.append(",\"after\":null");
      op = "d";
    }
    long millis = change.nanos() / 1_000_000;
    text.append(",\"source\":{\"version\":\"3.6.0.Final\",\"connector\":\"postgresql\"");
    text.append(",\"name\":\"debezium\",\"ts_ms\":").append(millis);
    text.append(",\"db\":\"app\",\"schema\":\"public\",\"table\":\"").append(workload.table());
    text.append("\",\"txId\":").append(change.nanos() / 1_000 % 1_000_000_000);
    text.append(",\"lsn\":").append(change.nanos() / 10);
    text.append("},\"op\":\"").append(op).append("\",\"ts_ms\":").append(millis).append('}');
    return text.toString();
  }

  private static void row(StringBuilder text, Row row) {
    text.append("{\"id\":").append(row.id());
    text.append(",\"qty\":").append(row.qty());
    text.append(",\"name\":\"").append(row.name());
    byte[] unscaled = BigInteger.valueOf(row.price()).toByteArray();
    text.append("\",\"price\":\"").append(Base64.getEncoder().encodeToString(unscaled));
    text.append("\",\"at\":\"").append(row.atText());
    text.append("\",\"active\":").append(row.active());
    text.append(",\"ref\":\"").append(row.ref());
    text.append("\",\"score\":").append(row.score());
    text.append(",\"doc\":\"").append(row.doc().replace("\"", "\\\""));
    text.append("\",\"day\":").append(row.day());
    text.append(",\"note\":");
    if (row.note().isEmpty()) {
      text.append("null");
    } else {
      text.append('"').append(row.note()).append('"');
    }
    text.append('}');
  }

  private static String named(String schema) {
    return ",\"name\":\"" + schema + "\",\"version\":1";
  }

  private static String field(String type, String name, boolean optional, String more) {
    return "{\"type\":\""
        + type
        + "\",\"optional\":"
        + optional
        + more
        + ",\"field\":\""
        + name
        + "\"}";
  }

  /**
   * @param field its name where it is one; empty for the outermost
   */
  private static String struct(String fields, String name, boolean optional, String field) {
    return "{\"type\":\"struct\",\"fields\":["
        + fields
        + "],\"optional\":"
        + optional
        + ",\"name\":\""
        + name
        + "\""
        + (field.isEmpty() ? "" : ",\"field\":\"" + field + "\"")
        + "}";
  }
}

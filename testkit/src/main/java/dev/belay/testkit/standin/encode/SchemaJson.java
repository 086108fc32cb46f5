package dev.belay.testkit.standin.encode;

import dev.belay.testkit.standin.encode.FeedFormat.With;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.ArrayOf;
import dev.belay.testkit.standin.row.SqlType.Composite;
import dev.belay.testkit.standin.row.SqlType.Scalar;
import dev.belay.testkit.standin.row.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The {@code schema} block of enriched messages: like Kafka Connect's, but not what its
 * JsonConverter reads.
 */
final class SchemaJson {

  private SchemaJson() {}

  /** The schema beside a key's payload. */
  static String key(TableShape shape) {
    return JsonText.object(keyStruct(shape));
  }

  /** The schema beside a value's payload. */
  static String envelope(TableShape shape, FeedFormat format) {
    List<String> fields = new ArrayList<>();
    if (format.has(With.DIFF)) {
      fields.add(field("before", row(shape, "before", true)));
    }
    // Not optional, although a delete's after is null: so CockroachDB declares it.
    fields.add(field("after", row(shape, "after", false)));
    if (format.has(With.SOURCE)) {
      fields.add(field("source", source()));
    }
    if (format.has(With.KEY_IN_VALUE)) {
      fields.add(field("key", keyStruct(shape)));
    }
    fields.add(field("ts_ns", typed("int64", false)));
    fields.add(field("op", typed("string", false)));
    return JsonText.object(struct("cockroachdb.envelope", false, fields));
  }

  private static Map<String, String> keyStruct(TableShape shape) {
    List<String> fields = new ArrayList<>();
    for (int at : shape.key()) {
      fields.add(column(shape.columns().get(at)));
    }
    return struct(shape.name() + ".key", false, fields);
  }

  private static Map<String, String> row(TableShape shape, String image, boolean optional) {
    List<String> fields = shape.columns().stream().map(SchemaJson::column).toList();
    return struct(shape.name() + "." + image + ".value", optional, fields);
  }

  private static Map<String, String> source() {
    List<String> fields = new ArrayList<>();
    // CockroachDB walks a hash map here: readers must not rely on the order of these fields.
    for (String name :
        List.of("node_name", "table_name", "changefeed_sink", "source_node_locality")) {
      fields.add(field(name, typed("string", false)));
    }
    for (String name : List.of("schema_name", "origin", "job_id", "cluster_id", "database_name")) {
      fields.add(field(name, typed("string", false)));
    }
    for (String name : List.of("db_version", "cluster_name", "node_id")) {
      fields.add(field(name, typed("string", false)));
    }
    Map<String, String> keys = typed("array", false);
    keys.put("items", JsonText.object(typed("string", false)));
    fields.add(field("primary_keys", keys));
    fields.add(field("crdb_internal_table_id", typed("int64", false)));
    fields.add(field("ts_hlc", typed("string", true)));
    fields.add(field("mvcc_timestamp", typed("string", true)));
    fields.add(field("ts_ns", typed("int64", true)));
    return struct("cockroachdb.source", true, fields);
  }

  private static Map<String, String> struct(String name, boolean optional, List<String> fields) {
    Map<String, String> struct = typed("struct", optional);
    struct.put("name", JsonText.string(name));
    struct.put("fields", JsonText.array(fields));
    return struct;
  }

  private static String field(String name, Map<String, String> schema) {
    schema.put("field", JsonText.string(name));
    return JsonText.object(schema);
  }

  private static String column(Column column) {
    return field(column.name(), type(column.type(), column.nullable()));
  }

  private static Map<String, String> typed(String type, boolean optional) {
    Map<String, String> schema = JsonText.members();
    schema.put("type", JsonText.string(type));
    schema.put("optional", Boolean.toString(optional));
    return schema;
  }

  private static Map<String, String> named(String type, String name, boolean optional) {
    Map<String, String> schema = typed(type, optional);
    schema.put("name", JsonText.string(name));
    return schema;
  }

  private static Map<String, String> type(SqlType type, boolean optional) {
    if (type instanceof ArrayOf array) {
      Map<String, String> schema = typed("array", optional);
      schema.put("items", JsonText.object(type(array.element(), true)));
      return schema;
    } else if (type instanceof Composite) {
      throw new IllegalArgumentException("type TUPLE not yet supported with json schemas");
    }
    Scalar scalar = (Scalar) type;
    return switch (scalar.kind()) {
      case INT -> typed("int64", optional);
      case BOOL -> typed("boolean", optional);
      case FLOAT -> typed("float64", optional);
      case BYTES -> typed("bytes", optional);
      case JSON -> typed("json", optional);
      case DATE -> named("string", "date", optional);
      case TIME, TIMETZ -> named("string", "time", optional);
      case TIMESTAMP, TIMESTAMPTZ -> named("string", "timestamp", optional);
      case DECIMAL -> decimal(scalar, optional);
      case STRING, CHAR, UUID, INET, INTERVAL, BIT, ENUM -> typed("string", optional);
      case OID, PG_LSN, TSVECTOR, TSQUERY, OTHER ->
          throw new IllegalArgumentException(
              "type " + scalar.kind() + " not yet supported with json schemas");
    };
  }

  private static Map<String, String> decimal(Scalar type, boolean optional) {
    Map<String, String> parameters = JsonText.members();
    parameters.put("precision", JsonText.string(Integer.toString(type.precision())));
    parameters.put("scale", JsonText.string(Integer.toString(type.scale())));
    Map<String, String> schema = named("float64", "decimal", optional);
    schema.put("parameters", JsonText.object(parameters));
    return schema;
  }
}

package dev.belay.sink.structs;

import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Origin;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import dev.belay.sink.decode.UnreadableException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Events as Debezium's connectors hand them to a converter, for one table of two columns. */
final class DebeziumEvents {
  static final Origin HERE = new Origin("fwd.public.t", 0, 7);
  static final FeedFormat FEED = FeedFormat.AUTO.withEnvelope(Envelope.DEBEZIUM);

  private final Schema row;
  private final Schema envelope;
  private final Decoder decoder;
  private final EventText text = new EventText();

  /** A table with column {@code id} and column {@code v} of a type. */
  DebeziumEvents(Schema type, FeedFormat feed) {
    this.row =
        SchemaBuilder.struct()
            .name("fwd.public.t.Value")
            .field("id", Schema.INT32_SCHEMA)
            .field("v", type)
            .optional()
            .build();
    this.envelope =
        SchemaBuilder.struct()
            .name("fwd.public.t.Envelope")
            .field("before", row)
            .field("after", row)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
            .build();
    this.decoder = Decoder.of(feed);
  }

  DebeziumEvents(Schema type) {
    this(type, FEED);
  }

  private static final Schema SOURCE =
      SchemaBuilder.struct()
          .name("io.debezium.connector.postgresql.Source")
          .field("connector", Schema.STRING_SCHEMA)
          .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
          .field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
          .field("ts_ns", Schema.OPTIONAL_INT64_SCHEMA)
          .field("db", Schema.STRING_SCHEMA)
          .field("schema", Schema.OPTIONAL_STRING_SCHEMA)
          .field("table", Schema.OPTIONAL_STRING_SCHEMA)
          .field("sequence", Schema.OPTIONAL_STRING_SCHEMA)
          .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
          .field("file", Schema.OPTIONAL_STRING_SCHEMA)
          .field("pos", Schema.OPTIONAL_INT64_SCHEMA)
          .field("row", Schema.OPTIONAL_INT32_SCHEMA)
          .field("scn", Schema.OPTIONAL_STRING_SCHEMA)
          .field("commit_scn", Schema.OPTIONAL_STRING_SCHEMA)
          .field("txSeq", Schema.OPTIONAL_INT64_SCHEMA)
          .build();

  static final Map<String, Object> POSTGRES =
      Map.of(
          "connector",
          "postgresql",
          "ts_ms",
          1_700_000_000_123L,
          "ts_ns",
          1_700_000_000_123_456_789L,
          "db",
          "shop",
          "schema",
          "public",
          "table",
          "t",
          "sequence",
          "[\"100\",\"120\"]",
          "lsn",
          120L);

  Struct row(int id, Object value) {
    return new Struct(row).put("id", id).put("v", value);
  }

  Decoded decode(String op, Struct before, Struct after) {
    return decode(op, before, after, POSTGRES);
  }

  Decoded decode(String op, Struct before, Struct after, Map<String, Object> source) {
    Struct origin = new Struct(SOURCE);
    source.forEach(origin::put);
    return decode(
        new Struct(envelope)
            .put("before", before)
            .put("after", after)
            .put("source", origin)
            .put("op", op)
            .put("ts_ms", 1L));
  }

  Decoded decodeWithoutKey(String op, Struct before, Struct after) {
    Struct origin = new Struct(SOURCE);
    POSTGRES.forEach(origin::put);
    Struct event =
        new Struct(envelope)
            .put("before", before)
            .put("after", after)
            .put("source", origin)
            .put("op", op);
    try {
      return decoder.decode(HERE, HERE.topic(), null, text.of("value", event));
    } catch (UnreadableException e) {
      throw new AssertionError(e);
    }
  }

  Decoded decode(Struct event) {
    Schema keys =
        SchemaBuilder.struct().name("fwd.public.t.Key").field("id", Schema.INT32_SCHEMA).build();
    try {
      return decoder.decode(
          HERE,
          HERE.topic(),
          text.of("key", new Struct(keys).put("id", 1)),
          text.of("value", event));
    } catch (UnreadableException e) {
      throw new AssertionError(e);
    }
  }

  Decoded decodeTombstone() {
    return decoder.decode(HERE, HERE.topic(), new byte[0], null);
  }

  static Struct alone(String name, String field, Object value, Schema type) {
    return new Struct(SchemaBuilder.struct().name(name).field(field, type).build())
        .put(field, value);
  }

  static Schema named(Schema.Type type, String name) {
    return new SchemaBuilder(type).name(name).optional().build();
  }

  static Schema listOf(Schema items) {
    return SchemaBuilder.array(items).optional().build();
  }

  static List<Object> bytesOf(String text) {
    return text.chars().mapToObj(c -> (Object) c).toList();
  }
}

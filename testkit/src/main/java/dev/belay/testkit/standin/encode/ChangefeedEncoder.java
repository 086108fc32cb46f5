package dev.belay.testkit.standin.encode;

import static dev.belay.testkit.standin.encode.FeedFormat.With.DIFF;
import static dev.belay.testkit.standin.encode.FeedFormat.With.JSON_NULL_AS_OBJECT;
import static dev.belay.testkit.standin.encode.FeedFormat.With.KEY_IN_VALUE;
import static dev.belay.testkit.standin.encode.FeedFormat.With.MVCC_TIMESTAMP;
import static dev.belay.testkit.standin.encode.FeedFormat.With.SCHEMA;
import static dev.belay.testkit.standin.encode.FeedFormat.With.SOURCE;
import static dev.belay.testkit.standin.encode.FeedFormat.With.TOPIC_IN_VALUE;
import static dev.belay.testkit.standin.encode.FeedFormat.With.UPDATED;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Family;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns row changes into the key and value of a JSON changefeed, byte for byte. May be used from
 * any thread.
 */
public final class ChangefeedEncoder {

  /** Id of the job of a feed without a sink, which is none. */
  public static final long NO_JOB = 0;

  private static final int INITIAL_LENGTH = 512;
  private static final String METADATA = "__crdb__";

  private final FeedFormat format;
  private final Cluster cluster;
  private final long jobId;
  private final ValueJson values;
  // The last one used: a feed sends runs of rows of one table.
  private volatile Layout layout = Layout.NONE;

  public ChangefeedEncoder(FeedFormat format, Cluster cluster, long jobId) {
    this.format = format;
    this.cluster = cluster;
    this.jobId = jobId;
    this.values = new ValueJson(format.has(JSON_NULL_AS_OBJECT));
  }

  public Message encode(Event event) {
    return new Message(key(event).getBytes(UTF_8), value(event).map(text -> text.getBytes(UTF_8)));
  }

  /** The value of a resolved message. Another marshaller wrote these: no blanks. */
  public byte[] resolved(Hlc time) {
    String inner = "{\"resolved\":\"" + time + "\"}";
    boolean inside = format.envelope().keepsMetadataInside();
    return (inside ? "{\"" + METADATA + "\":" + inner + "}" : inner).getBytes(UTF_8);
  }

  private String key(Event event) {
    TableShape shape = event.change().shape();
    String key = keyJson(event.change());
    return format.envelope() == Envelope.ENRICHED && format.has(SCHEMA)
        ? withSchema(key, SchemaJson.key(shape))
        : key;
  }

  private Optional<String> value(Event event) {
    return switch (format.envelope()) {
      case WRAPPED -> Optional.of(wrapped(event));
      case ENRICHED -> Optional.of(enriched(event));
      case BARE -> Optional.of(bare(event));
      case ROW -> event.after().map(row -> flat(event, row));
      case KEY_ONLY -> Optional.empty();
    };
  }

  private String wrapped(Event event) {
    Map<String, String> members = images(event);
    members.putAll(metadata(event));
    return JsonText.object(members);
  }

  private String enriched(Event event) {
    RowChange change = event.change();
    Map<String, String> members = images(event);
    members.put("op", JsonText.string(operation(event)));
    members.put("ts_ns", Long.toString(event.processedNanos()));
    if (format.has(KEY_IN_VALUE)) {
      members.put("key", keyJson(change));
    }
    if (format.has(SOURCE)) {
      members.put("source", source(event));
    }
    String payload = JsonText.object(members);
    return format.has(SCHEMA)
        ? withSchema(payload, SchemaJson.envelope(change.shape(), format))
        : payload;
  }

  private static String operation(Event event) {
    return event.after().isEmpty() ? "d" : event.before().isEmpty() ? "c" : "u";
  }

  private String bare(Event event) {
    TableShape shape = event.change().shape();
    // A delete keeps the shape of the row: its key, and NULL in every other column.
    Row row = event.after().orElseGet(() -> keyOnly(shape, event.change().image()));
    return flat(event, row);
  }

  private static Row keyOnly(TableShape shape, Row row) {
    String[] texts = new String[shape.columns().size()];
    shape.key().forEach(at -> texts[at] = row.text(at).orElseThrow());
    return Row.owning(texts);
  }

  private String flat(Event event, Row row) {
    Map<String, String> members = rowMembers(event, row);
    Map<String, String> metadata = metadata(event);
    if (!metadata.isEmpty()) {
      members.put(METADATA, JsonText.object(metadata));
    }
    return JsonText.object(members);
  }

  private Map<String, String> images(Event event) {
    Map<String, String> members = JsonText.members();
    members.put("after", image(event, event.after()));
    if (format.has(DIFF)) {
      members.put("before", image(event, event.before()));
    }
    return members;
  }

  private Map<String, String> metadata(Event event) {
    Map<String, String> members = JsonText.members();
    if (format.has(UPDATED)) {
      members.put("updated", JsonText.string(event.updated().toString()));
    }
    if (format.has(MVCC_TIMESTAMP)) {
      members.put("mvcc_timestamp", JsonText.string(event.mvcc().toString()));
    }
    if (format.has(KEY_IN_VALUE)) {
      members.put("key", keyJson(event.change()));
    }
    if (format.has(TOPIC_IN_VALUE)) {
      members.put("topic", JsonText.string(event.topic()));
    }
    return members;
  }

  private String source(Event event) {
    TableShape shape = event.change().shape();
    Map<String, String> members = JsonText.members();
    members.put("changefeed_sink", JsonText.string(jobId == NO_JOB ? "sinkless buffer" : "kafka"));
    members.put("cluster_id", JsonText.string(cluster.id()));
    members.put("cluster_name", JsonText.string(cluster.name()));
    members.put("crdb_internal_table_id", Long.toString(shape.id()));
    members.put("database_name", JsonText.string(shape.database()));
    members.put("db_version", JsonText.string(cluster.version()));
    members.put("job_id", JsonText.string(Long.toString(jobId)));
    members.put("node_id", JsonText.string(cluster.nodeId()));
    members.put("node_name", JsonText.string(cluster.nodeName()));
    members.put("origin", JsonText.string("cockroachdb"));
    members.put(
        "primary_keys", JsonText.array(shape.keyNames().stream().map(JsonText::string).toList()));
    members.put("schema_name", JsonText.string(shape.schema()));
    members.put("source_node_locality", JsonText.string(cluster.locality()));
    members.put("table_name", JsonText.string(shape.name()));
    if (format.has(UPDATED)) {
      members.put("ts_hlc", JsonText.string(event.updated().toString()));
      members.put("ts_ns", Long.toString(event.updated().wallNanos()));
    }
    if (format.has(MVCC_TIMESTAMP)) {
      members.put("mvcc_timestamp", JsonText.string(event.mvcc().toString()));
    }
    return JsonText.object(members);
  }

  private static String withSchema(String payload, String schema) {
    Map<String, String> members = JsonText.members();
    members.put("payload", payload);
    members.put("schema", schema);
    return JsonText.object(members);
  }

  private String keyJson(RowChange change) {
    TableShape shape = change.shape();
    Row row = change.image();
    if (format.envelope() == Envelope.ENRICHED) {
      Map<String, String> members = JsonText.members();
      shape.key().forEach(at -> members.put(shape.columns().get(at).name(), cell(shape, row, at)));
      return JsonText.object(members);
    }
    return JsonText.array(shape.key().stream().map(at -> cell(shape, row, at)).toList());
  }

  private String image(Event event, Optional<Row> row) {
    return row.map(r -> object(event, r)).orElse(JsonText.NULL);
  }

  private String object(Event event, Row row) {
    TableShape shape = event.change().shape();
    Layout known = layout;
    if (known.shape() != shape || !known.family().equals(event.family())) {
      known = Layout.of(event);
      layout = known;
    }
    StringBuilder out = new StringBuilder(INITIAL_LENGTH).append('{');
    for (int i = 0; i < known.order().size(); i++) {
      out.append(known.names().get(i)).append(cell(shape, row, known.order().get(i)));
    }
    return out.append('}').toString();
  }

  /**
   * A row's members in wire order: sorted once a table and not once a row.
   *
   * @param order positions of the columns
   * @param names what stands before each value, from the comma to the colon
   */
  private record Layout(
      TableShape shape, Optional<Family> family, List<Integer> order, List<String> names) {
    static final Layout NONE =
        new Layout(
            new TableShape(0, "", "", "", List.of(), List.of()),
            Optional.empty(),
            List.of(),
            List.of());

    static Layout of(Event event) {
      TableShape shape = event.change().shape();
      Map<String, String> places = JsonText.members();
      for (int at = 0; at < shape.columns().size(); at++) {
        if (event.tells(shape.columns().get(at))) {
          places.put(shape.columns().get(at).name(), Integer.toString(at));
        }
      }
      List<Integer> order = places.values().stream().map(Integer::valueOf).toList();
      List<String> names = new ArrayList<>();
      for (String name : places.keySet()) {
        names.add((names.isEmpty() ? "" : ", ") + JsonText.string(name) + ": ");
      }
      return new Layout(shape, event.family(), order, List.copyOf(names));
    }
  }

  private Map<String, String> rowMembers(Event event, Row row) {
    TableShape shape = event.change().shape();
    Map<String, String> members = JsonText.members();
    List<Column> columns = shape.columns();
    for (int at = 0; at < columns.size(); at++) {
      if (event.tells(columns.get(at))) {
        members.put(columns.get(at).name(), cell(shape, row, at));
      }
    }
    return members;
  }

  private String cell(TableShape shape, Row row, int at) {
    return values.write(shape.columns().get(at).type(), row.text(at));
  }
}

package dev.belay.testkit.standin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.testkit.Deadline;
import dev.belay.testkit.standin.encode.ChangefeedEncoder;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.encode.Envelope;
import dev.belay.testkit.standin.encode.Event;
import dev.belay.testkit.standin.encode.FeedFormat;
import dev.belay.testkit.standin.encode.Message;
import dev.belay.testkit.standin.feed.JobState;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.feed.Sink;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.Kind;
import dev.belay.testkit.standin.row.TableShape;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Makes each golden message again: a real table, the statement, capture, encoder; and compares the
 * bytes. Times and what names a cluster are put aside on both sides, for they are of the moment.
 * Samples that cannot be made stand in {@code golden/not-produced.properties} with the reason;
 * {@code golden/how.json} has SQL for those whose own is not told, or not known to PostgreSQL.
 */
class GoldenSamplesIT {

  private static final String DATABASE = "d";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A message as it left the feed. */
  private record Sent(String topic, Optional<String> key, Optional<String> value) {}

  private static final List<Sent> SENT = new CopyOnWriteArrayList<>();
  private static StandIn standIn;

  private record Memory() implements Sink {
    @Override
    public void dial() {}

    @Override
    public int partitions(String topic) {
      return 1;
    }

    @Override
    public void send(String topic, int partition, Optional<byte[]> key, Optional<byte[]> value) {
      SENT.add(new Sent(topic, key.map(Memory::text), value.map(Memory::text)));
    }

    private static String text(byte[] bytes) {
      return new String(bytes, UTF_8);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeAll
  static void start() throws Exception {
    standIn = StandIn.builder().sinks(target -> new Memory()).start();
    standIn.createDatabase(DATABASE);
  }

  @AfterAll
  static void stop() {
    standIn.close();
  }

  @Test
  void everySampleIsProducedOrListedWithItsReason() throws Exception {
    Properties listed = new Properties();
    listed.load(new StringReader(GoldenSample.resource("not-produced.properties")));
    Map<String, String> wrong = new TreeMap<>();
    TreeSet<String> unknown = new TreeSet<>(listed.stringPropertyNames());
    Map<String, Integer> produced = new TreeMap<>();
    for (GoldenSample sample : GoldenSample.all()) {
      Optional<String> difference = difference(sample);
      boolean isListed = unknown.remove(sample.id());
      if (isListed && difference.isEmpty()) {
        wrong.put(sample.id(), "is listed as not produced, but it is");
      } else if (!isListed && difference.isPresent()) {
        wrong.put(sample.id(), difference.get());
      }
      produced.merge(sample.file(), difference.isEmpty() ? 1 : 0, Integer::sum);
    }
    assertThat(wrong).isEmpty();
    assertThat(unknown).as("listed, but no sample").isEmpty();
    assertThat(produced.values().stream().mapToInt(Integer::intValue).sum() + listed.size())
        .as("produced: %s", produced)
        .isEqualTo(GoldenSample.all().size());
  }

  /** Tells what is not as in the sample; empty if it was produced. */
  private static Optional<String> difference(GoldenSample sample) throws Exception {
    SENT.clear();
    List<Sent> sent;
    try {
      sent = sample.how().has("encoder") ? List.of(encode(sample)) : produce(sample);
    } catch (SQLException | IllegalStateException e) {
      return Optional.of(e.getMessage());
    }
    Sent wanted =
        new Sent(
            sample.json().path("topic").asText(),
            sample.text("key"),
            sample.text("value").map(GoldenSamplesIT::timeless));
    for (Sent message : sent) {
      if (new Sent(message.topic(), message.key(), message.value().map(GoldenSamplesIT::timeless))
          .equals(wanted)) {
        return Optional.empty();
      }
    }
    return Optional.of("wanted " + wanted + " but sent " + sent);
  }

  /** For values that PostgreSQL cannot hold: the encoder alone, with a typed row. */
  private static Sent encode(GoldenSample sample) {
    List<Column> columns = new ArrayList<>();
    List<Optional<String>> row = new ArrayList<>();
    for (Map.Entry<String, JsonNode> column : sample.how().get("encoder").properties()) {
      SqlType type = SqlType.of(Kind.valueOf(column.getValue().asText()));
      columns.add(new Column(column.getKey(), type, true));
      JsonNode value = sample.expect().path("columns").path(column.getKey());
      row.add(
          Optional.of(sample.expect().path("text").path(column.getKey()).asText(value.asText())));
    }
    TableShape shape = new TableShape(1, DATABASE, "public", sample.table(), columns, List.of(0));
    RowChange change = new RowChange(shape, Optional.empty(), Optional.of(Row.of(row)));
    Hlc time = new Hlc(1, 0);
    Message message =
        new ChangefeedEncoder(
                FeedFormat.of(Envelope.WRAPPED), new Cluster("", "", "", "", "", ""), 1)
            .encode(new Event(change, time, time, sample.table(), 1));
    return new Sent(
        sample.table(),
        Optional.of(new String(message.key(), UTF_8)),
        message.value().map(value -> new String(value, UTF_8)));
  }

  private static List<Sent> produce(GoldenSample sample) throws Exception {
    GoldenSql sql = new GoldenSql(sample);
    try (Connection connection = standIn.connect(DATABASE);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      for (String each : sql.before()) {
        statement.execute(each);
      }
      boolean scans = sample.options().path("initial_scan").asText("no").equals("no");
      if (!scans) {
        change(sql, statement);
      }
      long job = create(sample, statement);
      if (scans) {
        change(sql, statement);
      }
      Hlc end = now(statement);
      Deadline.in(PATIENCE).await(() -> "done: " + standIn.job(job), () -> isDone(job, end));
      if (!standIn.job(job).orElseThrow().state().isFinal()) {
        standIn.cancel(job);
      }
    }
    return List.copyOf(SENT);
  }

  private static void change(GoldenSql sql, Statement statement) throws SQLException {
    for (String each : sql.change()) {
      statement.execute(each);
    }
  }

  private static boolean isDone(long job, Hlc end) {
    JobStatus status = standIn.job(job).orElseThrow();
    if (status.state() == JobState.FAILED) {
      throw new IllegalStateException(status.error());
    }
    return status.state() == JobState.SUCCEEDED
        || status.highWater().filter(time -> !end.isAfter(time)).isPresent();
  }

  private static Hlc now(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT cluster_logical_timestamp()")) {
      row.next();
      return Hlc.parse(row.getBigDecimal(1).toPlainString()).orElseThrow();
    }
  }

  private static long create(GoldenSample sample, Statement statement) throws SQLException {
    StringJoiner options = new StringJoiner(", ", " WITH ", "");
    boolean hasResolved = false;
    boolean hasScan = false;
    for (Map.Entry<String, JsonNode> option : sample.options().properties()) {
      String name = option.getKey();
      hasScan |= name.equals("initial_scan");
      if (name.equals("resolved")) {
        hasResolved = true;
        options.add("resolved = '20ms'"); // often, for the test does not want to wait
      } else if (option.getValue().isBoolean()) {
        options.add(name);
      } else {
        options.add(name + " = '" + option.getValue().asText().replace("'", "''") + "'");
      }
    }
    if (!hasScan) {
      options.add("initial_scan = 'no'");
    }
    if (!hasResolved) {
      options.add("min_checkpoint_frequency = '20ms'");
    }
    String table = '"' + sample.table().replace("\"", "\"\"") + '"';
    String uri = sample.text("sink_uri").orElse("kafka://memory");
    try (ResultSet row =
        statement.executeQuery(
            "CREATE CHANGEFEED FOR TABLE " + table + " INTO '" + uri + "'" + options)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Puts aside what is of the moment or names a cluster; everything else must be equal. */
  private static String timeless(String value) {
    String text = value;
    for (String time : List.of("updated", "mvcc_timestamp", "resolved", "ts_hlc")) {
      text = text.replaceAll("(\"" + time + "\": ?)\"\\d{1,19}\\.\\d{10}\"", "$1\"TIME\"");
    }
    text = text.replaceAll("(\"(ts_ns|crdb_internal_table_id)\": )\\d+", "$1NUMBER");
    List<String> names = new ArrayList<>(List.of("cluster_id", "cluster_name", "db_version"));
    names.addAll(List.of("job_id", "node_id", "node_name", "source_node_locality"));
    return text.replaceAll("(\"(" + String.join("|", names) + ")\": )\"[^\"]*\"", "$1\"NAME\"");
  }
}

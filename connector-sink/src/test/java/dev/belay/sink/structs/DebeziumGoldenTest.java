package dev.belay.sink.structs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.sink.change.Change;
import dev.belay.sink.change.Decoded;
import dev.belay.sink.change.Delete;
import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.change.Ignored;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Origin;
import dev.belay.sink.change.Rejected;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.TransactionEnd;
import dev.belay.sink.change.TransactionEvent;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.decode.Decoder;
import dev.belay.sink.decode.Envelope;
import dev.belay.sink.decode.FeedFormat;
import dev.belay.sink.plan.Transactions;
import dev.belay.testkit.docs.CommittedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What real Debezium connectors wrote, record by record, and what it means here. */
class DebeziumGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/debezium");
  private static final String PLACEHOLDER = "__belay_unchanged_2f6c1e58__";
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql", "postgres-schemaless"})
  void recordsMeanWhatIsWrittenBesideThem(String source) throws Exception {
    StringBuilder page = new StringBuilder();
    String note = "";
    for (Sample sample : samples(source)) {
      if (!sample.note.equals(note)) {
        note = sample.note;
        page.append("\n# ").append(note).append('\n');
      }
      page.append(sample.topic).append(": ").append(words(sample.decoded())).append('\n');
    }
    CommittedText.assertCommitted(FOLDER.resolve(source + "-meaning.txt"), page.substring(1));
  }

  /** Nothing was sent twice when the samples were taken, so each record is newer than the last. */
  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql", "postgres-schemaless"})
  void laterRecordsOfAPartitionAreNewer(String source) throws Exception {
    Map<String, HlcTimestamp> last = new HashMap<>();
    for (Sample sample : samples(source)) {
      if (sample.decoded() instanceof Change change) {
        HlcTimestamp before = last.put(sample.topic + sample.partition, change.version());
        assertThat(before == null || !before.isAfter(change.version()))
            .as(sample.note + " " + before + " " + change.version())
            .isTrue();
      }
    }
    assertThat(last).isNotEmpty();
  }

  /** One session of the samples had a replication origin, or a tag in its GTIDs. */
  @ParameterizedTest
  @ValueSource(strings = {"postgres:belay_", "mysql:belay"})
  void changesOfAMarkedSessionAreLeftOut(String sourceAndMark) throws Exception {
    String[] parts = sourceAndMark.split(":");
    Decoder filtering =
        Decoder.of(
            FeedFormat.AUTO
                .withEnvelope(Envelope.DEBEZIUM)
                .withDebezium(new FeedFormat.Debezium(PLACEHOLDER, false, List.of(parts[1]))));
    List<String> echoes = new ArrayList<>();
    for (Sample sample : samples(parts[0])) {
      if (sample.decoded(filtering) instanceof Ignored ignored && ignored.echo()) {
        echoes.add(sample.note);
      }
    }
    assertThat(echoes)
        .isNotEmpty()
        .allMatch(note -> note.contains("origin") || note.contains("tag"));
  }

  /** However the events are spread, and wherever between them the ends are. */
  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql"})
  void everyTransactionIsCompleteWithAllThatItsEndNames(String source) throws Exception {
    Decoder counting =
        Decoder.of(
            FeedFormat.AUTO
                .withEnvelope(Envelope.DEBEZIUM)
                .withDebezium(
                    new FeedFormat.Debezium(
                        PLACEHOLDER, false, List.of(), "forward.transaction", false)));
    List<TransactionEvent> events = new ArrayList<>();
    List<TransactionEnd> ends = new ArrayList<>();
    for (Sample sample : samples(source)) {
      Decoded decoded = sample.decoded(counting);
      if (decoded instanceof TransactionEvent event && sample.topic.startsWith("forward.")) {
        events.add(event);
      } else if (decoded instanceof TransactionEnd end) {
        ends.add(inOnePartition(end));
      }
    }
    // they were recorded in two partitions
    Map<String, HlcTimestamp> newest = new HashMap<>();
    events.forEach(e -> newest.merge(e.transaction(), e.version(), HlcTimestamp::max));
    ends.removeIf(end -> !newest.containsKey(end.transaction()));
    ends.sort(comparing(end -> newest.get(end.transaction())));
    Set<String> topics = events.stream().map(e -> e.origin().topic()).collect(toSet());
    Random random = new Random(29);
    for (int round = 0; round < 20; round++) {
      Transactions transactions = new Transactions("forward.transaction", topics::contains);
      List<TransactionEvent> left = new ArrayList<>(events);
      Collections.shuffle(left, random);
      Deque<TransactionEnd> next = new ArrayDeque<>(ends);
      int complete = 0;
      while (!left.isEmpty() || !next.isEmpty()) {
        if (left.isEmpty() || (!next.isEmpty() && random.nextInt(4) == 0)) {
          transactions.take(next.removeFirst());
        } else {
          transactions.take(left.remove(left.size() - 1));
        }
        for (Transactions.Complete one : transactions.complete()) {
          complete++;
          assertThat(left).noneMatch(event -> !event.version().isAfter(one.upTo()));
        }
      }
      assertThat(transactions.finding()).isEmpty();
      assertThat(ends).hasSizeGreaterThan(20);
      assertThat(complete).isEqualTo(ends.size());
    }
  }

  /** What needs the schema, and what is spelt otherwise with one. */
  @ParameterizedTest
  @CsvSource({
    "postgres-schemaless, false, comes without its schema",
    "postgres, true, comes with its schema"
  })
  void eventsOfTheOtherKindAreRejected(String source, boolean schemaless, String why)
      throws Exception {
    Decoder other =
        Decoder.of(
            FeedFormat.AUTO
                .withEnvelope(Envelope.DEBEZIUM)
                .withDebezium(
                    new FeedFormat.Debezium(PLACEHOLDER, false, List.of(), "", false, schemaless)));
    int rejected = 0;
    for (Sample sample : samples(source)) {
      boolean isChange = sample.decoded() instanceof Change;
      Decoded decoded = sample.decoded(other);
      if (isChange && sample.topic.startsWith("forward.")) {
        rejected++;
        assertThat(decoded).isInstanceOf(Rejected.class);
        assertThat(((Rejected) decoded).reason()).contains(why);
      }
    }
    assertThat(rejected).isGreaterThan(10);
  }

  private static TransactionEnd inOnePartition(TransactionEnd end) {
    return new TransactionEnd(
        new Origin(end.origin().topic(), 0, 0),
        end.transaction(),
        end.position(),
        end.committed(),
        end.events());
  }

  private record Sample(
      String topic, int partition, String key, String value, String note, Decoder decoder) {
    Decoded decoded() {
      return decoded(decoder);
    }

    Decoded decoded(Decoder by) {
      return by.decode(new Origin(topic, partition, 0), topic, bytes(key), bytes(value));
    }

    private static byte[] bytes(String textOrNull) {
      return textOrNull == null ? null : textOrNull.getBytes(UTF_8);
    }
  }

  private static List<Sample> samples(String source) throws IOException {
    Decoder lossless =
        Decoder.of(
            FeedFormat.AUTO
                .withEnvelope(Envelope.DEBEZIUM)
                .withDebezium(
                    new FeedFormat.Debezium(
                        PLACEHOLDER, false, List.of(), "", false, source.endsWith("-schemaless"))));
    Decoder defaults = Decoder.of(FeedFormat.AUTO.withEnvelope(Envelope.DEBEZIUM));
    List<Sample> samples = new ArrayList<>();
    for (String line : Files.readAllLines(FOLDER.resolve(source + ".jsonl"))) {
      JsonNode read = JSON.readTree(line);
      String topic = read.get("topic").textValue();
      samples.add(
          new Sample(
              topic,
              read.get("partition").intValue(),
              read.get("key").textValue(),
              read.get("value").textValue(),
              read.get("note").textValue(),
              topic.startsWith("defaults") ? defaults : lossless));
    }
    return samples;
  }

  private static String words(Decoded decoded) {
    if (decoded instanceof Upsert upsert) {
      return (upsert.whole() ? "" : "part of ")
          + upsert.info().op()
          + " "
          + key(upsert)
          + " "
          + row(upsert.row());
    }
    if (decoded instanceof Delete delete) {
      return delete.info().op() + " " + key(delete) + " was " + row(delete.info().before().row());
    }
    if (decoded instanceof Rejected rejected) {
      return "rejected: " + rejected.reason();
    }
    return "nothing: " + ((Ignored) decoded).reason();
  }

  private static String key(Change change) {
    KeyParts key = change.info().key();
    return change.info().table() + row(new Row(key.names(), key.values()));
  }

  private static String row(Row row) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < row.names().size(); i++) {
      text.append(i == 0 ? "" : ", ").append(row.names().get(i)).append('=');
      String value = row.values().get(i).text();
      text.append(value.length() > 120 ? value.substring(0, 40) + "... " + value.length() : value);
    }
    return text.append('}').toString();
  }
}

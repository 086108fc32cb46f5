package dev.belay.source.sinkless;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.testkit.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** All committed records of some topics, partition by partition. */
record Contents(Map<String, List<Message>> places) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  record Message(String key, String value) {
    boolean isResolved() {
      return key.isEmpty();
    }

    HlcTimestamp time() {
      byte[] bytes = value.getBytes(UTF_8);
      return (isResolved() ? CommitTime.resolved(bytes) : CommitTime.of(bytes)).orElseThrow();
    }
  }

  /** Reads until every partition has a resolved message at or above a time. */
  static Contents until(String bootstrap, HlcTimestamp time, String... topics) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                20_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      Deadline deadline = Deadline.in(PATIENCE);
      for (String topic : topics) {
        deadline.await(topic + " is there", () -> !consumer.partitionsFor(topic).isEmpty());
      }
      List<TopicPartition> all =
          Arrays.stream(topics)
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<String, List<Message>> places = new TreeMap<>();
      all.forEach(place -> places.put(place.toString(), new ArrayList<>()));
      Contents contents = new Contents(places);
      while (!contents.isResolved(time)) {
        if (deadline.hasPassed()) {
          throw new AssertionError(
              "Not all partitions are resolved at " + time + ": " + contents.resolved());
        }
        for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(100))) {
          places
              .get(found.topic() + "-" + found.partition())
              .add(new Message(text(found.key()), text(found.value())));
        }
      }
      return contents;
    }
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, UTF_8);
  }

  private boolean isResolved(HlcTimestamp time) {
    return places.values().stream()
        .allMatch(
            messages -> messages.stream().anyMatch(m -> m.isResolved() && !time.isAfter(m.time())));
  }

  private Map<String, Integer> resolved() {
    return places.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                e -> (int) e.getValue().stream().filter(Message::isResolved).count()));
  }

  /** Rows up to a time, of each key in their order, by partition and key without a prefix. */
  Map<String, List<String>> rowsByKey(HlcTimestamp upTo, String prefix) {
    Map<String, List<String>> rows = new TreeMap<>();
    places.forEach(
        (place, messages) ->
            messages.stream()
                .filter(m -> !m.isResolved() && !m.time().isAfter(upTo))
                .forEach(
                    m ->
                        rows.computeIfAbsent(
                                place.substring(prefix.length()) + " " + m.key(),
                                k -> new ArrayList<>())
                            .add(m.value())));
    return rows;
  }

  /** Places where a row follows a resolved time at or above its own. */
  List<String> brokenPromises() {
    List<String> broken = new ArrayList<>();
    places.forEach(
        (place, messages) -> {
          HlcTimestamp resolved = new HlcTimestamp(0, 0);
          for (Message message : messages) {
            if (message.isResolved()) {
              resolved = message.time().isAfter(resolved) ? message.time() : resolved;
            } else if (!message.time().isAfter(resolved)) {
              broken.add(place + " " + message.key() + " at " + message.time());
            }
          }
        });
    return broken;
  }

  boolean hasRows() {
    return places.values().stream().flatMap(List::stream).anyMatch(m -> !m.isResolved());
  }

  /** The time of the earliest row, which is a scan's where there is one. */
  HlcTimestamp earliest() {
    return places.values().stream()
        .flatMap(List::stream)
        .filter(m -> !m.isResolved())
        .map(Message::time)
        .min(HlcTimestamp::compareTo)
        .orElseThrow();
  }

  /**
   * What a reader should have that began with a scan, made of all changes since the table was made.
   */
  static Map<String, List<String>> afterScan(Map<String, List<String>> changes, HlcTimestamp scan) {
    Map<String, List<String>> expected = new TreeMap<>();
    changes.forEach(
        (key, values) -> {
          List<String> left = new ArrayList<>();
          String row = "";
          for (String value : values) {
            HlcTimestamp time = CommitTime.of(value.getBytes(UTF_8)).orElseThrow();
            if (time.isAfter(scan)) {
              left.add(value);
            } else {
              row = value.replace(time.toString(), scan.toString());
            }
          }
          if (!row.isEmpty() && !row.startsWith("{\"after\": null")) {
            left.add(0, row);
          }
          if (!left.isEmpty()) {
            expected.put(key, left);
          }
        });
    return expected;
  }

  /** Without what an at-least-once writer has repeated: rows of a key only grow newer. */
  static Map<String, List<String>> withoutRepeats(Map<String, List<String>> rows) {
    Map<String, List<String>> once = new TreeMap<>();
    rows.forEach(
        (key, values) -> {
          HlcTimestamp newest = new HlcTimestamp(0, 0);
          List<String> kept = new ArrayList<>();
          for (String value : values) {
            HlcTimestamp time = CommitTime.of(value.getBytes(UTF_8)).orElseThrow();
            if (time.isAfter(newest)) {
              kept.add(value);
              newest = time;
            }
          }
          once.put(key, kept);
        });
    return once;
  }

  /** In words, where two readings differ; none if they are the same in everything. */
  static List<String> differences(
      Map<String, List<String>> found, Map<String, List<String>> expected) {
    List<String> differences = new ArrayList<>();
    Map<String, List<String>> all = new TreeMap<>(expected);
    all.putAll(found);
    for (String key : all.keySet()) {
      List<String> here = found.getOrDefault(key, List.of());
      List<String> there = expected.getOrDefault(key, List.of());
      if (!here.equals(there)) {
        List<String> missing = new ArrayList<>(there);
        here.forEach(missing::remove);
        List<String> tooMuch = new ArrayList<>(here);
        there.forEach(tooMuch::remove);
        differences.add(
            key
                + ": "
                + there.size()
                + " expected, "
                + here.size()
                + " found, missing "
                + times(missing)
                + ", too much "
                + times(tooMuch));
      }
    }
    return differences;
  }

  private static List<HlcTimestamp> times(List<String> values) {
    return values.stream()
        .limit(5)
        .map(value -> CommitTime.of(value.getBytes(UTF_8)).orElseThrow())
        .toList();
  }
}

package dev.belay.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.source.StatusTopic.KafkaAwayException;
import dev.belay.source.config.SourceConfig;
import dev.belay.source.feed.FoundJob;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import dev.belay.source.supervise.Agreement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Agrees by the log of the status topic's first partition: who would make a job writes there when
 * it is to begin, reads to the end, and takes the first time in the log that names its tables. So
 * whoever writes later takes the time of whoever wrote earlier, whatever each of them does in
 * between and wherever one dies.
 *
 * <p>A time counts for a while only, and for no fresh start: not once a job that began at it is
 * listed, not once the cluster has refused it, not once a person has deleted the offsets of its
 * tables ({@link #takeBack}), and not when what it needs might be garbage-collected soon. Each has
 * a key of its own, so that compaction keeps all, and is deleted when the tables have a job.
 */
final class AgreedTimes implements Agreement {
  private static final Logger LOG = LoggerFactory.getLogger(AgreedTimes.class);
  private static final JsonMapper JSON = new JsonMapper();

  /** Longer than any worker takes from here to the end of its statement. */
  private static final Duration COUNTS_FOR = Duration.ofMinutes(30);

  /** Where the user may not see for how long a table's past is kept: no less than anybody sets. */
  private static final Duration UNKNOWN_KEPT = Duration.ofMinutes(10);

  private static final int PARTITION = 0;
  private static final String FEED = "feed";
  private static final String BEGINS = "begins";
  private static final byte[] NOTHING = null;

  /** What somebody has said; each is the only one with its time. */
  private record Said(HlcTimestamp time, Set<TableName> tables) {}

  private final SourceConfig config;
  private final String database;
  private final MadeTopic topic;

  /** By key, in the order of the log. */
  private final Map<String, Said> log = new LinkedHashMap<>();

  private final Map<TableName, HlcTimestamp> taken = new HashMap<>();
  private final Set<HlcTimestamp> own = new HashSet<>();
  private final Set<HlcTimestamp> useless = new HashSet<>();
  private final Set<HlcTimestamp> served = new TreeSet<>();
  private final Set<HlcTimestamp> told = new HashSet<>();
  private boolean alone;

  AgreedTimes(SourceConfig config, String database, MadeTopic topic) {
    this.config = config;
    this.database = database;
    this.topic = topic;
  }

  @Override
  public Map<TableName, HlcTimestamp> on(Set<TableName> tables, Survey survey) {
    own.add(survey.now());
    Map<TableName, HlcTimestamp> times = new HashMap<>(Agreement.NONE.on(tables, survey));
    if (topic.isThere()) {
      try {
        times.putAll(agree(tables, survey));
        alone = false;
      } catch (KafkaAwayException e) {
        warnOnce(e.getMessage());
      }
    } else {
      warnOnce("the status topic is not there yet");
    }
    taken.putAll(times);
    return times;
  }

  private void warnOnce(String why) {
    if (!alone) {
      LOG.warn("A job begins at a time that no other worker can be asked about: {}", why);
      alone = true;
    }
  }

  private Map<TableName, HlcTimestamp> agree(Set<TableName> tables, Survey survey)
      throws KafkaAwayException {
    log.clear();
    try (StatusLog status = StatusLog.since(config, survey.now().instant().minus(COUNTS_FOR))) {
      status.toEnd(this::hear);
      Set<TableName> unsaid = new TreeSet<>(tables);
      unsaid.removeAll(first(tables, survey).keySet());
      if (!unsaid.isEmpty()) {
        say(survey.now(), unsaid);
        status.toEnd(this::hear);
      }
    }
    Map<TableName, HlcTimestamp> agreed = first(tables, survey);
    agreed.forEach(
        (table, time) -> {
          if (!own.contains(time)) {
            LOG.info("Table {} begins at {}, as another worker has said", table, time);
          }
        });
    return agreed;
  }

  /** The first time in the log for each table that has one. */
  private Map<TableName, HlcTimestamp> first(Set<TableName> tables, Survey survey) {
    Map<TableName, HlcTimestamp> first = new HashMap<>();
    for (Said said : log.values()) {
      for (TableName table : said.tables()) {
        if (tables.contains(table) && counts(said.time(), table, survey)) {
          first.putIfAbsent(table, said.time());
        }
      }
    }
    return first;
  }

  private boolean counts(HlcTimestamp time, TableName table, Survey survey) {
    Duration age = time.until(survey.now());
    Duration kept = survey.gcTtl().getOrDefault(table, UNKNOWN_KEPT);
    boolean isYoung = age.compareTo(COUNTS_FOR) < 0 && age.multipliedBy(2).compareTo(kept) < 0;
    return isYoung
        && !useless.contains(time)
        && survey.jobs().stream()
            .noneMatch(
                job -> job.tables().contains(table) && job.cursor().equals(Optional.of(time)));
  }

  private void say(HlcTimestamp time, Set<TableName> tables) throws KafkaAwayException {
    StatusLog.write(config, List.of(word(config, key(time), time, tables)));
  }

  /** With the cluster's own time, by which it is looked for: workers' clocks differ. */
  private static ProducerRecord<byte[], byte[]> word(
      SourceConfig config, JsonNode key, HlcTimestamp time, Set<TableName> tables) {
    ObjectNode value = JSON.createObjectNode();
    ArrayNode names = value.putArray("tables");
    tables.forEach(table -> names.add(table.toString()));
    return new ProducerRecord<>(
        config.statusTopic(),
        PARTITION,
        time.instant().toEpochMilli(),
        bytes(key),
        tables.isEmpty() ? NOTHING : bytes(value));
  }

  /**
   * Takes back what was said of tables whose offsets a person deletes. A worker that died before it
   * had made its job would else have the fresh start begin when that one was to, which may be
   * before the target was emptied. No task of the connector runs meanwhile.
   *
   * @throws KafkaAwayException if Kafka does not answer, or refuses
   */
  static void takeBack(SourceConfig config, Predicate<TableName> deleted)
      throws KafkaAwayException {
    Map<JsonNode, Said> words = new LinkedHashMap<>();
    List<ProducerRecord<byte[], byte[]>> instead = new ArrayList<>();
    try (StatusLog status = StatusLog.since(config, Instant.now().minus(COUNTS_FOR))) {
      status.toEnd(
          record -> {
            JsonNode key = read(record.key());
            Optional<HlcTimestamp> time = HlcTimestamp.parse(key.path(BEGINS).asText());
            boolean isOurs = key.path(FEED).asText().equals(config.feedId());
            if (record.partition() == PARTITION && isOurs && time.isPresent()) {
              words.put(key, new Said(time.get(), tables(record.value())));
            }
          });
      words.forEach(
          (key, said) -> {
            Set<TableName> left = new TreeSet<>(said.tables());
            if (left.removeIf(deleted)) {
              instead.add(word(config, key, said.time(), left));
            }
          });
    }
    if (!instead.isEmpty()) {
      StatusLog.write(config, instead);
    }
  }

  private ObjectNode key(HlcTimestamp time) {
    return JSON.createObjectNode()
        .put(FEED, config.feedId())
        .put("database", database)
        .put(BEGINS, time.toString());
  }

  private void hear(ConsumerRecord<byte[], byte[]> record) {
    JsonNode key = read(record.key());
    Optional<HlcTimestamp> time = HlcTimestamp.parse(key.path(BEGINS).asText());
    if (record.partition() != PARTITION || time.isEmpty() || !key.equals(key(time.get()))) {
      return;
    }
    if (record.value() == null) {
      log.remove(key.toString());
      return;
    }
    log.put(key.toString(), new Said(time.get(), tables(record.value())));
  }

  /** None of a word that was taken back. */
  private static Set<TableName> tables(byte[] value) {
    Set<TableName> tables = new TreeSet<>();
    read(value)
        .path("tables")
        .forEach(name -> TableName.parse(name.asText(), "").ifPresent(tables::add));
    return tables;
  }

  @Override
  public boolean refused(Set<TableName> tables, HlcTimestamp time) {
    // a job that goes on from elsewhere says nothing of what was agreed on once
    boolean wasAgreed = tables.stream().anyMatch(table -> time.equals(taken.get(table)));
    taken.keySet().removeAll(tables);
    if (!wasAgreed) {
      return false;
    }
    useless.add(time);
    served.add(time);
    return !own.contains(time);
  }

  /**
   * Those of jobs too that a worker of before has made: it may have died before it could say so.
   */
  @Override
  public void seen(Survey survey) {
    List<FoundJob> live = survey.jobs().stream().filter(job -> !job.state().isFinal()).toList();
    live.forEach(job -> job.cursor().ifPresent(served::add));
    Set<TableName> sent =
        live.stream().flatMap(job -> job.tables().stream()).collect(Collectors.toSet());
    log.values()
        .removeIf(
            said -> {
              boolean isOver =
                  sent.containsAll(said.tables())
                      || said.time().until(survey.now()).compareTo(COUNTS_FOR) >= 0;
              if (isOver) {
                served.add(said.time());
              }
              return isOver;
            });
  }

  /** Deletes what has served, each once. */
  List<SourceRecord> served() {
    List<SourceRecord> records = new ArrayList<>();
    for (HlcTimestamp time : served) {
      if (told.add(time)) {
        records.add(
            new SourceRecord(
                null,
                null,
                config.statusTopic(),
                PARTITION,
                Schema.BYTES_SCHEMA,
                bytes(key(time)),
                Schema.OPTIONAL_BYTES_SCHEMA,
                NOTHING));
      }
    }
    served.clear();
    return records;
  }

  private static byte[] bytes(JsonNode text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Nothing where there is no JSON. */
  private static JsonNode read(byte[] text) {
    try {
      return text == null ? JSON.missingNode() : JSON.readTree(text);
    } catch (IOException notOurs) {
      return JSON.missingNode();
    }
  }
}

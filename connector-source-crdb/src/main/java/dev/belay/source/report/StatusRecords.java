package dev.belay.source.report;

import static dev.belay.source.report.StatusField.AT;
import static dev.belay.source.report.StatusField.CONNECTOR;
import static dev.belay.source.report.StatusField.CURSOR;
import static dev.belay.source.report.StatusField.DELIVERY;
import static dev.belay.source.report.StatusField.ERROR;
import static dev.belay.source.report.StatusField.FEED;
import static dev.belay.source.report.StatusField.GC_WINDOW_LEFT;
import static dev.belay.source.report.StatusField.JOB;
import static dev.belay.source.report.StatusField.RECREATIONS;
import static dev.belay.source.report.StatusField.REMEDY;
import static dev.belay.source.report.StatusField.RESUMES;
import static dev.belay.source.report.StatusField.SECONDS_BEHIND;
import static dev.belay.source.report.StatusField.STATE;
import static dev.belay.source.report.StatusField.TABLES;
import static dev.belay.source.report.StatusField.WAITING;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.TableName;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Turns status into records of the status topic, which carry the tables' offsets: Connect stores an
 * offset only beside a record. The task's thread only.
 */
public final class StatusRecords {
  private static final JsonMapper JSON = new JsonMapper();
  private static final byte[] NOTHING = null;

  private final String connector;
  private final String feed;
  private final String delivery;
  private final String topic;
  private final Duration interval;
  private final Clock clock;
  private final Map<String, FeedStatus> told = new HashMap<>();
  private Instant toldAt = Instant.EPOCH;
  private Set<Long> replaced = Set.of();
  private Set<TableName> begun = Set.of();
  private Optional<Integer> task = Optional.empty();

  /**
   * @param clock for the record's own time, and for the interval
   */
  public StatusRecords(
      String connector,
      String feed,
      String delivery,
      String topic,
      Duration interval,
      Clock clock) {
    this.connector = connector;
    this.feed = feed;
    this.delivery = delivery;
    this.topic = topic;
    this.interval = interval;
    this.clock = clock;
  }

  /** Marks offsets of jobs whose end the connector has asked for itself. */
  public void replaced(Set<Long> jobs) {
    replaced = Set.copyOf(jobs);
  }

  /** Tables whose jobs have not come to a cursor: their offsets say so, until they have. */
  public void begun(Set<TableName> tables) {
    begun = Set.copyOf(tables);
  }

  /** For a task that has no jobs: its number is the key instead. */
  public StatusRecords ofTask(int number) {
    task = Optional.of(number);
    return this;
  }

  /**
   * Forgets jobs that a task of before may have told of, so that their last words do not stay in
   * the topic for ever. Those of which {@link #of} speaks afterwards are there again.
   */
  public List<SourceRecord> forget(Collection<Long> jobs) {
    Instant now = clock.instant();
    List<SourceRecord> records = new ArrayList<>();
    for (long job : jobs) {
      String key = jobKey(String.valueOf(job)).toString();
      told.remove(key);
      records.add(record(Map.of(), Map.of(), key, NOTHING, now));
    }
    return records;
  }

  /** Forgets tasks that the connector has no more. */
  public List<SourceRecord> forgetTasks(Collection<Integer> numbers) {
    Instant now = clock.instant();
    return numbers.stream()
        .map(number -> record(Map.of(), Map.of(), taskKey(number), NOTHING, now))
        .toList();
  }

  private String taskKey(int number) {
    return JSON.createObjectNode().put("connector", connector).put("task", number).toString();
  }

  private ObjectNode jobKey(String job) {
    return JSON.createObjectNode().put("connector", connector).put("job", job);
  }

  /** The records to write now; none if nothing changed and the interval has not passed. */
  public List<SourceRecord> of(List<FeedStatus> all) {
    Instant now = clock.instant();
    boolean due = !now.isBefore(toldAt.plus(interval));
    List<SourceRecord> records = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (FeedStatus status : all) {
      String key = key(status);
      keys.add(key);
      FeedStatus before = told.get(key);
      if (due || before == null || !before.saysTheSameAs(status)) {
        write(key, status, now, records);
        told.put(key, status);
      }
    }
    for (String gone : Set.copyOf(told.keySet())) {
      if (!keys.contains(gone)) {
        told.remove(gone);
        records.add(record(Map.of(), Map.of(), gone, NOTHING, now));
      }
    }
    if (due) {
      toldAt = now;
    }
    return records;
  }

  /** Of a job by its id; tables without a job share one. */
  private String key(FeedStatus status) {
    if (task.isPresent()) {
      return taskKey(task.get());
    }
    ObjectNode key = jobKey(status.id().map(String::valueOf).orElse(""));
    if (status.id().isEmpty()) {
      key.put("tables", String.join(",", names(status.tables())));
    }
    return key.toString();
  }

  private void write(String key, FeedStatus status, Instant now, List<SourceRecord> records) {
    byte[] value = value(status, now).toString().getBytes(StandardCharsets.UTF_8);
    Map<TableName, Map<String, String>> offsets = offsets(status);
    if (offsets.isEmpty()) {
      records.add(record(Map.of(), Map.of(), key, value, now));
      return;
    }
    // a record has room for one offset: the others travel with tombstones, which compaction takes
    TableName last = status.tables().last();
    offsets.forEach(
        (table, offset) -> {
          boolean carries = table.equals(last);
          records.add(
              record(
                  SourceOffsets.partition(feed, table),
                  offset,
                  carries ? key : carrier(key, table),
                  carries ? value : NOTHING,
                  now));
        });
    if (!offsets.containsKey(last)) {
      records.add(record(Map.of(), Map.of(), key, value, now));
    }
  }

  /** Where each table of a job has come to, in their order; without those that came to nothing. */
  private Map<TableName, Map<String, String>> offsets(FeedStatus status) {
    Map<TableName, Map<String, String>> offsets = new TreeMap<>();
    status
        .id()
        .ifPresent(
            job -> {
              for (TableName table : status.tables()) {
                status
                    .cursor()
                    .map(cursor -> SourceOffsets.reached(cursor, job))
                    .or(
                        () ->
                            begun.contains(table)
                                ? Optional.of(SourceOffsets.begun(job))
                                : Optional.empty())
                    .map(offset -> replaced.contains(job) ? SourceOffsets.replaced(offset) : offset)
                    .ifPresent(offset -> offsets.put(table, offset));
              }
            });
    return offsets;
  }

  private static String carrier(String key, TableName table) {
    try {
      return ((ObjectNode) JSON.readTree(key)).put("table", table.toString()).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("keys are always JSON", e);
    }
  }

  private ObjectNode value(FeedStatus status, Instant now) {
    ObjectNode value = JSON.createObjectNode();
    value.put(CONNECTOR.shown(), connector);
    value.put(FEED.shown(), feed);
    value.put(DELIVERY.shown(), delivery);
    value.put(STATE.shown(), status.state().name());
    status.id().ifPresent(id -> value.put(JOB.shown(), String.valueOf(id)));
    names(status.tables()).forEach(value.putArray(TABLES.shown())::add);
    if (!status.waiting().isEmpty()) {
      names(status.waiting()).forEach(value.putArray(WAITING.shown())::add);
    }
    status.cursor().map(HlcTimestamp::toString).ifPresent(time -> value.put(CURSOR.shown(), time));
    status.secondsBehind().ifPresent(seconds -> value.put(SECONDS_BEHIND.shown(), seconds));
    status.gcWindowLeft().ifPresent(seconds -> value.put(GC_WINDOW_LEFT.shown(), seconds));
    putIfSaid(value, ERROR, status.error());
    putIfSaid(value, REMEDY, status.remedy());
    value.put(RESUMES.shown(), status.resumes());
    value.put(RECREATIONS.shown(), status.recreations());
    value.put(AT.shown(), now.toString());
    return value;
  }

  private static void putIfSaid(ObjectNode value, StatusField field, String text) {
    if (!text.isEmpty()) {
      value.put(field.shown(), text);
    }
  }

  private static List<String> names(Collection<TableName> tables) {
    return tables.stream().map(TableName::toString).toList();
  }

  /** Without offset where the maps are empty. */
  private SourceRecord record(
      Map<String, ?> partition, Map<String, ?> offset, String key, byte[] value, Instant now) {
    return new SourceRecord(
        partition.isEmpty() ? null : partition,
        offset.isEmpty() ? null : offset,
        topic,
        null,
        Schema.BYTES_SCHEMA,
        key.getBytes(StandardCharsets.UTF_8),
        Schema.OPTIONAL_BYTES_SCHEMA,
        value,
        now.toEpochMilli());
  }
}

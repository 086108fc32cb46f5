package dev.belay.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.testkit.standin.capture.Entry;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.Row;
import dev.belay.testkit.standin.row.RowChange;
import dev.belay.testkit.standin.row.TableShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Holds all that a topic has of one table against the stand-in's commit log.
 *
 * <ul>
 *   <li>Complete: every version that was committed after the scan is there, and every row that was
 *       there at the scan.
 *   <li>True: every message is the row as it was at the message's time, and that is the time of a
 *       commit of the row, or of a scan.
 *   <li>Ordered: of what is no repetition, the versions of a row come in the order of their
 *       commits.
 *   <li>Promised: below a resolved time nothing comes afterwards but repetitions.
 * </ul>
 */
final class CommitLogAudit {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern CURSOR = Pattern.compile("\\bcursor = '([0-9.]+)'");
  private static final String GONE = "gone";

  /** One record of the topic. */
  record Message(int partition, String key, String value) {
    static Message of(ConsumerRecord<byte[], byte[]> record) {
      return new Message(record.partition(), text(record.key()), text(record.value()));
    }

    private static String text(byte[] bytes) {
      return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    /** Whether it says that everything up to a time has come. */
    boolean resolves(Hlc end) {
      JsonNode value = read(value());
      return value.has("resolved") && !end.isAfter(time(value, "resolved"));
    }
  }

  /** A row's key and the time of one of its versions. */
  private record Version(String key, Hlc time) {}

  private final Map<String, NavigableMap<Hlc, String>> history = new TreeMap<>();
  private final Set<Hlc> scans;
  private final Hlc begin;
  private final Hlc end;
  private final List<String> findings = new ArrayList<>();

  /**
   * @param log of the stand-in, all of it
   * @param table its name alone
   * @param scans the times as of which jobs have sent all rows; none if no job has
   * @param begin the time from which changes must be there
   * @param end up to which the topic must be complete
   */
  CommitLogAudit(Collection<Entry> log, String table, Set<Hlc> scans, Hlc begin, Hlc end) {
    this.scans = new TreeSet<>(scans);
    this.begin = begin;
    this.end = end;
    for (Entry entry : log) {
      for (RowChange change : entry.changes()) {
        if (change.shape().name().equals(table)) {
          history
              .computeIfAbsent(key(change), key -> new TreeMap<>())
              .put(entry.time(), change.after().map(row -> text(change.shape(), row)).orElse(GONE));
        }
      }
    }
  }

  /** Of the jobs of one feed over one table, the oldest of which began everything. */
  static CommitLogAudit of(
      Collection<Entry> log, String table, Collection<JobStatus> jobs, Hlc end) {
    Set<Hlc> scans = new TreeSet<>();
    Set<Hlc> cursors = new TreeSet<>();
    for (JobStatus job : jobs) {
      Matcher cursor = CURSOR.matcher(job.description());
      if (!cursor.find()) {
        throw new IllegalArgumentException("job " + job.id() + " has no cursor");
      }
      Hlc time = Hlc.parse(cursor.group(1)).orElseThrow();
      cursors.add(time);
      if (job.description().contains("initial_scan = 'yes'")) {
        scans.add(time);
      }
    }
    Hlc first = cursors.iterator().next();
    return new CommitLogAudit(log, table, scans, first, end);
  }

  /** What is not as it must be; nothing if all is well. */
  List<String> findings(Collection<Message> topic) {
    findings.clear();
    Set<Version> seen = new HashSet<>();
    Map<String, Hlc> newest = new HashMap<>();
    Map<Integer, Hlc> resolved = new HashMap<>();
    for (Message message : topic) {
      JsonNode value = read(message.value());
      if (value.has("resolved")) {
        resolved.merge(message.partition(), time(value, "resolved"), CommitLogAudit::later);
        continue;
      }
      Version version = new Version(message.key(), time(value, "updated"));
      check(version, value);
      if (seen.add(version)) {
        Hlc promised = resolved.getOrDefault(message.partition(), new Hlc(0, 0));
        if (!version.time().isAfter(promised)) {
          findings.add("not promised: " + version + " after resolved " + promised);
        }
        Hlc before = newest.getOrDefault(version.key(), new Hlc(0, 0));
        if (!version.time().isAfter(before)) {
          findings.add("out of order: " + version + " after " + before);
        }
        newest.put(version.key(), later(before, version.time()));
      }
    }
    complete(seen);
    return List.copyOf(findings);
  }

  private void check(Version version, JsonNode value) {
    NavigableMap<Hlc, String> versions = history.getOrDefault(version.key(), new TreeMap<>());
    boolean isCommit = versions.containsKey(version.time());
    Map.Entry<Hlc, String> then = versions.floorEntry(version.time());
    if (!isCommit && !scans.contains(version.time())) {
      findings.add("never committed: " + version);
    } else if (then == null || !then.getValue().equals(text(value.path("after")))) {
      findings.add("not as it was committed: " + version);
    }
  }

  private void complete(Set<Version> seen) {
    history.forEach(
        (key, versions) -> {
          versions.forEach(
              (time, row) -> {
                if (time.isAfter(begin) && !time.isAfter(end)) {
                  require(seen, new Version(key, time));
                }
              });
          Optional.ofNullable(versions.floorEntry(begin))
              .filter(row -> scans.contains(begin) && !row.getValue().equals(GONE))
              .ifPresent(row -> require(seen, new Version(key, begin)));
        });
  }

  private void require(Set<Version> seen, Version version) {
    if (!seen.contains(version)) {
      findings.add("missing: " + version);
    }
  }

  private static Hlc later(Hlc a, Hlc b) {
    return a.isAfter(b) ? a : b;
  }

  private static Hlc time(JsonNode value, String field) {
    return Hlc.parse(value.path(field).asText()).orElseThrow();
  }

  private static String key(RowChange change) {
    // keys are numbers here, which a changefeed writes as they are
    return "[" + String.join(", ", change.image().keyOf(change.shape())) + "]";
  }

  private static String text(TableShape shape, Row row) {
    Map<String, String> columns = new TreeMap<>();
    List<Column> all = shape.columns();
    for (int i = 0; i < all.size(); i++) {
      columns.put(all.get(i).name(), row.text(i).orElse("NULL"));
    }
    return columns.toString();
  }

  private static String text(JsonNode after) {
    if (!after.isObject()) {
      return GONE;
    }
    Map<String, String> columns = new TreeMap<>();
    after
        .properties()
        .forEach(
            column ->
                columns.put(
                    column.getKey(),
                    column.getValue().isNull() ? "NULL" : column.getValue().asText()));
    return columns.toString();
  }

  private static JsonNode read(String value) {
    try {
      return JSON.readTree(value);
    } catch (IOException e) {
      throw new IllegalStateException("no JSON in the topic", e);
    }
  }
}

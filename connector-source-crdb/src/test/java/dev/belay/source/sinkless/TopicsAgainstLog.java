package dev.belay.source.sinkless;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.capture.Entry;
import dev.belay.testkit.standin.encode.ChangefeedEncoder;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.encode.Envelope;
import dev.belay.testkit.standin.encode.Event;
import dev.belay.testkit.standin.encode.FeedFormat;
import dev.belay.testkit.standin.encode.Message;
import dev.belay.testkit.standin.row.Hlc;
import dev.belay.testkit.standin.row.RowChange;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds all that topics have against the stand-in's commit log, message by message and byte by
 * byte. It asks nobody in which order things happened: where a topic's rows begin is read off the
 * topic.
 *
 * <ul>
 *   <li>Complete: every row as of the time of the scan, stamped with that time, and every version
 *       that was committed afterwards.
 *   <li>Nothing else: no other version, and none that is not to the byte what a changefeed sends.
 *   <li>Once: what comes a second time is counted, and is never expected.
 *   <li>Ordered: the versions of a key, repetitions aside, in the order of their commits, and all
 *       in one partition.
 *   <li>Promised: nothing new at or below a resolved time that was told before it.
 * </ul>
 */
final class TopicsAgainstLog {
  private static final ChangefeedEncoder ENCODER =
      new ChangefeedEncoder(
          FeedFormat.of(Envelope.WRAPPED, FeedFormat.With.UPDATED),
          new Cluster("", "", "v26.2.0", "1", "", ""),
          ChangefeedEncoder.NO_JOB);

  /**
   * What was found of one table.
   *
   * @param differences none if the topic is right
   * @param repeats messages that are there a second time
   * @param messages rows in all
   */
  record Findings(List<String> differences, int repeats, int messages) {}

  private record Version(String key, HlcTimestamp time) {}

  private record State(boolean gone, String value) {}

  private final Collection<Entry> log;
  private final HlcTimestamp end;

  /**
   * @param log all of it
   * @param end up to which topics are judged
   */
  TopicsAgainstLog(Collection<Entry> log, HlcTimestamp end) {
    this.log = List.copyOf(log);
    this.end = end;
  }

  /** Of what was committed up to a time. */
  static TopicsAgainstLog of(StandIn cluster, HlcTimestamp end) throws SQLException {
    return new TopicsAgainstLog(cluster.commits(), end);
  }

  /**
   * A topic that began with all rows of its table, whenever that was: as of the time of its
   * earliest row. For a table that was empty then, that is the first commit, as of which the same
   * is true.
   */
  Findings scanned(Contents contents, String topic, String table) {
    Contents own = own(contents, topic);
    Map<String, NavigableMap<HlcTimestamp, State>> history = history(topic, table);
    Map<Version, String> expected = new HashMap<>();
    HlcTimestamp scan = own.hasRows() ? own.earliest() : new HlcTimestamp(0, 0);
    history.forEach(
        (key, versions) -> {
          Map.Entry<HlcTimestamp, State> then = versions.floorEntry(scan);
          if (then != null && !then.getValue().gone()) {
            expected.put(
                new Version(key, scan), stamped(then.getValue().value(), then.getKey(), scan));
          }
        });
    expected.putAll(after(history, scan));
    return judge(own, expected, scan.isAfter(end) ? scan : end);
  }

  /** A topic that began with the first change after a time. */
  Findings from(HlcTimestamp cursor, Contents contents, String topic, String table) {
    return judge(own(contents, topic), after(history(topic, table), cursor), end);
  }

  private static Contents own(Contents contents, String topic) {
    Map<String, List<Contents.Message>> places = new TreeMap<>(contents.places());
    places.keySet().removeIf(place -> !place.substring(0, place.lastIndexOf('-')).equals(topic));
    return new Contents(places);
  }

  private Map<String, NavigableMap<HlcTimestamp, State>> history(String topic, String table) {
    Map<String, NavigableMap<HlcTimestamp, State>> history = new TreeMap<>();
    for (Entry entry : log) {
      for (RowChange change : entry.changes()) {
        if (change.shape().name().equals(table)) {
          Hlc time = entry.time();
          Message sent = ENCODER.encode(new Event(change, time, time, topic, 0));
          history
              .computeIfAbsent(new String(sent.key(), UTF_8), key -> new TreeMap<>())
              .put(
                  new HlcTimestamp(time.wallNanos(), time.logical()),
                  new State(
                      change.after().isEmpty(), new String(sent.value().orElseThrow(), UTF_8)));
        }
      }
    }
    return history;
  }

  private Map<Version, String> after(
      Map<String, NavigableMap<HlcTimestamp, State>> history, HlcTimestamp begin) {
    Map<Version, String> expected = new HashMap<>();
    history.forEach(
        (key, versions) ->
            versions
                .tailMap(begin, false)
                .forEach((time, state) -> expected.put(new Version(key, time), state.value())));
    return expected;
  }

  private static String stamped(String value, HlcTimestamp committed, HlcTimestamp scan) {
    int at = value.lastIndexOf(committed.toString());
    return value.substring(0, at) + scan + value.substring(at + committed.toString().length());
  }

  private static Findings judge(Contents topic, Map<Version, String> expected, HlcTimestamp until) {
    List<String> differences = new ArrayList<>();
    Set<Version> seen = new HashSet<>();
    Map<String, String> homes = new HashMap<>();
    int repeats = 0;
    for (Map.Entry<String, List<Contents.Message>> place : topic.places().entrySet()) {
      Map<String, HlcTimestamp> newest = new HashMap<>();
      HlcTimestamp resolved = new HlcTimestamp(0, 0);
      for (Contents.Message message : place.getValue()) {
        HlcTimestamp time = message.time();
        if (message.isResolved()) {
          resolved = time.isAfter(resolved) ? time : resolved;
          continue;
        }
        Version version = new Version(message.key(), time);
        if (time.isAfter(until)) {
          continue;
        }
        if (!message.value().equals(expected.get(version))) {
          differences.add("not as committed, or not after the beginning: " + version);
        }
        if (!place.getKey().equals(homes.computeIfAbsent(message.key(), k -> place.getKey()))) {
          differences.add("in a second partition: " + version);
        }
        if (!seen.add(version)) {
          repeats++;
        } else {
          if (!time.isAfter(resolved)) {
            differences.add("after resolved " + resolved + ": " + version);
          }
          HlcTimestamp before = newest.getOrDefault(message.key(), new HlcTimestamp(0, 0));
          if (!time.isAfter(before)) {
            differences.add("after " + before + ": " + version);
          }
          newest.put(message.key(), time.isAfter(before) ? time : before);
        }
      }
    }
    for (Version version : expected.keySet()) {
      if (!version.time().isAfter(until) && !seen.contains(version)) {
        differences.add("missing: " + version);
      }
    }
    return new Findings(differences, repeats, seen.size() + repeats);
  }
}

package dev.belay.testkit.standin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.TopicReader.Message;
import dev.belay.testkit.standin.row.Hlc;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is allowed to a changefeed and surprises its readers; and the one thing that is not. */
class MisbehaviourIT {

  private static final int VERSIONS = 40;

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    standIn = StandIn.start();
  }

  @AfterAll
  static void stop() {
    standIn.close();
    kafka.close();
  }

  @AfterEach
  void behave() {
    standIn.misbehave(Misbehaviour.NONE);
  }

  private static long feed(String table, int partitions) throws SQLException {
    try (Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create(table, partitions);
    }
    standIn.execute("CREATE TABLE " + table + " (id INT PRIMARY KEY, v INT)");
    return standIn.createChangefeed(
        "CREATE CHANGEFEED FOR "
            + table
            + " INTO 'kafka://"
            + kafka.bootstrapServers()
            + "' WITH updated, resolved = '30ms'");
  }

  private static void work(String table) throws SQLException {
    for (int version = 0; version < VERSIONS; version++) {
      standIn.execute("UPSERT INTO " + table + " VALUES (" + version % 4 + ", " + version + ")");
    }
  }

  private static TopicReader reader(String topic) {
    return new TopicReader(kafka.bootstrapServers(), topic);
  }

  private static String content(Message message) {
    return message.place() + message.key() + message.value();
  }

  @Test
  void replaysRepeatOldVersionsWithGapsAndLoseNothing() throws Exception {
    standIn.misbehave(Misbehaviour.NONE.withSeed(7).replaying(0.5, 20));
    feed("replayed", 2);
    work("replayed");
    List<Message> all;
    try (TopicReader reader = reader("replayed")) {
      all = reader.untilResolved(standIn.now());
    }
    Set<String> seen = new HashSet<>();
    Map<String, Hlc> newest = new HashMap<>();
    Map<String, Hlc> promised = new HashMap<>();
    int backwards = 0;
    for (Message message : all) {
      if (message.isResolved()) {
        promised.put(message.place(), message.time());
      } else if (seen.add(content(message))) {
        // Whatever is repeated, what was not seen before keeps the promise.
        assertThat(message.time())
            .isGreaterThan(promised.getOrDefault(message.place(), new Hlc(0, 0)));
        newest.put(message.key().orElseThrow(), message.time());
      } else if (newest.get(message.key().orElseThrow()).isAfter(message.time())) {
        backwards++;
      }
    }
    assertThat(seen).hasSize(VERSIONS);
    assertThat(TopicReader.rows(all)).hasSizeGreaterThan(VERSIONS);
    assertThat(backwards).isPositive();
  }

  @Test
  void latePartitionsLagOrStaySilentWhileTheirRowsCome() throws Exception {
    standIn.misbehave(
        Misbehaviour.NONE.withLate("late", 0, 3).withLate("late", 1, Misbehaviour.NEVER));
    feed("late", 3);
    work("late");
    Hlc end = standIn.now();
    try (TopicReader reader = reader("late")) {
      List<Message> all =
          reader.until(
              "punctual and late partitions",
              messages -> {
                Map<String, Hlc> resolved = TopicReader.resolvedBy(messages);
                return isAtLeast(resolved.get("late/2"), end)
                    && isAtLeast(resolved.get("late/0"), end);
              });
      assertThat(TopicReader.rows(all)).hasSize(VERSIONS);
      assertThat(TopicReader.resolvedBy(all)).doesNotContainKey("late/1");
      assertThat(times(all, "late/2")).isSorted();
      assertThat(times(all, "late/0")).isSorted();
      assertThat(times(all, "late/2").get(0)).isEqualTo(times(all, "late/0").get(0));
    }
  }

  private static boolean isAtLeast(Hlc time, Hlc least) {
    return time != null && !least.isAfter(time);
  }

  private static List<Hlc> times(List<Message> messages, String place) {
    return messages.stream()
        .filter(message -> message.isResolved() && message.place().equals(place))
        .map(Message::time)
        .toList();
  }

  @Test
  void resolvedTimesRepeatAndGoBackwardsOnDemand() throws Exception {
    standIn.misbehave(Misbehaviour.NONE.withSeed(3).repeatingResolved(0.5).resolvingBackwards(0.5));
    feed("backwards", 1);
    try (TopicReader reader = reader("backwards")) {
      reader.until(
          "a repeated and an older resolved time",
          messages -> {
            List<Hlc> times = times(messages, "backwards/0");
            boolean older = false;
            for (int i = 1; i < times.size(); i++) {
              older |= times.get(i - 1).isAfter(times.get(i));
            }
            return older && new HashSet<>(times).size() < times.size();
          });
    }
  }

  @Test
  void earlyResolvedTimeOvertakesOneRowOnce() throws Exception {
    long job = feed("early", 2);
    standIn.resolveEarly(job);
    work("early");
    List<Message> all;
    try (TopicReader reader = reader("early")) {
      all = reader.untilResolved(standIn.now());
    }
    Map<String, Hlc> promised = new HashMap<>();
    List<Message> broken = new ArrayList<>();
    for (Message message : all) {
      Hlc bound = promised.getOrDefault(message.place(), new Hlc(0, 0));
      if (message.isResolved()) {
        promised.merge(message.place(), message.time(), (a, b) -> a.isAfter(b) ? a : b);
      } else if (!message.time().isAfter(bound)) {
        broken.add(message);
      }
    }
    assertThat(broken).hasSize(1);
    assertThat(broken.get(0).json().get("after").get("v").asInt()).isZero();
  }

  @Test
  void backfillSendsTheWholeTableAgainWithOneNewTime() throws Exception {
    long job = feed("backfilled", 2);
    work("backfilled");
    Hlc before = standIn.now();
    standIn.backfill(job, "backfilled");
    try (TopicReader reader = reader("backfilled")) {
      List<Message> rows = reader.untilRows(VERSIONS + 4);
      List<Message> again = rows.stream().filter(row -> row.time().isAfter(before)).toList();
      assertThat(again).hasSize(4).extracting(Message::time).containsOnly(again.get(0).time());
      assertThat(again)
          .extracting(row -> row.json().get("after").get("v").asInt())
          .containsExactlyInAnyOrder(VERSIONS - 4, VERSIONS - 3, VERSIONS - 2, VERSIONS - 1);
    }
  }
}

package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.Seeds;
import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.junit.jupiter.api.Test;

/**
 * Damaged records among good ones, by a real broker, through the real task, into the database: good
 * ones are applied, and of the others each is applied as the oracle reads it, or reported.
 */
class DamagedRecordsIT extends TaskCase {
  private static final int ROUNDS = 4;
  private static final int PAIRS = 100;

  /** More than the changes of a round. */
  private static final long ROUND = 1_000;

  private final Map<Long, Meaning> sent = new HashMap<>();
  private final Set<Long> good = new HashSet<>();

  @Test
  void damagedRecordsAreAppliedAsTheOracleSaysOrReportedAndGoodNeighboursAreApplied() {
    feed.create("orders", 1);
    Set<Long> reported = new HashSet<>();
    ErrantRecordReporter reporter =
        (record, error) -> {
          reported.add(record.kafkaOffset());
          return done();
        };
    try (TaskHarness task = task().reporter(reporter).set("feed.envelope", "wrapped").start()) {
      Seeds.each(ROUNDS, random -> round(random, task));

      assertThat(reported).doesNotContainAnyElementsOf(good);
      sent.forEach(
          (offset, meaning) -> {
            if (meaning.isRejected()) {
              assertThat(reported).contains(offset);
            }
          });
      assertThat(rows()).isEqualTo(oneByOne(reported));
      assertThat(reported).hasSizeGreaterThan(ROUNDS * PAIRS / 4);
      assertThat(task.count("rejected-total")).isEqualTo(reported.size());
    }
  }

  private static Future<Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  /** Rounds have times of their own, since a damaged record must not be older than the frontier. */
  private void round(Random random, TaskHarness task) {
    long from = sent.size() / (2 * PAIRS) * ROUND;
    for (int i = 1; i <= PAIRS; i++) {
      good.add(send(message(1 + random.nextInt(20), from + 2L * i, random)));
      BadInput damaged;
      do {
        damaged = message(101 + random.nextInt(20), from + 2L * i + 1, random).damaged(random);
      } while (!isJudgeable(damaged, from));
      send(damaged);
    }
    resolved(from + ROUND);
    untilFrontier(task, from + ROUND);
  }

  private BadInput message(int id, long time, Random random) {
    String after = random.nextInt(4) == 0 ? "null" : row(id, time);
    String value = "{\"after\": " + after + ", \"updated\": \"" + Feed.hlc(time) + "\"}";
    FeedFormat format = Decoding.feed(Envelope.WRAPPED).withTopicPrefix(feed.prefix());
    String key = "[" + id + "]";
    return new BadInput(format, feed.topic("orders"), key.getBytes(UTF_8), value.getBytes(UTF_8));
  }

  /**
   * Whether what becomes of a record depends on it alone: it is no resolved time, which would move
   * the frontier; it has a time of its round; its row is none of the good ones'; and its key is its
   * row's, since a row of another key puts the meaning of all keys of its table in doubt.
   */
  private static boolean isJudgeable(BadInput damaged, long from) {
    Meaning meaning = meaning(damaged);
    if (meaning.isRejected()) {
      return true;
    }
    if (meaning.kind().equals("resolved") || meaning.updated().isEmpty()) {
      return false;
    }
    long wall = Long.parseLong(meaning.updated().split(",")[0]);
    boolean isOfRound = wall > Feed.nanos(from) && wall < Feed.nanos(from + ROUND);
    String id = meaning.row().getOrDefault("id", "");
    boolean isOfKey =
        meaning.key().size() == 1 && (id.isEmpty() || meaning.key().get(0).equals(id));
    return isOfRound && isOfKey && meaning.key().get(0).matches("n1[0-9][0-9]");
  }

  private static Meaning meaning(BadInput input) {
    return Oracle.ask(input.feed(), input.topic(), input.key(), input.value());
  }

  private long send(BadInput input) {
    long offset = feed.raw("orders", 0, input.key(), input.value());
    sent.put(offset, meaning(input));
    return offset;
  }

  /** The rows after all that was not reported, each change alone, in order of commit time. */
  private List<String> oneByOne(Set<Long> reported) {
    List<Meaning> changes =
        sent.entrySet().stream()
            .filter(one -> !reported.contains(one.getKey()))
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .sorted(Comparator.comparing(Meaning::updated))
            .toList();
    Map<Integer, String> rows = new TreeMap<>();
    for (Meaning change : changes) {
      int id = Integer.parseInt(change.key().get(0).substring(1));
      if (change.kind().equals("delete")) {
        rows.remove(id);
      } else if (change.row().containsKey("v")) {
        rows.put(id, new BigDecimal(change.row().get("v").substring(1)).toBigIntegerExact() + "");
      }
    }
    List<String> texts = new ArrayList<>();
    rows.forEach((id, v) -> texts.add(id + "@" + v));
    return texts;
  }
}

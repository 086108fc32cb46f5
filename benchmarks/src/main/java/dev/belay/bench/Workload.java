package dev.belay.bench;

import dev.belay.testkit.standin.encode.Fnv1a;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.LongPredicate;

/**
 * The changes that every contestant gets, drawn anew and equal each time {@link #play} is called.
 * Keys are drawn evenly; what is not there is inserted, what is there is updated or, for a share of
 * the changes, deleted. Immutable.
 *
 * <p>At the end of each partition a finish row is written, whose key is negative. A contestant that
 * has written all of them has written everything, since each keeps the order of a partition.
 *
 * @param table its name, which is also that of the changefeed's topic
 * @param changes without the finish rows
 * @param keys how many rows there can be
 * @param deletes share of the changes that delete, 0 to 1
 * @param resolvedEvery after how many changes the feed says a resolved time, on every partition
 * @param partitions of the topics
 */
record Workload(
    String table,
    int changes,
    int keys,
    double deletes,
    int resolvedEvery,
    int partitions,
    long seed) {

  private static final long FIRST_NANOS = 1_790_000_000_000_000_000L;
  private static final long STEP_NANOS = 1_000;
  private static final long FIRST_MICROS = 1_700_000_000_000_000L;
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz ABCDEFGH0123456789-éß漢";

  /** Receives the changes in order of commit. */
  interface Audience {
    void change(Change change);

    /** All changes up to here are complete. */
    void resolved(long nanos);
  }

  /** Draws all changes and gives them away, the finish rows and a resolved time last. */
  void play(Audience audience) {
    SplittableRandom random = new SplittableRandom(seed);
    BitSet present = new BitSet(keys);
    long nanos = FIRST_NANOS;
    for (int i = 1; i <= changes; i++) {
      nanos += STEP_NANOS;
      int key = random.nextInt(keys);
      if (present.get(key) && random.nextDouble() < deletes) {
        present.clear(key);
        audience.change(new Change.Delete(nanos, id(key)));
      } else {
        boolean isNew = !present.get(key);
        present.set(key);
        audience.change(new Change.Upsert(nanos, draw(id(key), random), isNew));
      }
      if (i % resolvedEvery == 0) {
        audience.resolved(nanos);
      }
    }
    for (long id : finish()) {
      nanos += STEP_NANOS;
      audience.change(new Change.Upsert(nanos, draw(id, random), true));
    }
    audience.resolved(nanos);
  }

  /** All records that carry a row or a delete. */
  int records() {
    return changes + partitions;
  }

  /** The keys of the finish rows, one for each partition. */
  List<Long> finish() {
    List<Long> ids = new ArrayList<>();
    for (int wanted = 0; wanted < partitions; wanted++) {
      int partition = wanted;
      ids.add(firstNegative(id -> partition(id) == partition));
    }
    return ids;
  }

  /** Where CockroachDB puts the row. */
  int partition(long id) {
    return Fnv1a.partition(FeedText.key(id).getBytes(StandardCharsets.UTF_8), partitions);
  }

  private static long firstNegative(LongPredicate wanted) {
    long id = -1;
    while (!wanted.test(id)) {
      id--;
    }
    return id;
  }

  /** Spread out, as keys of CockroachDB's unique_rowid are. */
  private static long id(int key) {
    return 1 + key * 1_000_003L;
  }

  private static Row draw(long id, SplittableRandom random) {
    int number = random.nextInt(100_000);
    return new Row(
        id,
        random.nextLong(1L << 40),
        text(random, 12 + random.nextInt(20)),
        random.nextLong(1_000_000_000_000L),
        FIRST_MICROS + random.nextLong(50_000_000_000_000L),
        random.nextBoolean(),
        new UUID(random.nextLong(), random.nextLong()),
        random.nextInt(1_000_000) / 1000.0,
        "{\"n\": "
            + number
            + ", \"tag\": \"t"
            + number % 97
            + "\", \"vals\": [1, 2, "
            + number
            + "]}",
        random.nextInt(25_000),
        random.nextInt(5) == 0 ? "" : text(random, 10 + random.nextInt(40)));
  }

  private static String text(SplittableRandom random, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}

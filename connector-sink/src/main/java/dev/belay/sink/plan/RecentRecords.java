package dev.belay.sink.plan;

import dev.belay.sink.change.HlcTimestamp;
import java.util.Arrays;

/**
 * The records seen last, by key and time, within a bound. A record at or below the resolved time
 * should be a repetition; one that this memory would hold if it had been seen, and does not, is
 * suspect. Keeps 64-bit hashes: a collision hides a suspect once in 2^64 per pair. One thread.
 *
 * <p>Arrays of numbers and no objects: each record would otherwise outlive the young generation,
 * and be garbage in the old one, where it is dear.
 */
public final class RecentRecords {
  private static final long EMPTY = 0;

  private final int most;

  /** The records in order of arrival, a ring once it is full. */
  private long[] hashes = new long[16];

  private long[] wallNanos = new long[16];
  private long[] logical = new long[16];
  private long arrived;

  /** The same hashes, to be found: open addressing, a hash once for each record that has it. */
  private long[] table = new long[64];

  private HlcTimestamp forgotten = HlcTimestamp.NONE;

  public RecentRecords(int most) {
    this.most = most;
  }

  public void saw(String topic, byte[] key, HlcTimestamp time) {
    if (most == 0) {
      return;
    }
    int place = place();
    if (arrived >= most) {
      remove(hashes[place]);
      forgotten = HlcTimestamp.max(forgotten, new HlcTimestamp(wallNanos[place], logical[place]));
    }
    long hash = hash(topic, key, time);
    hashes[place] = hash;
    wallNanos[place] = time.wallNanos();
    logical[place] = time.logical();
    arrived++;
    add(hash);
  }

  /** Where the next record goes. */
  private int place() {
    int place = (int) (arrived % most);
    if (place == hashes.length) {
      int more = (int) Math.min(most, 2L * hashes.length);
      hashes = Arrays.copyOf(hashes, more);
      wallNanos = Arrays.copyOf(wallNanos, more);
      logical = Arrays.copyOf(logical, more);
    }
    return place;
  }

  private void add(long hash) {
    long held = Math.min(arrived, most);
    if (2 * held > table.length) {
      // every hash of the ring, this one among them
      table = new long[4 * table.length];
      for (int i = 0; i < held; i++) {
        insert(hashes[i]);
      }
    } else {
      insert(hash);
    }
  }

  private void insert(long hash) {
    int slot = slot(hash);
    while (table[slot] != EMPTY) {
      slot = next(slot);
    }
    table[slot] = hash;
  }

  /** Takes out one, and moves up what was displaced by it. */
  private void remove(long hash) {
    int hole = slot(hash);
    while (table[hole] != hash) {
      hole = next(hole);
    }
    for (int slot = next(hole); table[slot] != EMPTY; slot = next(slot)) {
      int home = slot(table[slot]);
      boolean reachesOver =
          hole <= slot ? home <= hole || home > slot : home <= hole && home > slot;
      if (reachesOver) {
        table[hole] = table[slot];
        hole = slot;
      }
    }
    table[hole] = EMPTY;
  }

  private int slot(long hash) {
    return (int) (hash ^ (hash >>> 32)) & (table.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (table.length - 1);
  }

  /** Whether everything of that time which was seen is still remembered. */
  public boolean reaches(HlcTimestamp time) {
    return most > 0 && time.isAfter(forgotten);
  }

  public boolean contains(String topic, byte[] key, HlcTimestamp time) {
    long hash = hash(topic, key, time);
    for (int slot = slot(hash); table[slot] != EMPTY; slot = next(slot)) {
      if (table[slot] == hash) {
        return true;
      }
    }
    return false;
  }

  public void clear() {
    arrived = 0;
    table = new long[64];
    forgotten = HlcTimestamp.NONE;
  }

  private static long hash(String topic, byte[] key, HlcTimestamp time) {
    long h = 0xcbf29ce484222325L ^ topic.hashCode();
    for (byte b : key) {
      h = (h ^ b) * 0x100000001b3L;
    }
    h = (h ^ time.wallNanos()) * 0x9E3779B97F4A7C15L;
    h = (h ^ (h >>> 32) ^ time.logical()) * 0x9E3779B97F4A7C15L;
    h ^= h >>> 29;
    return h == EMPTY ? 1 : h;
  }
}

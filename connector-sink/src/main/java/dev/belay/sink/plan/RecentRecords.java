package dev.belay.sink.plan;

import dev.belay.sink.change.HlcTimestamp;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The records seen last, by key and time, within a bound. A record at or below the resolved time
 * should be a repetition; one that this memory would hold if it had been seen, and does not, is
 * suspect. Keeps 64-bit hashes: a collision hides a suspect once in 2^64 per pair. One thread.
 */
public final class RecentRecords {
  private record Seen(long hash, HlcTimestamp time) {}

  private final int most;
  private final Deque<Seen> order = new ArrayDeque<>();
  private final Map<Long, Integer> hashes = new HashMap<>();
  private HlcTimestamp forgotten = HlcTimestamp.NONE;

  public RecentRecords(int most) {
    this.most = most;
  }

  public void saw(String topic, byte[] key, HlcTimestamp time) {
    long hash = hash(topic, key, time);
    order.addLast(new Seen(hash, time));
    hashes.merge(hash, 1, Integer::sum);
    if (order.size() > most) {
      Seen oldest = order.removeFirst();
      hashes.computeIfPresent(oldest.hash(), (h, count) -> count == 1 ? null : count - 1);
      forgotten = HlcTimestamp.max(forgotten, oldest.time());
    }
  }

  /** Whether everything of that time which was seen is still remembered. */
  public boolean reaches(HlcTimestamp time) {
    return most > 0 && time.isAfter(forgotten);
  }

  public boolean contains(String topic, byte[] key, HlcTimestamp time) {
    return hashes.containsKey(hash(topic, key, time));
  }

  public void clear() {
    order.clear();
    hashes.clear();
    forgotten = HlcTimestamp.NONE;
  }

  private static long hash(String topic, byte[] key, HlcTimestamp time) {
    long h = 0xcbf29ce484222325L ^ topic.hashCode();
    for (byte b : key) {
      h = (h ^ b) * 0x100000001b3L;
    }
    h = (h ^ time.wallNanos()) * 0x9E3779B97F4A7C15L;
    h = (h ^ (h >>> 32) ^ time.logical()) * 0x9E3779B97F4A7C15L;
    return h ^ (h >>> 29);
  }
}

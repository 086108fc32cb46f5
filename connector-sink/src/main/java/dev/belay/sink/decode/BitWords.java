package dev.belay.sink.decode;

import java.util.List;

/** Bit strings as CockroachDB's Avro has them. */
final class BitWords {
  private BitWords() {}

  /**
   * The bits as digits.
   *
   * @param words how many bits the last word has, then words of 64 bits, each left-aligned
   */
  static String text(List<Long> words) {
    StringBuilder digits = new StringBuilder(Long.SIZE * words.size());
    for (int i = 1; i < words.size(); i++) {
      long length = i == words.size() - 1 ? words.get(0) : Long.SIZE;
      for (int bit = 0; bit < length && bit < Long.SIZE; bit++) {
        digits.append((words.get(i) << bit) < 0 ? '1' : '0');
      }
    }
    return digits.toString();
  }
}

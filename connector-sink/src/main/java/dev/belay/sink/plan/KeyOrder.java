package dev.belay.sink.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Which part of an unnamed key is which column of the target's key.
 *
 * <p>A JSON key is an array in the order of CockroachDB's primary key, which may be another order
 * than the target's, and may have parts that the target lacks (hash shard, region). A delete
 * carries nothing else, so a wrong guess deletes the wrong row. What is known comes from rows: each
 * upsert shows key and columns side by side, and rules out the positions that do not agree. What
 * they leave open, the key at hand may settle: a part is a column's only if the column can be read
 * from it. An order is taken if it is the only one left.
 */
final class KeyOrder {

  /**
   * What the user said.
   *
   * @param parts in the wire's array
   * @param positions of each key column in it
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Configured(int parts, int[] positions) {}

  private final int columns;
  private final Optional<Configured> configured;
  private List<BitSet> candidates = List.of();
  private int parts = -1;
  private boolean contradicted;

  /**
   * @param columns of the target's key
   */
  KeyOrder(int columns, Optional<Configured> configured) {
    this.columns = columns;
    this.configured = configured;
  }

  /**
   * Takes a row as evidence.
   *
   * @param wire canonical texts of the key's parts, each as the column at the same list position
   *     would read it: {@code wire.get(column).get(part)}, null where it does not fit the column
   * @param row canonical texts of the key columns, in the order of the key
   */
  void learn(List<List<String>> wire, List<String> row) {
    int count = wire.isEmpty() ? 0 : wire.get(0).size();
    if (count == 0) {
      return;
    }
    if (configured.isPresent()) {
      contradicted |= !agrees(configured.get(), wire, row);
      return;
    }
    if (count != parts) {
      // another key shape: a changed primary key. What was known is void.
      parts = count;
      contradicted = false;
      candidates = new ArrayList<>();
      for (int c = 0; c < columns; c++) {
        BitSet all = new BitSet(count);
        all.set(0, count);
        candidates.add(all);
      }
    }
    for (int c = 0; c < columns; c++) {
      for (int p = 0; p < count; p++) {
        if (!row.get(c).equals(wire.get(c).get(p))) {
          candidates.get(c).clear(p);
        }
      }
      contradicted |= candidates.get(c).isEmpty();
    }
  }

  private static boolean agrees(Configured said, List<List<String>> wire, List<String> row) {
    for (int c = 0; c < row.size(); c++) {
      int position = said.positions()[c];
      if (position >= wire.get(c).size() || !row.get(c).equals(wire.get(c).get(position))) {
        return false;
      }
    }
    return said.parts() == wire.get(0).size();
  }

  /** Whether a row showed another key than the parts can make up: nothing is known any more. */
  boolean isContradicted() {
    return contradicted;
  }

  /**
   * Position of each key column in a key.
   *
   * @param count parts of the key
   * @param readable for each column the parts that it can be read from
   * @return empty if the truth cannot be known
   */
  Optional<int[]> positions(int count, List<BitSet> readable) {
    if (contradicted) {
      return Optional.empty();
    }
    if (configured.isPresent()) {
      return configured.filter(said -> said.parts() == count).map(Configured::positions);
    }
    if (parts != count) {
      return onlyAssignment(readable);
    }
    Optional<int[]> learned = onlyAssignment(candidates);
    if (learned.isPresent()) {
      return learned;
    }
    List<BitSet> both = new ArrayList<>();
    for (int c = 0; c < columns; c++) {
      BitSet open = (BitSet) candidates.get(c).clone();
      open.and(readable.get(c));
      both.add(open);
    }
    return onlyAssignment(both);
  }

  /** The one way to give each column a part of its own, if there is just one. */
  private Optional<int[]> onlyAssignment(List<BitSet> open) {
    List<int[]> found = new ArrayList<>();
    assign(0, new int[columns], new BitSet(), open, found);
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  private void assign(int column, int[] order, BitSet taken, List<BitSet> open, List<int[]> found) {
    if (found.size() > 1) {
      return;
    }
    if (column == columns) {
      found.add(order.clone());
      return;
    }
    for (int p = open.get(column).nextSetBit(0); p >= 0; p = open.get(column).nextSetBit(p + 1)) {
      if (!taken.get(p)) {
        taken.set(p);
        order[column] = p;
        assign(column + 1, order, taken, open, found);
        taken.clear(p);
      }
    }
  }
}

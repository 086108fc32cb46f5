package dev.belay.sink.plan;

import dev.belay.sink.shape.ColumnShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What is known of the column families of one feed table: the columns of each, from configuration,
 * rows, and before images. Which family is the primary one follows from them. One thread.
 */
final class Families {
  private final Map<String, Set<String>> columns;
  private final TableColumns table;
  private final Predicate<String> isIgnored;
  private final Map<String, List<String>> lastLearned = new HashMap<>();
  private final Map<Asked, Kin> kin = new HashMap<>();
  private final Map<String, List<ColumnShape>> emptied = new HashMap<>();

  /**
   * @param columns of each family, by the feed's names; is added to
   * @param isIgnored of a feed's name, whether the column is left alone
   */
  Families(Map<String, Set<String>> columns, TableColumns table, Predicate<String> isIgnored) {
    this.columns = columns;
    this.table = table;
    this.isIgnored = isIgnored;
  }

  /**
   * @param names one list object for as long as a topic's rows have the same columns
   */
  void learn(String family, List<String> names) {
    // a union: a row of an older schema may come after one of a newer
    if (lastLearned.put(family, names) != names
        && columns.computeIfAbsent(family, f -> new LinkedHashSet<>()).addAll(names)) {
      kin.clear();
      emptied.clear();
    }
  }

  boolean isKnown(String family) {
    return columns.containsKey(family);
  }

  /** How changes of a known family stand to the others, as far as those are known by now. */
  Kin kin(String family, boolean movable) {
    Asked asked = new Asked(family, movable);
    Kin known = kin.get(asked);
    if (known == null) {
      boolean part = !isPrimary(family);
      List<String> others = new ArrayList<>();
      columns.keySet().stream()
          .filter(other -> !other.equals(family) && isPrimary(other) == part)
          .forEach(others::add);
      known = new Kin(part, List.copyOf(others), movable);
      kin.put(asked, known);
    }
    return known;
  }

  private boolean isPrimary(String family) {
    return table.shape().key().stream().allMatch(columnsOf(family, name -> true)::contains);
  }

  private List<ColumnShape> columnsOf(String family, Predicate<String> which) {
    return columns.get(family).stream()
        .filter(which)
        .map(table::column)
        .flatMap(Optional::stream)
        .filter(column -> !column.generated())
        .distinct()
        .toList();
  }

  /**
   * What is NULL once a part of a row is: the key's columns, then the known family's. The latter
   * are missing if one of them cannot be NULL, since then the whole row is gone.
   */
  List<ColumnShape> emptied(String family) {
    List<ColumnShape> known = emptied.get(family);
    if (known == null) {
      List<ColumnShape> all = new ArrayList<>(table.shape().key());
      List<ColumnShape> own = columnsOf(family, isIgnored.negate());
      if (own.stream().allMatch(ColumnShape::nullable)) {
        all.addAll(own);
      }
      known = List.copyOf(all);
      emptied.put(family, known);
    }
    return known;
  }

  private record Asked(String family, boolean movable) {}
}

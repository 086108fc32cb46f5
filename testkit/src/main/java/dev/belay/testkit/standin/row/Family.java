package dev.belay.testkit.standin.row;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A column family of a table: columns that CockroachDB stores together, and, in a feed with {@code
 * split_column_families}, sends together. The first one of a table has the columns that no family
 * names, among them those that are added later, and is there in every row; another one is not there
 * in a row in which all its columns are NULL.
 */
public final class Family {
  private final String name;
  private final int place;
  private final Map<String, Integer> places;

  private Family(String name, int place, Map<String, Integer> places) {
    this.name = name;
    this.place = place;
    this.places = places;
  }

  /**
   * The families of a table.
   *
   * @param names in their order
   * @param columns that each of them names
   */
  public static List<Family> of(List<String> names, List<List<String>> columns) {
    Map<String, Integer> places = new HashMap<>();
    for (int place = 0; place < names.size(); place++) {
      for (String column : columns.get(place)) {
        places.put(column, place);
      }
    }
    return names.stream().map(name -> new Family(name, names.indexOf(name), places)).toList();
  }

  public String name() {
    return name;
  }

  public boolean has(String column) {
    return places.getOrDefault(column, 0) == place;
  }

  /** Its part of a row, which is the row itself if it has one; empty if it has none. */
  public Optional<Row> in(TableShape shape, Optional<Row> row) {
    return row.filter(some -> place == 0 || hasValue(shape, some));
  }

  private boolean hasValue(TableShape shape, Row row) {
    for (int at = 0; at < shape.columns().size(); at++) {
      if (has(shape.columns().get(at).name()) && row.text(at).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a change is one of this family. A delete is one of each, whether it was there or not.
   * What an update wrote without changing it is not known here, so that it is none.
   */
  public boolean isTouchedBy(RowChange change) {
    if (change.after().isEmpty()) {
      return true;
    }
    Row after = change.after().get();
    if (change.before().isEmpty()) {
      return in(change.shape(), change.after()).isPresent();
    }
    Row before = change.before().get();
    for (int at = 0; at < change.shape().columns().size(); at++) {
      if (has(change.shape().columns().get(at).name()) && !before.text(at).equals(after.text(at))) {
        return true;
      }
    }
    return false;
  }
}

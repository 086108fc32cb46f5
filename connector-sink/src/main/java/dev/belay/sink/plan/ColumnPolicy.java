package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import dev.belay.sink.change.ValueReading;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of columns that are not simply written.
 *
 * @param ignored names of columns that are left out, {@code column} or {@code table.column}, in
 *     lower case
 * @param ignoreUnknown whether a column that the target lacks is left out, too
 * @param renamed columns that have another name in the target, {@code column} or {@code
 *     table.column} in lower case, to that name
 * @param extras the JSON column that takes what the target has no column for; empty for none
 * @param reading what a value means to its column
 * @param values what becomes of values that a column does not take
 */
public record ColumnPolicy(
    Set<String> ignored,
    Map<String, String> renamed,
    boolean ignoreUnknown,
    Optional<String> extras,
    ValueReading reading,
    ValuePolicy values) {
  /** Every column is written, and an unknown one is an error. */
  public static final ColumnPolicy STRICT =
      new ColumnPolicy(Set.of(), Map.of(), false, Optional.empty());

  public ColumnPolicy {
    ignored = Set.copyOf(ignored);
    renamed = Map.copyOf(renamed);
  }

  /** Of values that are what they look like, each as it is. */
  public ColumnPolicy(
      Set<String> ignored,
      Map<String, String> renamed,
      boolean ignoreUnknown,
      Optional<String> extras) {
    this(ignored, renamed, ignoreUnknown, extras, ValueReading.PLAIN, ValuePolicy.EXACT);
  }

  boolean ignores(TableName table, String column) {
    if (ignored.isEmpty()) {
      return false;
    }
    String name = column.toLowerCase(Locale.ROOT);
    return ignored.contains(name)
        || prefixes(table).stream().anyMatch(prefix -> ignored.contains(prefix + name));
  }

  /** The columns of a table that have another name in the target: feed's, in lower case, to it. */
  Map<String, String> renamed(TableName table) {
    Map<String, String> ofTable = new HashMap<>();
    renamed.forEach(
        (name, target) -> {
          if (name.indexOf('.') < 0) {
            ofTable.putIfAbsent(name, target);
          }
        });
    for (String prefix : prefixes(table)) {
      renamed.forEach(
          (name, target) -> {
            if (name.startsWith(prefix) && name.indexOf('.', prefix.length()) < 0) {
              ofTable.put(name.substring(prefix.length()), target);
            }
          });
    }
    return ofTable;
  }

  /** What may stand before a column's name, the most telling last. */
  private static List<String> prefixes(TableName table) {
    String bare = table.name().toLowerCase(Locale.ROOT) + ".";
    return table.schema().isEmpty()
        ? List.of(bare)
        : List.of(bare, table.schema().toLowerCase(Locale.ROOT) + "." + bare);
  }
}

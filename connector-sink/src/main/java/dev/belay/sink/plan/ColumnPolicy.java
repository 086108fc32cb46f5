package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of columns that are not simply written.
 *
 * @param ignored names of columns that are left out, {@code column} or {@code table.column}, in
 *     lower case
 * @param ignoreUnknown whether a column that the target lacks is left out, too
 * @param extras the JSON column that takes what the target has no column for; empty for none
 */
public record ColumnPolicy(Set<String> ignored, boolean ignoreUnknown, Optional<String> extras) {
  /** Every column is written, and an unknown one is an error. */
  public static final ColumnPolicy STRICT = new ColumnPolicy(Set.of(), false, Optional.empty());

  public ColumnPolicy {
    ignored = Set.copyOf(ignored);
  }

  boolean ignores(TableName table, String column) {
    if (ignored.isEmpty()) {
      return false;
    }
    String name = column.toLowerCase(Locale.ROOT);
    String bare = table.name().toLowerCase(Locale.ROOT) + "." + name;
    String qualified = table.schema().toLowerCase(Locale.ROOT) + "." + bare;
    return ignored.contains(name) || ignored.contains(bare) || ignored.contains(qualified);
  }
}

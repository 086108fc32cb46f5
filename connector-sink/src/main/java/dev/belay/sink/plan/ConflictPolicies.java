package dev.belay.sink.plan;

import dev.belay.sink.change.ConflictPolicy;
import dev.belay.sink.change.TableName;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the user said of rows that both databases change.
 *
 * @param standard for tables that have none of their own
 * @param byTable feed name, as {@code table} or {@code schema.table}
 * @param versionColumns by the same names: the target's column that says which of two versions of a
 *     row is the newer, in place of the time of its commit
 * @param tombstones whether the target remembers its own deletes, so that {@code newest} compares
 *     them by the times of commits as well
 */
public record ConflictPolicies(
    ConflictPolicy standard,
    Map<String, ConflictPolicy> byTable,
    Map<String, String> versionColumns,
    boolean tombstones) {

  /** Nothing is compared. */
  public static final ConflictPolicies NONE =
      new ConflictPolicies(ConflictPolicy.SOURCE_WINS, Map.of(), Map.of());

  /** Of a target that remembers no deletes. */
  public ConflictPolicies(
      ConflictPolicy standard,
      Map<String, ConflictPolicy> byTable,
      Map<String, String> versionColumns) {
    this(standard, byTable, versionColumns, false);
  }

  public ConflictPolicies {
    byTable = Map.copyOf(byTable);
    versionColumns = Map.copyOf(versionColumns);
  }

  /** Whether any row is to be compared. */
  public boolean compare() {
    return standard.compares() || byTable.values().stream().anyMatch(ConflictPolicy::compares);
  }

  /** What holds for a table of the feed. */
  public ConflictPolicy of(TableName feed) {
    return entry(byTable, feed).orElse(standard);
  }

  /** Whether a table has a policy of its own. */
  public boolean hasOwn(TableName feed) {
    return entry(byTable, feed).isPresent();
  }

  /** The column that tells which of two versions of a row is the newer, where one was named. */
  public Optional<String> versionColumn(TableName feed) {
    return entry(versionColumns, feed);
  }

  /** Whether deletes in the target are remembered, and compared by the time of their commit. */
  public boolean timesDeletes(TableName feed) {
    return tombstones && of(feed) == ConflictPolicy.NEWEST && versionColumn(feed).isEmpty();
  }

  /**
   * Whether a name that a user wrote means a table.
   *
   * @param name as {@code table} or {@code schema.table}
   */
  public static boolean means(String name, TableName feed) {
    return names(feed).anyMatch(name::equals);
  }

  private static Stream<String> names(TableName feed) {
    // MySQL has databases, and no schemas in them
    String schema = feed.schema().isEmpty() ? feed.database() : feed.schema();
    return Stream.of(schema + "." + feed.name(), feed.name());
  }

  private static <V> Optional<V> entry(Map<String, V> entries, TableName feed) {
    return names(feed).filter(entries::containsKey).findFirst().map(entries::get);
  }
}

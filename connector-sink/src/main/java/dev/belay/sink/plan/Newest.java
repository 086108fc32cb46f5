package dev.belay.sink.plan;

import dev.belay.sink.change.HlcTimestamp;
import dev.belay.sink.shape.ColumnShape;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The newest version applied of each row that was written ahead of the resolved time (invariant I3
 * NeverBackwards): the feed may send older versions again until then. Bounded; what it cannot keep
 * it says ({@link #isForgetful}). One thread.
 */
public final class Newest {

  /**
   * @param family the column family that the version is of; families of a row are versioned apart
   */
  record Id(RowId row, String family) {}

  /**
   * @param columns those that the version carried: at an equal version a record may bring others
   * @param deleted whether the version is a delete
   */
  record Version(HlcTimestamp version, List<ColumnShape> columns, boolean deleted) {

    static Version of(BoundChange change) {
      return new Version(change.version(), change.columns(), change.delete());
    }

    /** What is known when both were applied: the newer, or at an equal time the union. */
    Version and(Version other) {
      int order = version.compareTo(other.version);
      if (order != 0) {
        return order > 0 ? this : other;
      }
      if (deleted || other.deleted) {
        return deleted ? other : this;
      }
      if (columns.equals(other.columns)) {
        return this;
      }
      Set<ColumnShape> union = new LinkedHashSet<>(columns);
      union.addAll(other.columns);
      return new Version(version, List.copyOf(union), false);
    }
  }

  private final Map<Id, Version> versions;

  private boolean forgetful;

  /**
   * @param rows the most that it keeps; beyond that, the rows written longest ago are forgotten
   */
  public Newest(int rows) {
    this.versions =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Id, Version> eldest) {
            boolean full = size() > rows;
            forgetful |= full;
            return full;
          }
        };
  }

  Optional<Version> of(Id id) {
    return Optional.ofNullable(versions.get(id));
  }

  void remember(Id id, Version version) {
    versions.merge(id, version, Version::and);
  }

  /**
   * Drops every version at or below a time that all partitions have resolved: from then on, older
   * ones are told by their time alone. The resolved time of the version's own partition would not
   * do: where the feed's key has a part that the target lacks (a region), versions of one row come
   * by several partitions.
   */
  public void forgetUpTo(HlcTimestamp resolved) {
    if (!versions.isEmpty()) {
      versions.values().removeIf(v -> !v.version().isAfter(resolved));
    }
  }

  /** Whether a version had to be forgotten before its time was resolved. */
  public boolean isForgetful() {
    return forgetful;
  }

  boolean isEmpty() {
    return versions.isEmpty();
  }

  public int size() {
    return versions.size();
  }

  public void clear() {
    versions.clear();
    forgetful = false;
  }
}

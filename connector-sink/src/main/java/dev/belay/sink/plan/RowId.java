package dev.belay.sink.plan;

import dev.belay.sink.change.TableName;

/**
 * One row of the target, for maps; knows its hash, since every change is looked up several times.
 */
public final class RowId {
  private final TableName table;
  private final String key;
  private final int hash;

  /**
   * @param table as the target's catalog names it
   * @param key the canonical texts of the key columns, joined by U+0000, which no database text
   *     holds
   */
  public RowId(TableName table, String key) {
    this.table = table;
    this.key = key;
    this.hash = 31 * table.hashCode() + key.hashCode();
  }

  public TableName table() {
    return table;
  }

  public String key() {
    return key;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof RowId id
            && hash == id.hash
            && key.equals(id.key)
            && table.equals(id.table));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return table + " row #" + Integer.toHexString(hash);
  }
}

package dev.belay.sink.shape;

import dev.belay.sink.change.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A target table as its catalog describes it. Two shapes are the same object for as long as the
 * catalog was not read again.
 */
public final class TableShape {
  private final TableName name;
  private final List<ColumnShape> columns;
  private final List<ColumnShape> key;
  private final boolean keyDeferrable;
  private final List<UniqueShape> uniques;
  private final List<ForeignKeyShape> foreignKeys;
  private final Map<String, ColumnShape> byName;

  /**
   * @param name schema and name as the catalog has them
   * @param columns in table order, generated ones included
   * @param key names of the primary key's columns in index order; empty if there is none
   * @param keyDeferrable whether the primary key is a DEFERRABLE constraint
   */
  public TableShape(
      TableName name,
      List<ColumnShape> columns,
      List<String> key,
      boolean keyDeferrable,
      List<UniqueShape> uniques,
      List<ForeignKeyShape> foreignKeys) {
    this.name = name;
    this.columns = List.copyOf(columns);
    this.byName =
        columns.stream()
            .collect(Collectors.toUnmodifiableMap(ColumnShape::name, Function.identity()));
    this.key = key.stream().map(byName::get).toList();
    this.keyDeferrable = keyDeferrable;
    this.uniques = List.copyOf(uniques);
    this.foreignKeys = List.copyOf(foreignKeys);
  }

  public TableName name() {
    return name;
  }

  public List<ColumnShape> columns() {
    return columns;
  }

  public List<ColumnShape> key() {
    return key;
  }

  public boolean isKeyDeferrable() {
    return keyDeferrable;
  }

  public List<UniqueShape> uniques() {
    return uniques;
  }

  public List<ForeignKeyShape> foreignKeys() {
    return foreignKeys;
  }

  public Optional<ColumnShape> column(String columnName) {
    return Optional.ofNullable(byName.get(columnName));
  }

  public boolean isKeyColumn(String columnName) {
    return key.stream().anyMatch(c -> c.name().equals(columnName));
  }

  @Override
  public String toString() {
    return name.toString();
  }
}

package dev.belay.cli.verify;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A row of one side.
 *
 * @param values texts of the columns of the {@link TablePair}; null is NULL
 */
record Row(Key key, List<String> values) {

  /** In the order that both databases have. */
  record Key(List<Comparable<Object>> parts) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      for (int i = 0; i < parts.size(); i++) {
        int order = parts.get(i).compareTo(other.parts.get(i));
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }
  }

  /** The row under the cursor. */
  static Row read(TablePair pair, ResultSet row) throws SQLException {
    List<String> values = new ArrayList<>();
    for (int i = 1; i <= pair.columns().size(); i++) {
      values.add(row.getString(i));
    }
    List<Comparable<Object>> key = new ArrayList<>();
    for (int i = 0; i < pair.key().size(); i++) {
      ColumnPair column = pair.key().get(i);
      try {
        key.add(comparable(Canon.ordered(column.common(), values.get(i))));
      } catch (NumberFormatException | DateTimeException e) {
        // without the value
        throw new SQLException(
            "Table "
                + pair.name()
                + " has a row whose "
                + column.name()
                + ", part of the primary key, is NaN or otherwise has no place in an order that both"
                + " databases share. Leave the row out with --where.");
      }
    }
    return new Row(new Key(key), values);
  }

  /** Values of one column are of one class. */
  @SuppressWarnings("unchecked")
  private static Comparable<Object> comparable(Comparable<?> value) {
    return (Comparable<Object>) value;
  }

  /** Whether a key's texts are those of this row's, whichever side wrote them. */
  boolean hasKey(TablePair pair, Map<String, String> texts) {
    for (int i = 0; i < pair.key().size(); i++) {
      ColumnPair column = pair.key().get(i);
      if (!column.isSame(texts.get(column.name()), values.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** This row as one that the other side lacks. */
  Difference alone(TablePair pair, Difference.Of of) {
    return new Difference(pair.name(), of, keyTexts(pair), List.of(), Map.of());
  }

  /** Where the target's row differs from this one of the source; empty if nowhere. */
  Optional<Difference> difference(TablePair pair, Row target) {
    List<String> columns = new ArrayList<>();
    Map<String, Sides<String>> texts = new LinkedHashMap<>();
    for (int i = pair.key().size(); i < pair.columns().size(); i++) {
      ColumnPair column = pair.columns().get(i);
      if (!column.isSame(values.get(i), target.values.get(i))) {
        columns.add(column.name());
        texts.put(column.name(), new Sides<>(values.get(i), target.values.get(i)));
      }
    }
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Difference(pair.name(), Difference.Of.CHANGED, keyTexts(pair), columns, texts));
  }

  /** The key's texts by column, for reports. */
  private Map<String, String> keyTexts(TablePair pair) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (int i = 0; i < pair.key().size(); i++) {
      texts.put(pair.key().get(i).name(), values.get(i));
    }
    return texts;
  }
}

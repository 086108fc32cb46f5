package dev.belay.sink.plan;

import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Datum;
import dev.belay.sink.change.KeyParts;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.TableName;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which row of the target a change of one feed table is of. */
final class KeyBinding {
  private static final String SEPARATOR = "\u0000";

  private final TableName feed;
  private final TableShape shape;
  private final TableColumns columns;
  private final KeyOrder order;

  KeyBinding(TableName feed, TableColumns columns, KeyOrder order) {
    this.feed = feed;
    this.shape = columns.shape();
    this.columns = columns;
    this.order = order;
  }

  /** The key as the before image has it, or else as the Kafka key does. */
  List<String> keyFromRow(Row row, ChangeInfo info) throws UnfitValueException, UnboundException {
    List<String> key = new ArrayList<>();
    for (ColumnShape column : shape.key()) {
      Optional<Datum> value = columns.valueOf(row, column);
      if (value.isEmpty() || value.get().isNull()) {
        return keyFromParts(info);
      }
      key.add(columns.encode(column, value.get()));
    }
    learn(info, canonical(key));
    return key;
  }

  /**
   * Takes a row as evidence of how its Kafka key is to be read.
   *
   * @param key canonical
   */
  void learn(ChangeInfo info, List<String> key) {
    if (!info.key().isNamed()) {
      order.learn(readings(info.key()), key);
    }
  }

  /** The key as the Kafka key has it. */
  List<String> keyFromParts(ChangeInfo info) throws UnfitValueException, UnboundException {
    KeyParts parts = info.key();
    if (parts.isNamed()) {
      List<String> key = new ArrayList<>();
      Row named = new Row(parts.names(), parts.values());
      for (ColumnShape column : shape.key()) {
        Datum value =
            columns
                .valueOf(named, column)
                .orElseThrow(
                    () ->
                        new UnboundException(
                            UnboundException.Reach.RECORD,
                            true,
                            "The record's key names "
                                + String.join(", ", parts.names())
                                + ", and the target's primary key of "
                                + shape
                                + " has column "
                                + column.name()
                                + ". Give the feed the option diff, so that the before image"
                                + " names the row."));
        key.add(encodeKey(column, value));
      }
      return key;
    }
    int[] positions =
        order
            .positions(parts.values().size(), readable(parts))
            .orElseThrow(
                () ->
                    new UnboundException(
                        UnboundException.Reach.RECORD,
                        true,
                        "The record's key is an array of "
                            + parts.values().size()
                            + " without names, and it cannot be known which of them is which of the"
                            + " target's key columns "
                            + shape.key().stream()
                                .map(ColumnShape::name)
                                .collect(Collectors.joining(", "))
                            + " of "
                            + shape
                            + (order.isContradicted()
                                ? ": rows showed other values there than their keys"
                                : "")
                            + ". Name the parts in CockroachDB's order with key.columns="
                            + feed.name()
                            + "=<first>,<second>,... (- for a part that the target lacks), or give"
                            + " the feed the option diff."));
    List<String> key = new ArrayList<>();
    for (int c = 0; c < positions.length; c++) {
      ColumnShape column = shape.key().get(c);
      key.add(encodeKey(column, parts.values().get(positions[c])));
    }
    return key;
  }

  private String encodeKey(ColumnShape column, Datum value) throws UnfitValueException {
    if (value.isNull()) {
      throw nullKey(column);
    }
    return columns.encode(column, value);
  }

  UnfitValueException nullKey(ColumnShape column) {
    return new UnfitValueException(
        "Key column " + shape + "." + column.name() + " is NULL in this record.");
  }

  /** How each key column would read each part of the key; null where it cannot. */
  private List<List<String>> readings(KeyParts parts) {
    List<List<String>> readings = new ArrayList<>();
    for (ColumnShape column : shape.key()) {
      String[] reading = new String[parts.values().size()];
      for (int p = 0; p < reading.length; p++) {
        Datum value = parts.values().get(p);
        try {
          reading[p] =
              value.isNull() ? null : column.codec().canonical(columns.plainly(column, value));
        } catch (UnfitValueException notThisColumn) {
          reading[p] = null;
        }
      }
      readings.add(Arrays.asList(reading));
    }
    return readings;
  }

  /**
   * For each key column, the parts that it can be read from: those whose JSON type the column's
   * values have on the wire, or if that leaves no way, those that its codec takes at all.
   */
  private List<BitSet> readable(KeyParts parts) {
    List<List<String>> readings = readings(parts);
    List<BitSet> natural = new ArrayList<>();
    List<BitSet> possible = new ArrayList<>();
    for (int c = 0; c < shape.key().size(); c++) {
      BitSet naturalParts = new BitSet();
      BitSet possibleParts = new BitSet();
      for (int p = 0; p < parts.values().size(); p++) {
        if (readings.get(c).get(p) != null) {
          possibleParts.set(p);
          naturalParts.set(
              p, WireKind.of(shape.key().get(c).kind()).carries(parts.values().get(p)));
        }
      }
      natural.add(naturalParts);
      possible.add(possibleParts);
    }
    return natural.stream().anyMatch(BitSet::isEmpty) ? possible : natural;
  }

  /**
   * Where the target's key has columns that the feed's key lacks, an update of those is another row
   * here, and the old one would stay: only the before image tells.
   */
  void requireWholeKey(ChangeInfo info, List<String> key)
      throws UnfitValueException, UnboundException {
    KeyParts parts = info.key();
    if (parts.isEmpty() || carriesWholeKey(parts)) {
      return;
    }
    if (!info.before().sent()) {
      throw new UnboundException(
          UnboundException.Reach.TABLE,
          true,
          "The primary key of target table "
              + shape
              + " has more columns than the key of "
              + feed
              + " in CockroachDB, so an update of them could leave the old row behind. Give the"
              + " changefeed the option diff, or the target table CockroachDB's primary key.");
    }
    Row before = info.before().row();
    for (int c = 0; c < key.size() && !before.isEmpty(); c++) {
      ColumnShape column = shape.key().get(c);
      Optional<Datum> value = columns.valueOf(before, column);
      if (value.isPresent()
          && !value.get().isNull()
          && !column
              .codec()
              .canonical(columns.encode(column, value.get()))
              .equals(column.codec().canonical(key.get(c)))) {
        throw new UnboundException(
            UnboundException.Reach.RECORD,
            true,
            "The update changes column "
                + column.name()
                + ", which is part of the primary key of target table "
                + shape
                + " and not of CockroachDB's: it would leave the old row behind. Give the target"
                + " table CockroachDB's primary key.");
      }
    }
  }

  private boolean carriesWholeKey(KeyParts parts) {
    if (!parts.isNamed()) {
      return parts.values().size() >= shape.key().size();
    }
    Row named = new Row(parts.names(), parts.values());
    return shape.key().stream().allMatch(column -> columns.valueOf(named, column).isPresent());
  }

  /** The texts by which the key's values are told apart. */
  List<String> canonical(List<String> key) {
    List<String> texts = new ArrayList<>(key.size());
    for (int c = 0; c < key.size(); c++) {
      texts.add(shape.key().get(c).codec().canonical(key.get(c)));
    }
    return texts;
  }

  /**
   * @param key canonical
   */
  RowId rowId(List<String> key) {
    return new RowId(shape.name(), key.size() == 1 ? key.get(0) : String.join(SEPARATOR, key));
  }
}

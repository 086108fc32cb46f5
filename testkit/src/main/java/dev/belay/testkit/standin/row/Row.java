package dev.belay.testkit.standin.row;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A row's values in the order of its {@link TableShape}, each in PostgreSQL's text form (dates in
 * ISO style, intervals in postgres style, times in UTC, bytes in hex). Immutable.
 */
public final class Row {

  // An array with nulls inside: a table of a million rows should not pay for Optionals.
  private final String[] texts;

  private Row(String[] texts) {
    this.texts = texts;
  }

  /** Takes the array over; a null element is an SQL NULL. */
  public static Row owning(String[] texts) {
    return new Row(texts);
  }

  public static Row of(List<Optional<String>> texts) {
    return new Row(texts.stream().map(text -> text.orElse(null)).toArray(String[]::new));
  }

  /** The value at a position; empty for NULL. */
  public Optional<String> text(int position) {
    return Optional.ofNullable(texts[position]);
  }

  /** The values of the primary key, which tell rows of a table apart. */
  public List<String> keyOf(TableShape shape) {
    return shape.key().stream().map(position -> texts[position]).toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Row row && Arrays.equals(texts, row.texts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(texts);
  }

  /** Says how many values there are; values themselves stay out of logs. */
  @Override
  public String toString() {
    return "Row of " + texts.length;
  }
}

package dev.belay.cli.verify;

import dev.belay.sink.change.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The statements that read one side of a table. Parameters are the bounds of a range, from the
 * lower to the upper one, and then the texts of a key.
 */
final class TableSql {
  private final Dialect dialect;
  private final TablePair pair;
  private final Function<ColumnPair, Column> side;
  private final Function<Sides<String>, String> half;
  private final Sides<Dialect> dialects;
  private final String from;
  private final Optional<String> filter;

  /**
   * @param source whether this is the source's side
   * @param filter SQL that rows must meet
   */
  TableSql(Sides<Dialect> dialects, boolean source, TablePair pair, Optional<String> filter) {
    this.dialects = dialects;
    this.dialect = source ? dialects.source() : dialects.target();
    this.pair = pair;
    this.side = source ? ColumnPair::source : ColumnPair::target;
    this.half = source ? Sides::source : Sides::target;
    TableName name = source ? pair.names().source() : pair.names().target();
    this.from = " FROM " + dialect.quoted(name);
    this.filter = filter;
  }

  /** Whether both databases can write a whole row alike. */
  static boolean isHashed(Sides<Dialect> dialects, TablePair pair) {
    return pair.columns().stream()
        .allMatch(column -> column.alike(dialects.source(), dialects.target()).isPresent());
  }

  /** The number of rows in a range, and the sum of their hashes. */
  String digest(KeyRange range) {
    return "SELECT count(*), coalesce(sum(" + rowHash() + "), 0)" + from + where(range);
  }

  /** The same for each part of a range that rows fall into by the hash of their key. */
  String buckets(KeyRange range) {
    return "SELECT "
        + dialect.bucket(texts(pair.key()))
        + ", count(*), sum("
        + rowHash()
        + ")"
        + from
        + where(range)
        + " GROUP BY 1";
  }

  /**
   * The value of the key's first column so many rows on.
   *
   * @param range its lower bound is where to begin, and is not a result
   */
  String boundary(KeyRange range, long rows) {
    Column first = side.apply(pair.key().get(0));
    String where = where(range);
    return "SELECT "
        + text(first)
        + from
        // a row beside the bound itself, or it would be found again
        + where.replaceFirst(" >= ", " > ")
        + " ORDER BY "
        + dialect.quoted(first.name())
        + " LIMIT 1 OFFSET "
        + rows;
  }

  /**
   * All rows of a range in the order of the key: the key's texts, and those of all columns.
   *
   * @param buckets those parts of it alone; empty for all
   */
  String rows(KeyRange range, List<String> buckets) {
    String where = where(range);
    if (!buckets.isEmpty()) {
      where +=
          (where.isEmpty() ? " WHERE " : " AND ")
              + dialect.bucket(texts(pair.key()))
              + " IN ("
              + buckets.stream().map(b -> "'" + b + "'").collect(Collectors.joining(", "))
              + ")";
    }
    return "SELECT "
        + values()
        + from
        + where
        + " ORDER BY "
        + pair.key().stream()
            .map(column -> dialect.order(side.apply(column), column.common()))
            .collect(Collectors.joining(", "));
  }

  /** One row by its key, as {@link #rows} has it. */
  String row() {
    return "SELECT "
        + values()
        + from
        + " WHERE "
        + pair.key().stream()
            .map(side)
            .map(column -> dialect.quoted(column.name()) + " = " + dialect.parameter(column))
            .collect(Collectors.joining(" AND "))
        + filter.map(text -> " AND (" + text + ")").orElse("");
  }

  private String values() {
    return pair.columns().stream().map(side).map(this::text).collect(Collectors.joining(", "));
  }

  /** Under a name that no column has: a cast has its column's, and ORDER BY would mean the text. */
  private String text(Column column) {
    return dialect.text(column) + " AS " + dialect.quoted("text of " + column.name());
  }

  private String where(KeyRange range) {
    Column first = side.apply(pair.key().get(0));
    String name = dialect.quoted(first.name());
    List<String> conditions = new ArrayList<>();
    range.from().ifPresent(from -> conditions.add(name + " >= " + dialect.parameter(first)));
    range.to().ifPresent(to -> conditions.add(name + " < " + dialect.parameter(first)));
    filter.ifPresent(text -> conditions.add("(" + text + ")"));
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  private String rowHash() {
    return dialect.hash(texts(pair.columns()));
  }

  /** What two rows share only if they are equal: how long a text is, shows where it ends. */
  private String texts(List<ColumnPair> columns) {
    List<String> parts = new ArrayList<>();
    for (ColumnPair column : columns) {
      String text = half.apply(column.alike(dialects.source(), dialects.target()).orElseThrow());
      if (column.nullable()) {
        parts.add(dialect.isNull(side.apply(column)));
      }
      if (column.common() == Kind.TEXT
          || column.common() == Kind.PADDED
          || column.common() == Kind.OTHER) {
        parts.add(dialect.length(text));
      }
      parts.add(text);
    }
    return dialect.joined(parts);
  }
}

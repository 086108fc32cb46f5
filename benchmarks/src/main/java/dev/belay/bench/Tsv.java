package dev.belay.bench;

import java.util.List;
import java.util.function.Function;

/** Rows as the bulk loaders of both databases read them; no value of the workload needs escapes. */
final class Tsv {

  private Tsv() {}

  static String of(List<Row> rows, Function<Row, String> at, Function<Row, String> active) {
    StringBuilder text = new StringBuilder(rows.size() * 256);
    for (Row row : rows) {
      text.append(row.id()).append('\t').append(row.qty()).append('\t');
      text.append(row.name()).append('\t').append(row.priceText()).append('\t');
      text.append(at.apply(row)).append('\t').append(active.apply(row)).append('\t');
      text.append(row.ref()).append('\t').append(row.score()).append('\t');
      text.append(row.doc()).append('\t').append(row.dayText()).append('\t');
      text.append(row.note().isEmpty() ? "\\N" : row.note()).append('\n');
    }
    return text.toString();
  }
}

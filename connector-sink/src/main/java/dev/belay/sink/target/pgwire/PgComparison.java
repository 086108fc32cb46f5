package dev.belay.sink.target.pgwire;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.step.Comparison;
import dev.belay.sink.step.Finding;
import dev.belay.sink.step.Finding.Age;
import dev.belay.sink.step.StepRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The statement that locks rows and compares them in the database, by its own types: what is bound
 * is what would be written. Rows that the table does not have are not in its answer, since a row
 * that an outer join made up cannot be locked.
 */
final class PgComparison {

  /** Kinds whose equality is the value's own. Of the others the texts are compared. */
  private static final Set<String> HAVE_EQUALITY =
      Set.of(
          "integer",
          "decimal",
          "float",
          "boolean",
          "bytes",
          "date",
          "time",
          "timestamp",
          "interval",
          "uuid",
          "inet",
          "bits");

  private final Comparison what;
  private final String commitTime;
  private final int keys;
  private final List<ColumnShape> common;

  /**
   * @param commitTime SQL of the time at which row {@code t} was committed, as text
   */
  PgComparison(Comparison what, String commitTime) {
    this.what = what;
    this.commitTime = commitTime;
    this.keys = what.table().key().size();
    this.common = what.common();
  }

  /** All columns that are bound, in order. */
  List<ColumnShape> bound() {
    List<ColumnShape> bound = new ArrayList<>(what.table().key());
    bound.addAll(what.before());
    bound.addAll(what.after());
    return bound;
  }

  String sql() {
    StringBuilder sql = new StringBuilder("SELECT s.place,\n  ");
    sql.append(asIs(what.hasBefore(), what.before(), keys)).append(" AS as_before,\n  ");
    sql.append(asIs(what.hasAfter(), what.after(), firstAfter())).append(" AS as_after,\n  ");
    sql.append(age()).append(" AS age,\n  ");
    sql.append(what.commitTime() ? commitTime : "''").append(" AS committed");
    for (ColumnShape column : common) {
      sql.append(",\n  NOT (")
          .append(same(column, before(column), after(column)))
          .append("),\n  NOT (")
          .append(same(column, "t." + Identifiers.quote(column.name()), before(column)))
          .append(')');
    }
    return sql.append("\nFROM ")
        .append(PgStatements.unnest(bound(), "place"))
        .append("\nJOIN ")
        .append(Identifiers.quote(what.table().name()))
        .append(" AS t ON ")
        .append(PgStatements.onKey(what.table()))
        .append("\nFOR UPDATE OF t")
        .toString();
  }

  private int firstAfter() {
    return keys + what.before().size();
  }

  private String before(ColumnShape column) {
    return PgStatements.read(column, keys + what.before().indexOf(column));
  }

  private String after(ColumnShape column) {
    return PgStatements.read(column, firstAfter() + what.after().indexOf(column));
  }

  /** Whether the target's row has all of the values bound from a place on. */
  private static String asIs(boolean isRow, List<ColumnShape> columns, int first) {
    if (!isRow) {
      return "false";
    }
    List<String> terms = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      ColumnShape column = columns.get(i);
      terms.add(
          same(
              column,
              "t." + Identifiers.quote(column.name()),
              PgStatements.read(column, first + i)));
    }
    return terms.isEmpty() ? "true" : "(" + String.join("\n    AND ", terms) + ")";
  }

  private static String same(ColumnShape column, String left, String right) {
    String cast = cast(PgColumn.of(column).form());
    return left + cast + " IS NOT DISTINCT FROM " + right + cast;
  }

  /** json has no equality, and jsonb's text is of the server's making; so is the order of keys. */
  private static String cast(ValueForm form) {
    if (form.kind().equals("json")) {
      return "::jsonb";
    }
    String kind = form.elementForm().map(ValueForm::kind).orElse(form.kind());
    return HAVE_EQUALITY.contains(kind) ? "" : "::text";
  }

  private String age() {
    return what.version()
        .map(
            column -> {
              String own = "t." + Identifiers.quote(column.name());
              return "CASE WHEN "
                  + same(column, own, after(column))
                  + " THEN 0 WHEN "
                  + own
                  + " IS NULL OR "
                  + own
                  + " < "
                  + after(column)
                  + " THEN -1 ELSE 1 END";
            })
        .orElse("NULL::int");
  }

  /** Reads one row of the answer. */
  Finding finding(ResultSet row, List<StepRow> rows) throws SQLException {
    List<ColumnShape> bySource = new ArrayList<>();
    List<ColumnShape> byTarget = new ArrayList<>();
    for (int i = 0; i < common.size(); i++) {
      if (row.getBoolean(6 + 2 * i)) {
        bySource.add(common.get(i));
      }
      if (row.getBoolean(7 + 2 * i)) {
        byTarget.add(common.get(i));
      }
    }
    int age = row.getInt(4);
    boolean unasked = row.wasNull();
    String committed = row.getString(5);
    return new Finding(
        rows.get(row.getInt(1) - 1).change(),
        row.getBoolean(2),
        row.getBoolean(3),
        bySource,
        byTarget,
        unasked ? Age.UNASKED : age < 0 ? Age.OLDER : age == 0 ? Age.SAME : Age.NEWER,
        committed == null ? "" : committed);
  }

  /** What is bound, as an array a column. */
  List<PgStatements.Parameter> parameters(List<StepRow> rows) {
    List<PgStatements.Parameter> parameters = new ArrayList<>();
    List<ColumnShape> bound = bound();
    for (int i = 0; i < bound.size(); i++) {
      parameters.add(new PgStatements.Parameter(bound.get(i), rows, i));
    }
    return parameters;
  }
}

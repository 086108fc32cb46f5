package dev.belay.sink.target.pgwire;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.Step;
import dev.belay.sink.step.StepRow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The text of the statements. It depends on tables and columns only, not on the number of rows:
 * each column's values are one array, so a statement is parsed once.
 */
public final class PgStatements {
  private PgStatements() {}

  /**
   * A statement over several steps, or over one.
   *
   * @param plain whether the update count is the answer; else it is one row, with a count for each
   *     step
   */
  public record Statement(String sql, boolean plain) {}

  /**
   * One array that is bound: a column of some rows.
   *
   * @param place of the column's value in each row
   */
  record Parameter(ColumnShape column, List<StepRow> rows, int place) {}

  /** What a step binds, in order. */
  static List<Parameter> parameters(Step step) {
    List<Parameter> parameters = new ArrayList<>();
    bind(
        step instanceof Step.Write write ? write.columns() : step.table().key(),
        step.rows(),
        parameters);
    if (step instanceof Step.Park park) {
      park.claims().forEach(claim -> bind(claimed(park, claim), claim.rows(), parameters));
    }
    return parameters;
  }

  /** What {@link #absent} binds, in order. */
  static List<Parameter> keys(Step.Update step) {
    return step.table().key().stream()
        .map(column -> new Parameter(column, step.rows(), step.columns().indexOf(column)))
        .toList();
  }

  private static void bind(
      List<ColumnShape> columns, List<StepRow> rows, List<Parameter> parameters) {
    for (int i = 0; i < columns.size(); i++) {
      parameters.add(new Parameter(columns.get(i), rows, i));
    }
  }

  private static List<ColumnShape> claimed(Step.Park park, Step.Claim claim) {
    List<ColumnShape> columns = new ArrayList<>(park.table().key());
    columns.addAll(claim.columns());
    return columns;
  }

  public static Statement of(List<Step> steps) {
    if (steps.size() == 1 && isPlain(steps.get(0))) {
      return new Statement(plain(steps.get(0)), true);
    }
    List<String> parts = new ArrayList<>();
    List<String> deleted = new ArrayList<>();
    List<String> written = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      int number = i + 1;
      String count;
      if (isPlain(step)) {
        parts.add("w" + number + " AS (\n" + plain(step) + "\nRETURNING 1)");
        count = countOf("w" + number);
      } else {
        count = updateThenInsert((Step.Upsert) step, number, parts);
      }
      (step instanceof Step.Delete ? deleted : written).add(count + " AS " + count(i));
    }
    // Each part runs when its count is asked for. Deletes go first: a unique value that they set
    // free may be taken up by an upsert of the same statement.
    List<String> counts = new ArrayList<>(deleted);
    counts.addAll(written);
    return new Statement(
        "WITH " + String.join(",\n", parts) + "\nSELECT " + String.join(",\n  ", counts), false);
  }

  /** Name of the column with the count of a step. */
  static String count(int step) {
    return "n" + (step + 1);
  }

  private static String countOf(String part) {
    return "(SELECT pg_catalog.count(*) FROM " + part + ")";
  }

  /** Whether a step is one statement of its own. */
  private static boolean isPlain(Step step) {
    return !(step instanceof Step.Upsert) || arbitrates(step.table());
  }

  private static boolean arbitrates(TableShape table) {
    return table.key().stream().allMatch(c -> PgColumn.of(c).arbitrates());
  }

  private static String plain(Step step) {
    requireKey(step.table());
    if (step instanceof Step.Upsert upsert) {
      return upsert(upsert);
    }
    if (step instanceof Step.Update update) {
      return update(update);
    }
    if (step instanceof Step.Delete delete) {
      return delete(delete);
    }
    return park((Step.Park) step);
  }

  private static void requireKey(TableShape table) {
    if (table.key().isEmpty()) {
      throw new IllegalArgumentException("Table " + table + " has no primary key to find rows by");
    }
  }

  private static String upsert(Step.Upsert step) {
    List<String> changes = new ArrayList<>();
    if (!step.fresh()) {
      forEachValue(
          step, (column, place) -> changes.add(assign(column, "EXCLUDED." + name(column))));
      step.reset().forEach(column -> changes.add(assign(column, "DEFAULT")));
    }
    return insertInto(step)
        + "\nSELECT "
        + reads(step.columns())
        + "\nFROM "
        + unnest(step.columns(), "")
        + "\nON CONFLICT ("
        + names(step.table().key())
        + ") DO "
        + (changes.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(", ", changes));
  }

  /**
   * For a key that ON CONFLICT cannot name. Both parts see the table as it was before the
   * statement, so a row is either updated or inserted.
   */
  private static String updateThenInsert(Step.Upsert step, int number, List<String> parts) {
    TableShape table = step.table();
    requireKey(table);
    String values = "v" + number;
    parts.add(
        values
            + " AS (\nSELECT "
            + IntStream.range(0, step.columns().size())
                .mapToObj(i -> read(step.columns().get(i), i) + " AS c" + (i + 1))
                .collect(Collectors.joining(", "))
            + "\nFROM "
            + unnest(step.columns(), "")
            + ")");
    Function<String, String> onKey =
        row ->
            table.key().stream()
                .map(column -> matches(row, column, "s.c" + (step.columns().indexOf(column) + 1)))
                .collect(Collectors.joining(" AND "));
    List<String> changes = new ArrayList<>();
    if (!step.fresh()) {
      forEachValue(step, (column, place) -> changes.add(assign(column, "s.c" + (place + 1))));
      step.reset().forEach(column -> changes.add(assign(column, "DEFAULT")));
    }
    List<String> counts = new ArrayList<>();
    if (!changes.isEmpty()) {
      parts.add(
          "u"
              + number
              + " AS (\nUPDATE "
              + Identifiers.quote(table.name())
              + " AS t SET "
              + String.join(", ", changes)
              + "\nFROM "
              + values
              + " AS s WHERE "
              + onKey.apply("t")
              + "\nRETURNING 1)");
      counts.add(countOf("u" + number));
    }
    parts.add(
        "i"
            + number
            + " AS (\n"
            + insertInto(step)
            + "\nSELECT "
            + IntStream.rangeClosed(1, step.columns().size())
                .mapToObj(i -> "s.c" + i)
                .collect(Collectors.joining(", "))
            + "\nFROM "
            + values
            + " AS s WHERE NOT EXISTS (SELECT 1 FROM "
            + Identifiers.quote(table.name())
            + " AS t WHERE "
            + onKey.apply("t")
            + ")\nRETURNING 1)");
    counts.add(countOf("i" + number));
    return String.join(" + ", counts);
  }

  private static String update(Step.Update step) {
    List<String> changes = new ArrayList<>();
    forEachValue(step, (column, place) -> changes.add(assign(column, read(column, place))));
    return "UPDATE "
        + Identifiers.quote(step.table().name())
        + " AS t SET "
        + String.join(", ", changes)
        + "\nFROM "
        + unnest(step.columns(), "")
        + "\nWHERE "
        + onKey(step.table(), step.columns());
  }

  /** Numbers, from 1, the keys bound that no row has. */
  public static String absent(TableShape table) {
    requireKey(table);
    return "SELECT s.place\nFROM "
        + unnest(table.key(), "place")
        + "\nWHERE NOT EXISTS (SELECT 1 FROM "
        + Identifiers.quote(table.name())
        + " AS t WHERE "
        + onKey(table)
        + ")";
  }

  private static String delete(Step.Delete step) {
    return "DELETE FROM "
        + Identifiers.quote(step.table().name())
        + " AS t USING "
        + unnest(step.table().key(), "")
        + "\nWHERE "
        + onKey(step.table());
  }

  private static String park(Step.Park step) {
    return "UPDATE "
        + Identifiers.quote(step.table().name())
        + " AS t SET "
        + step.columns().stream()
            .map(c -> assign(c, free(step, c)))
            .collect(Collectors.joining(", "))
        + "\nFROM "
        + unnest(step.table().key(), "place")
        + "\nWHERE "
        + onKey(step.table())
        + (step.claims().isEmpty()
            ? ""
            : "\n  AND ("
                + step.claims().stream()
                    .map(claim -> isClaimed(step, claim))
                    .collect(Collectors.joining("\n  OR "))
                + ")");
  }

  /** Whether a row of another key is about to have what row {@code t} has now. */
  private static String isClaimed(Step.Park step, Step.Claim claim) {
    int keys = step.table().key().size();
    String equals = claim.nullsClash() ? " IS NOT DISTINCT FROM " : " = ";
    return "EXISTS (SELECT 1 FROM "
        + unnest(claimed(step, claim), "")
        + " WHERE "
        + IntStream.range(0, claim.columns().size())
            .mapToObj(
                i ->
                    "t."
                        + name(claim.columns().get(i))
                        + equals
                        + read(claim.columns().get(i), keys + i))
            .collect(Collectors.joining(" AND "))
        + " AND NOT ("
        + onKey(step.table())
        + "))";
  }

  private static String free(Step.Park step, ColumnShape column) {
    String value = PgColumn.of(column).parking();
    if (value.equals(PgColumn.NO_PARKING)) {
      throw new IllegalArgumentException(
          "No free value is known for column " + column.name() + " of " + step.table());
    }
    return value;
  }

  private static String insertInto(Step.Upsert step) {
    boolean overriding = step.columns().stream().anyMatch(c -> PgColumn.of(c).identityAlways());
    return "INSERT INTO "
        + Identifiers.quote(step.table().name())
        + " AS t ("
        + names(step.columns())
        + ")"
        + (overriding ? " OVERRIDING SYSTEM VALUE" : "");
  }

  private interface ValueVisitor {
    void visit(ColumnShape column, int place);
  }

  private static void forEachValue(Step.Write step, ValueVisitor visitor) {
    for (int i = 0; i < step.columns().size(); i++) {
      if (!step.table().isKeyColumn(step.columns().get(i).name())) {
        visitor.visit(step.columns().get(i), i);
      }
    }
  }

  private static String assign(ColumnShape column, String value) {
    return name(column) + " = " + value;
  }

  private static String name(ColumnShape column) {
    return Identifiers.quote(column.name());
  }

  private static String names(List<ColumnShape> columns) {
    return columns.stream().map(PgStatements::name).collect(Collectors.joining(", "));
  }

  static String read(ColumnShape column, int place) {
    return PgColumn.of(column).parameter().read("s.c" + (place + 1));
  }

  private static String reads(List<ColumnShape> columns) {
    return IntStream.range(0, columns.size())
        .mapToObj(i -> read(columns.get(i), i))
        .collect(Collectors.joining(", "));
  }

  /**
   * One array a column. PostgreSQL expands this form into one function call a column, so that its
   * limit of 100 arguments does not apply.
   *
   * @param ordinality name of a last column that numbers the rows, or empty
   */
  static String unnest(List<ColumnShape> columns, String ordinality) {
    return "unnest("
        + columns.stream()
            .map(c -> "?::" + PgColumn.of(c).parameter().elementType() + "[]")
            .collect(Collectors.joining(", "))
        + ")"
        + (ordinality.isEmpty() ? "" : " WITH ORDINALITY")
        + " AS s("
        + IntStream.rangeClosed(1, columns.size())
            .mapToObj(i -> "c" + i)
            .collect(Collectors.joining(", "))
        + (ordinality.isEmpty() ? "" : ", " + ordinality)
        + ")";
  }

  static String onKey(TableShape table) {
    return onKey(table, table.key());
  }

  /**
   * @param bound the columns of {@code s}, in order
   */
  private static String onKey(TableShape table, List<ColumnShape> bound) {
    return table.key().stream()
        .map(column -> matches("t", column, read(column, bound.indexOf(column))))
        .collect(Collectors.joining(" AND "));
  }

  private static String matches(String row, ColumnShape column, String value) {
    return row + "." + name(column) + " " + PgColumn.of(column).equality() + " " + value;
  }
}

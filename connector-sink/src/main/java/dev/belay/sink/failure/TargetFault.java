package dev.belay.sink.failure;

/**
 * A database's error, judged and stripped of everything that quotes row values: vendor messages
 * (DETAIL lines above all) never travel further than the class that made this.
 *
 * @param matter what it is about
 * @param code SQLSTATE or vendor code, for example {@code 23503} or {@code ORA-00001}
 * @param constraint name of the violated constraint, empty if none was named
 * @param table the table that the database named, empty if none
 * @param column the column that the database named, empty if none
 * @param summary what the code means, in our words
 * @param connectionLost whether the connection cannot be used any more, so that a COMMIT under way
 *     may or may not have happened
 */
public record TargetFault(
    Verdict verdict,
    Matter matter,
    String code,
    String constraint,
    String table,
    String column,
    String summary,
    boolean connectionLost) {

  /** Whether a table, a column or a right is missing, or not as it was. */
  public boolean isAboutTables() {
    return matter == Matter.DEFINITION || matter == Matter.RIGHTS;
  }

  /** One line for people. */
  public String describe() {
    StringBuilder text = new StringBuilder(summary).append(" (").append(code);
    if (!constraint.isEmpty()) {
      text.append(", constraint ").append(constraint);
    }
    if (!table.isEmpty()) {
      text.append(", table ").append(table);
    }
    if (!column.isEmpty()) {
      text.append(", column ").append(column);
    }
    return text.append(')').toString();
  }
}

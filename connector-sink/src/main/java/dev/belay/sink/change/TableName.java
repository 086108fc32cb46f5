package dev.belay.sink.change;

/**
 * A table's name, as far as it is known: a changefeed topic without {@code full_table_name} names
 * neither database nor schema.
 *
 * @param database empty if unknown
 * @param schema empty if unknown
 * @param name the table's own name, case kept
 */
public record TableName(String database, String schema, String name) {

  public static TableName of(String name) {
    return new TableName("", "", name);
  }

  public static TableName of(String schema, String name) {
    return new TableName("", schema, name);
  }

  /** The known parts with dots between them; for people, not for SQL. */
  @Override
  public String toString() {
    String qualified = schema.isEmpty() ? name : schema + "." + name;
    return database.isEmpty() ? qualified : database + "." + qualified;
  }
}

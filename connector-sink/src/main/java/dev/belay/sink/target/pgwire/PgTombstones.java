package dev.belay.sink.target.pgwire;

import static dev.belay.sink.target.CheckpointScript.TOMBSTONE;

import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import dev.belay.sink.step.StepRow;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The statement that looks keys up among the rows that applications deleted. A key is there as JSON
 * by the names of its columns, as the trigger found it; JSON's numbers are equal whatever their
 * scale. The time of a delete is that of the commit which wrote its row.
 */
final class PgTombstones {
  private PgTombstones() {}

  /** Binds what {@link #bindNames} does, then {@link #keys}. */
  static String sql(TableShape table, String commitTime) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < table.key().size(); i++) {
      // as the column has it, blanks at the end included
      parts.add(
          "?::text, ("
              + PgStatements.read(table.key().get(i), i)
              + ")::"
              + table.key().get(i).type());
    }
    return "SELECT s.place, "
        + commitTime
        + "\nFROM (SELECT ?::text AS table_schema, ?::text AS table_name, s.place,\n  "
        + "pg_catalog.jsonb_build_object("
        + String.join(", ", parts)
        + ") AS key\n  FROM "
        + PgStatements.unnest(table.key(), "place")
        + ") AS s\nJOIN "
        + TOMBSTONE
        + " AS t ON t.table_schema = s.table_schema AND t.table_name = s.table_name"
        + " AND t.key = s.key";
  }

  /** Returns the number of the next parameter. */
  static int bindNames(PreparedStatement prepared, TableShape table) throws SQLException {
    prepared.setString(1, table.name().schema());
    prepared.setString(2, table.name().name());
    int next = 3;
    for (ColumnShape column : table.key()) {
      prepared.setString(next++, column.name());
    }
    return next;
  }

  static List<PgStatements.Parameter> keys(TableShape table, List<StepRow> rows) {
    List<PgStatements.Parameter> keys = new ArrayList<>();
    for (int i = 0; i < table.key().size(); i++) {
      keys.add(new PgStatements.Parameter(table.key().get(i), rows, i));
    }
    return keys;
  }
}

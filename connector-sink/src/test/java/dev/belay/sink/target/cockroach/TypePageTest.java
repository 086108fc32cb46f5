package dev.belay.sink.target.cockroach;

import dev.belay.testkit.docs.CommittedText;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TypePageTest {
  private static final String HEAD =
      """
      # Types: the wire to CockroachDB

      What the sink writes into which column where CockroachDB is the target. Every line is a test against the stand-in for
      CockroachDB, a PostgreSQL behind a proxy, and against a real CockroachDB where the build is given one
      (`-Dbelay.cockroach.url`): the value is written by the sink's own statements and read back as text. This page is generated
      from that table (`TypeTable`; `mvn verify -Dbelay.rewrite=true`).

      The rule is *exact or refused*: a value that the column would round, cut or pad is rejected with the reason, and goes the
      way of rejected records (dead letter queue, or stop). The column's type, as `information_schema.columns.crdb_sql_type`
      has it, decides what a value means, never the look of the value.

      - DECIMAL has NaN and infinities, with a precision too.
      - Arrays have one dimension. Nested ones go into JSONB.
      - A string of the wire in a JSONB column is a JSON string. SQL NULL and JSON null look the same on the wire, unless the
        feed tells them apart.
      - A timestamp without a zone in a TIMESTAMPTZ column is read as UTC; one with a zone is stored in UTC in a TIMESTAMP column.
      - The character U+0000 is refused, in strings and in JSON.
      - GEOMETRY and GEOGRAPHY are read from GeoJSON, with the SRID of the column; Avro has theirs, which must be the same. VECTOR, LTREE, BOX2D, REFCURSOR and all types not
        named here are read from text by CockroachDB itself. (Not among the tests on the stand-in, which has none of them.)
      - Not written, with the reason: composite types, and identity columns that are GENERATED ALWAYS.

      `app.mood` is an enum.

      | on the wire | column | read back as text |
      |---|---|---|
      """;

  @Test
  void thePageOfTypesIsThatOfTheTable() throws Exception {
    StringBuilder page = new StringBuilder(HEAD);
    for (TypeTable.Row row : TypeTable.rows()) {
      page.append("| ")
          .append(String.join(" | ", code(row.wire()), code(row.column()), fate(row)))
          .append(" |\n");
    }
    CommittedText.assertCommitted(Path.of("..", "docs", "types-cockroachdb.md"), page.toString());
  }

  private static String fate(TypeTable.Row row) {
    return switch (row.fate()) {
      case STORED -> code(row.stored());
      case REFUSED -> "*refused*: " + row.stored();
      case POISON -> "*refused by CockroachDB*: " + row.stored();
    };
  }

  private static String code(String text) {
    if (text.isEmpty()) {
      return "(empty)";
    }
    StringBuilder shown = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c < 0x20 || c == 0x7f) {
        shown.append("\\u%04x".formatted((int) c));
      } else {
        shown.append(c == '|' ? "\\|" : Character.toString(c));
      }
    }
    return "`" + shown + "`";
  }
}

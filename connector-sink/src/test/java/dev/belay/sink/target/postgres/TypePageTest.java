package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.target.postgres.TypeTable.Fate;
import dev.belay.testkit.docs.CommittedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TypePageTest {
  private static final String HEAD =
      """
      # Types: CockroachDB to PostgreSQL

      What the sink writes into which column. Every line is a test against real servers, PostgreSQL 18 and 12:
      the value is written by the sink's own statements and read back as text. This page is generated from that
      table (`TypeTable`; `mvn verify -Dbelay.rewrite=true`).

      The rule is *exact or refused*: a value that the column would round, cut, pad or clamp is rejected with the
      reason, and goes the way of rejected records (dead letter queue, or stop). Only the blanks that `char(n)` adds
      are not counted as a change. The column's type decides what a value means, never the look of the value.

      Two exceptions can be asked for, of columns that are no key: `values.not.finite` writes NULL or a number for NaN and
      infinities where the column has none, and `values.fraction=truncate` cuts off digits behind the point, of numbers and
      of seconds, for which it has no room. Lines marked as refused are without them.

      - A string of the wire in a `json` or `jsonb` column is a JSON string, since that is how JSONB arrives. A
        STRING column that holds JSON text does not fit there.
      - SQL NULL and JSON null look the same on the wire, unless the changefeed has the option
        `encode_json_value_null_as_object`.
      - A timestamp without a zone in a `timestamptz` column is read as UTC; one with a zone is stored in UTC in a
        `timestamp` column.
      - Floating point: a number is taken if the column's value, printed with as many digits, is that number again.
      - GEOMETRY and GEOGRAPHY into PostGIS columns go through `ST_GeomFromGeoJSON`, with the SRID of the column: JSON
        feeds have lost theirs, and where Avro has another one the record is rejected. (Not among the tests, whose servers have no PostGIS.)
      - Labels of enums, addresses, ranges and all types not named here are judged by PostgreSQL's own input
        functions: what they refuse is a fault of the record.
      - Not written, with the reason: composite types (the wire sorts their fields by name), `money` (its decimals
        depend on `lc_monetary`).

      In the table `app.cents` is a domain over `numeric(10,2)` with `CHECK (value >= 0)`, `app.label` a domain over a
      domain over `varchar(5)`, `app.numbers` a domain over `bigint[]`, `app.mood` an enum, `app.address` a composite;
      `ext` holds the extensions.

      | CockroachDB | on the wire | PostgreSQL column | read back as text |
      |---|---|---|---|
      """;

  @Test
  void thePageOfTypesIsThatOfTheTable() throws Exception {
    StringBuilder page = new StringBuilder(HEAD);
    for (TypeTable.Row row : TypeTable.rows()) {
      List<String> cells = new ArrayList<>();
      cells.add(code(row.source()));
      cells.add(row.label().isEmpty() ? code(row.wire()) : row.label());
      cells.add(code(row.column()) + (row.since() > 12 ? " (" + row.since() + " on)" : ""));
      cells.add(fate(row));
      page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
    CommittedText.assertCommitted(Path.of("..", "docs", "types-postgresql.md"), page.toString());
  }

  /** All that CockroachDB can write; VARCHAR is STRING, SERIAL is INT8, and so on. */
  @Test
  void everyTypeOfTheWireHasALine() {
    List<String> types =
        List.of(
                "INT2 INT4 INT8 FLOAT4 FLOAT8 DECIMAL BOOL STRING CHAR(3) NAME \"char\" CITEXT"
                    .split(" "),
                "BYTES UUID INET DATE TIME TIMETZ TIMESTAMP TIMESTAMPTZ INTERVAL JSONB".split(" "),
                "BIT VARBIT ENUM composite GEOMETRY GEOGRAPHY BOX2D OID REGCLASS PG_LSN".split(" "),
                "TSVECTOR TSQUERY VECTOR REFCURSOR LTREE JSONPATH".split(" "))
            .stream()
            .flatMap(Stream::of)
            .toList();
    assertThat(TypeTable.rows())
        .extracting(TypeTable.Row::source)
        .containsAll(types)
        .contains("STRING COLLATE fr")
        .containsAll(
            Stream.of("INT8 FLOAT8 DECIMAL BOOL STRING BYTES UUID INET DATE TIME ENUM".split(" "))
                .map(element -> element + "[]")
                .toList());
  }

  private static String fate(TypeTable.Row row) {
    if (row.fate() == Fate.REFUSED) {
      return "*refused*: " + row.stored();
    }
    if (row.fate() == Fate.POISON) {
      return "*refused by PostgreSQL*: " + row.stored();
    }
    return row.label().isEmpty() ? code(row.stored()) : "the same";
  }

  private static String code(String text) {
    if (text.isEmpty()) {
      return "(empty)";
    }
    StringBuilder shown = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c < 0x20 || c == 0x7f || c == '\u2028' || c == '\u2029') {
        shown.append("\\u%04x".formatted((int) c));
      } else {
        shown.append(c == '|' ? "\\|" : Character.toString(c));
      }
    }
    return "`" + shown + "`";
  }
}

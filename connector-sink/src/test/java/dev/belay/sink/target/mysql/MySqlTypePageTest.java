package dev.belay.sink.target.mysql;

import dev.belay.sink.target.mysql.TypeTable.Fate;
import dev.belay.sink.target.mysql.TypeTable.On;
import dev.belay.testkit.docs.CommittedText;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MySqlTypePageTest {
  private static final String HEAD =
"""
# Types: CockroachDB to MySQL and MariaDB

What the sink writes into which column. Every line is a test against real servers, MySQL 9.7, MariaDB 11.8 and
10.11: the value is written by the sink's own statements and read back as text (bytes as hexadecimal digits,
geometry with its SRID first). This page is generated from that table (`TypeTable`; `mvn verify
-Dbelay.rewrite=true`).

The rule is *exact or refused*: a value that the column would round, cut, pad or clamp is rejected with the
reason, and goes the way of rejected records (dead letter queue, or stop). The column's type decides what a value
means, never the look of the value.

Two exceptions can be asked for, of columns that are no key: `values.not.finite` writes NULL or a number for NaN and
infinities where the column has none, and `values.fraction=truncate` cuts off digits behind the point, of numbers and
of seconds, for which it has no room. Lines marked as refused are without them.

- There are neither NaN nor infinities in numbers, dates and times, and no years before 1 or after 9999.
- CHAR forgets blanks at the end and BINARY fills up with zeros: a value that would come back otherwise is refused.
  Use VARCHAR and VARBINARY.
- MySQL keeps numbers in JSON as 64 bit integers or doubles. A number that would be rounded is refused; MariaDB
  keeps the text.
- A string of the wire in a JSON column is a JSON string, since that is how JSONB arrives. SQL NULL and JSON null
  look the same on the wire, unless the changefeed has the option `encode_json_value_null_as_object`.
- BIT is a number: only a text of just as many bits can be told from what is read back.
- ENUM and SET take the very label; the server would take it in any case.
- A timestamp without a zone in a TIMESTAMP column is read as UTC; one with a zone is stored in UTC in a DATETIME.
- Geometries of JSON feeds have lost their SRID: the column's own is set, and 0 where it has none. Those of Avro have it, as `crs`
  in front of the GeoJSON: where the column has another, or none, the record is rejected.
- Arrays go into JSON columns.

| CockroachDB | on the wire | column | read back |
|---|---|---|---|
""";

  @Test
  void thePageOfTypesIsThatOfTheTable() throws Exception {
    StringBuilder page = new StringBuilder(HEAD);
    for (TypeTable.Row row : TypeTable.rows()) {
      page.append("| ")
          .append(
              String.join(
                  " | ",
                  List.of(
                      code(row.source()),
                      row.label().isEmpty() ? code(row.wire()) : row.label(),
                      code(row.column()) + servers(row),
                      fate(row))))
          .append(" |\n");
    }
    CommittedText.assertCommitted(Path.of("..", "docs", "types-mysql.md"), page.toString());
  }

  private static String servers(TypeTable.Row row) {
    return row.on() == On.BOTH ? "" : row.on() == On.MYSQL ? " (MySQL)" : " (MariaDB)";
  }

  private static String fate(TypeTable.Row row) {
    if (row.fate() == Fate.REFUSED) {
      return "*refused*: " + row.stored();
    }
    if (row.fate() == Fate.POISON) {
      return "*refused by the server*: " + row.stored();
    }
    return row.label().isEmpty() ? code(row.stored()) : "the same";
  }

  private static String code(String text) {
    if (text.isEmpty()) {
      return "(empty)";
    }
    StringBuilder shown = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c < 0x20) {
        shown.append("\\u%04x".formatted((int) c));
      } else {
        shown.append(c == '|' ? "\\|" : Character.toString(c));
      }
    }
    return "`" + shown + "`";
  }
}

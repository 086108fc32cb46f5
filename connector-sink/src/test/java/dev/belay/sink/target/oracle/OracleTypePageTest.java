package dev.belay.sink.target.oracle;

import dev.belay.sink.target.oracle.TypeTable.Fate;
import dev.belay.testkit.docs.CommittedText;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OracleTypePageTest {
  private static final String HEAD =
"""
# Types: CockroachDB to Oracle

What the sink writes into which column. Every line is a test *without a server*: the value is bound as the sink binds
it and read back from the driver's own object, which is what travels. What the server then makes of it is tested where
a Docker engine can run one. This page is generated from that table (`TypeTable`; `mvn verify -Dbelay.rewrite=true`).

The rule is *exact or refused*: a value that the column would round, cut or pad is rejected with the reason, and goes
the way of rejected records (dead letter queue, or stop). The column's type decides what a value means, never the look
of the value. Nothing depends on the session's NLS settings.

- **An empty string is NULL in Oracle.** Into a nullable VARCHAR2 it becomes NULL; into one that is NOT NULL the record is
  rejected, or `oracle.empty.string` says what is written instead (never in a primary key). An empty RAW is NULL too. An
  empty CLOB or BLOB is not.
- NUMBER holds 38 digits below 1E126, and neither NaN nor infinities; BINARY_FLOAT and BINARY_DOUBLE hold both. FLOAT(b)
  holds b times 0.30103 decimal digits. Minus zero becomes zero.
- CHAR and NCHAR fill up with blanks: a shorter text is read back with them, unless it ends in a blank, which nobody could
  tell any more: that is refused. In a primary key only texts of the column's full length are taken, since `ab` and `ab `
  would become one row. Use VARCHAR2.
- Lengths in bytes are counted in the database's character set, and a character that it does not have is refused. Of
  multi-byte sets other than AL32UTF8 and UTF8 only ASCII is known.
- A boolean goes into NUMBER as 1 and 0, into BOOLEAN (23ai), and into one character if a CHECK names the two: Y and N, T
  and F, 1 and 0.
- DATE has a time of day in whole seconds. The years are 1 to 9999. 5 to 14 October 1582 are not in Oracle's calendar.
- A timestamp without a zone is read as UTC where the column has one; one with a zone is stored in UTC where it has none.
- An INTERVAL has a column if it has months alone, or days and less than 24 hours of one sign.
- JSON (21c and newer) keeps numbers as NUMBER: one with more digits is refused. CLOB, VARCHAR2 and BLOB with IS JSON keep
  the text; before 21c the server takes no bare strings and numbers there. SQL NULL and JSON null look the same on the
  wire, unless the changefeed has the option `encode_json_value_null_as_object`.
- Arrays go into JSON or text columns, GeoJSON into a CLOB. XMLTYPE, LONG, LONG RAW, SDO_GEOMETRY, ROWID, BFILE and VECTOR are
  refused.

| CockroachDB | on the wire | column | bound |
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
                      code(row.wire()),
                      code(row.column().replace(" IN KEY", " (primary key)")),
                      row.fate() == Fate.REFUSED
                          ? "*refused*: " + row.stored()
                          : code(row.stored()))))
          .append(" |\n");
    }
    CommittedText.assertCommitted(Path.of("..", "docs", "types-oracle.md"), page.toString());
  }

  private static String code(String text) {
    if (text.isEmpty()) {
      return "(NULL)";
    }
    if (text.equals("(LOB) ")) {
      return "(empty LOB)";
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

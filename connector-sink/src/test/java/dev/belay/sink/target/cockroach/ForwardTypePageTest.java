package dev.belay.sink.target.cockroach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.forward.MySqlColumns;
import dev.belay.sink.forward.PostgresColumns;
import dev.belay.sink.forward.SourceColumn;
import dev.belay.sink.target.cockroach.ForwardTypes.Line;
import dev.belay.testkit.docs.CommittedText;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ForwardTypePageTest {
  private static final String HEAD =
      """
      # Types: from the old database through Debezium to CockroachDB

      What becomes of a value on the [way forward](forward.md), with Debezium set as in `config/forward/`. The values were written into
      PostgreSQL 18 and MySQL 9.7, real Debezium (3.7.0 and 3.6.1) sent them, and what it sent is kept in the repository; the
      column *written* is what the sink makes of it for a column of that type. That such a text arrives in CockroachDB as it is
      [is another table](types-cockroachdb.md). This page is generated from the samples
      (`ForwardTypePageTest`; `mvn verify -Dbelay.rewrite=true`).

      The rule is *exact or refused*: what the column cannot hold is rejected with the reason, and goes the way of rejected
      records (dead letter queue, or stop). Of one type several columns are shown where there is a choice; the first is the
      better one. Where the snapshot differs from the log, both are shown.

      What Debezium changes before the sink sees it stands in [what to know](forward.md#what-to-know). **Oracle**
      was recorded by nobody: its files are set so that numbers come as text and times as ISO text, which columns of DECIMAL,
      TIMESTAMP and TIMESTAMPTZ take; try yours before you rely on it.

      `app.mood` is an enum. `infinity` in TIMESTAMPTZ is what CockroachDB's last moment, in the year 294276, is called.
      """;

  private static final String SCHEMALESS =
      """

      ## Events without their schema

      With `schemas.enable=false` on Debezium's converters nothing on the wire says what a value is: a date is a number of days or of
      microseconds, bytes are base64 or hexadecimal digits. `feed.schemaless=text` reads such events all the same, by the type of the target's
      column, if Debezium's connector has these lines in place of those in `config/forward/postgres.json`:

      ```properties
      key.converter.schemas.enable=false
      value.converter.schemas.enable=false
      decimal.handling.mode=string
      time.precision.mode=isostring
      interval.handling.mode=string
      binary.handling.mode=hex
      ```

      The events cannot show that it has: `1234` in a DECIMAL column would be the base64 of three bytes without the first of them, and be taken for
      a number. What is rejected: numbers for dates, times, timestamps and intervals; all but true and false for bit strings; text that is not
      hexadecimal for bytes; events with a schema. What is not noticed: a time or timestamp with a zone, in a column without one, is written as of
      UTC; bytes in a column of text are hexadecimal digits there. What Debezium 3.7.0 itself loses with these lines: the time `24:00:00` comes as
      `00:00:00`, its snapshot leaves out that a date is before Christ, and it stops at an array of bytes. Recorded with PostgreSQL 18, not with
      MySQL and Oracle. Schemas cost almost nothing with zstd: prefer them.
      """;

  private static final Map<String, List<String>> OF_POSTGRESQL =
      Map.ofEntries(
          Map.entry("smallint", List.of("INT2")),
          Map.entry("integer", List.of("INT4")),
          Map.entry("bigint", List.of("INT8", "INT4")),
          Map.entry("numeric", List.of("DECIMAL")),
          Map.entry("numeric(10,2)", List.of("DECIMAL(10,2)")),
          Map.entry("numeric(5,-2)", List.of("DECIMAL")),
          Map.entry("money", List.of("DECIMAL(19,2)")),
          Map.entry("real", List.of("FLOAT4")),
          Map.entry("double precision", List.of("FLOAT8")),
          Map.entry("boolean", List.of("BOOL")),
          Map.entry("char(5)", List.of("CHAR(5)", "STRING")),
          Map.entry("varchar(20)", List.of("VARCHAR(20)")),
          Map.entry("bytea", List.of("BYTES")),
          Map.entry("date", List.of("DATE")),
          Map.entry("time", List.of("TIME")),
          Map.entry("time(0)", List.of("TIME(0)")),
          Map.entry("time(3)", List.of("TIME(3)")),
          Map.entry("timetz", List.of("TIMETZ", "TIME")),
          Map.entry("timestamp", List.of("TIMESTAMP")),
          Map.entry("timestamp(0)", List.of("TIMESTAMP(0)")),
          Map.entry("timestamp(3)", List.of("TIMESTAMP(3)")),
          Map.entry("timestamptz", List.of("TIMESTAMPTZ")),
          Map.entry("interval", List.of("INTERVAL")),
          Map.entry("uuid", List.of("UUID")),
          Map.entry("json", List.of("JSONB", "STRING")),
          Map.entry("jsonb", List.of("JSONB")),
          Map.entry("inet", List.of("INET")),
          Map.entry("bit(1)", List.of("BOOL", "BIT(1)")),
          Map.entry("bit(10)", List.of("BIT(10)")),
          Map.entry("varbit", List.of("VARBIT")),
          Map.entry("tsvector", List.of("TSVECTOR")),
          Map.entry("point", List.of("GEOMETRY", "STRING")),
          Map.entry("mood", List.of(ForwardTypes.MOOD, "STRING")),
          Map.entry("positive", List.of("INT4")),
          Map.entry("hstore", List.of("JSONB")),
          Map.entry("oid", List.of("OID", "INT8")),
          Map.entry("int[]", List.of("INT4[]")),
          Map.entry("bigint[]", List.of("INT8[]")),
          Map.entry("text[]", List.of("STRING[]")),
          Map.entry("varchar(5)[]", List.of("VARCHAR(5)[]")),
          Map.entry("numeric[]", List.of("DECIMAL[]")),
          Map.entry("numeric(10,2)[]", List.of("DECIMAL(10,2)[]")),
          Map.entry("boolean[]", List.of("BOOL[]")),
          Map.entry("real[]", List.of("FLOAT4[]")),
          Map.entry("double precision[]", List.of("FLOAT8[]")),
          Map.entry("date[]", List.of("DATE[]")),
          Map.entry("timestamp[]", List.of("TIMESTAMP[]")),
          Map.entry("timestamptz[]", List.of("TIMESTAMPTZ[]")),
          Map.entry("uuid[]", List.of("UUID[]")),
          Map.entry("jsonb[]", List.of("JSONB[]")),
          Map.entry("bytea[]", List.of("BYTES[]")),
          Map.entry("inet[]", List.of("INET[]")));

  private static final Map<String, List<String>> OF_MYSQL =
      Map.ofEntries(
          Map.entry("tinyint", List.of("INT2")),
          Map.entry("tinyint(1)", List.of("INT2", "BOOL")),
          Map.entry("tinyint unsigned", List.of("INT2")),
          Map.entry("smallint", List.of("INT2")),
          Map.entry("smallint unsigned", List.of("INT4")),
          Map.entry("mediumint", List.of("INT4")),
          Map.entry("mediumint unsigned", List.of("INT4")),
          Map.entry("int", List.of("INT4")),
          Map.entry("int unsigned", List.of("INT8", "INT4")),
          Map.entry("bigint", List.of("INT8")),
          Map.entry("bigint unsigned", List.of("DECIMAL(20,0)", "INT8")),
          Map.entry("decimal(65,30)", List.of("DECIMAL(65,30)")),
          Map.entry("decimal(10,2)", List.of("DECIMAL(10,2)")),
          Map.entry("decimal(10)", List.of("DECIMAL(10,0)", "INT8")),
          Map.entry("float", List.of("FLOAT4")),
          Map.entry("double", List.of("FLOAT8")),
          Map.entry("float(7,4)", List.of("FLOAT4", "DECIMAL(7,4)")),
          Map.entry("double(10,3)", List.of("FLOAT8")),
          Map.entry("bit(1)", List.of("BOOL", "BIT(1)")),
          Map.entry("bit(10)", List.of("BIT(10)")),
          Map.entry("bit(64)", List.of("BIT(64)")),
          Map.entry("boolean", List.of("BOOL", "INT2")),
          Map.entry("char(5)", List.of("CHAR(5)", "STRING")),
          Map.entry("varchar(20)", List.of("VARCHAR(20)")),
          Map.entry("binary(4)", List.of("BYTES")),
          Map.entry("varbinary(20)", List.of("BYTES")),
          Map.entry("blob", List.of("BYTES")),
          Map.entry("date", List.of("DATE")),
          Map.entry("time", List.of("TIME")),
          Map.entry("time(3)", List.of("TIME(3)")),
          Map.entry("time(6)", List.of("TIME")),
          Map.entry("datetime", List.of("TIMESTAMP")),
          Map.entry("datetime(3)", List.of("TIMESTAMP(3)")),
          Map.entry("datetime(6)", List.of("TIMESTAMP")),
          Map.entry("timestamp NULL", List.of("TIMESTAMPTZ")),
          Map.entry("timestamp(6) NULL", List.of("TIMESTAMPTZ")),
          Map.entry("year", List.of("INT2")),
          Map.entry("json", List.of("JSONB")),
          Map.entry("geometry", List.of("GEOMETRY")),
          Map.entry("point", List.of("GEOMETRY")));

  /** What has no type of its own in CockroachDB, and is text here, goes into a text. */
  private static Function<SourceColumn, List<String>> by(Map<String, List<String>> choice) {
    return column -> choice.getOrDefault(column.type(), List.of("STRING"));
  }

  @Test
  void thePageOfTypesIsWhatTheSamplesBecome() throws Exception {
    StringBuilder page = new StringBuilder(HEAD);
    section(
        page,
        "PostgreSQL",
        ForwardTypes.lines(
            "postgres", "forward.public.types", PostgresColumns.plain(), by(OF_POSTGRESQL)));
    section(
        page,
        "MySQL",
        ForwardTypes.lines("mysql", "forward.shop.types", MySqlColumns.plain(), by(OF_MYSQL)));
    page.append(SCHEMALESS);
    section(
        page,
        "PostgreSQL, without schemas",
        ForwardTypes.lines(
            "postgres-schemaless",
            "forward.public.types",
            PostgresColumns.withHex(),
            by(OF_POSTGRESQL)));
    CommittedText.assertCommitted(Path.of("..", "docs", "types-forward.md"), page.toString());
  }

  private static void section(StringBuilder page, String title, List<Line> lines) {
    assertThat(lines).hasSizeGreaterThan(100);
    page.append(title.contains(",") ? "\n### " : "\n## ").append(title).append("\n\n");
    page.append("| type | value | column | written |\n|---|---|---|---|\n");
    for (Line line : lines) {
      page.append("| ")
          .append(
              String.join(
                  " | ",
                  "`" + line.type() + "`",
                  ForwardTypes.code(line.literal()),
                  "`" + line.column() + "`",
                  line.streamed()
                      + (line.snapshot().equals(line.streamed())
                          ? ""
                          : "; by the snapshot " + line.snapshot())))
          .append(" |\n");
    }
  }
}

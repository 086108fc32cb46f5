package dev.belay.testkit.standin.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.standin.row.Column;
import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.Kind;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Sql;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectTest {

  private static final TableShape FOO =
      new TableShape(
          1,
          "d",
          "public",
          "foo",
          List.of(
              new Column("a", SqlType.of(Kind.INT), false),
              new Column("B", SqlType.of(Kind.STRING), true)),
          List.of(0));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "CREATE TABLE t (a INT, b String(5), c BYTES[]) | CREATE TABLE t (a INT8, b VARCHAR(5), c BYTEA[])",
        "CREATE TABLE t (a INT4, \"int\" INT2, s TEXT DEFAULT 'STRING') | CREATE TABLE t (a INT4, \"int\" INT2, s TEXT DEFAULT 'STRING')",
        "CREATE TABLE t (a UUID, PRIMARY KEY (a ASC)) | CREATE TABLE t (a UUID, PRIMARY KEY (a ))",
        "ALTER TABLE t ADD COLUMN x STRING | ALTER TABLE t ADD COLUMN x TEXT",
        "SELECT 'x'::STRING, string, int FROM t | SELECT 'x'::TEXT, string, int FROM t",
        "SELECT 1 -- INT | SELECT 1 -- INT"
      })
  void translatesTypesWhereTypesStand(String from, String to) {
    assertThat(Dialect.translate(Sql.of(from))).isEqualTo(to);
  }

  @Test
  void upsertSetsTheColumnsItNames() {
    Sql sql = Sql.of("UPSERT INTO foo (a, \"B\") SELECT 1, f(2) RETURNING a");
    assertThat(Upsert.parse(sql).orElseThrow().asInsert(FOO))
        .isEqualTo(
            "INSERT INTO foo (a, \"B\") SELECT 1, f(2)  ON CONFLICT (\"a\") DO UPDATE SET"
                + " a = excluded.a, \"B\" = excluded.\"B\" RETURNING a");
  }

  @Test
  void upsertWithoutColumnsSetsAll() {
    assertThat(Upsert.parse(Sql.of("UPSERT INTO foo VALUES (1, 'x')")).orElseThrow().asInsert(FOO))
        .isEqualTo(
            "INSERT INTO foo VALUES (1, 'x') ON CONFLICT (\"a\") DO UPDATE SET"
                + " \"a\" = excluded.\"a\", \"B\" = excluded.\"B\" ");
  }
}

package dev.belay.testkit.standin.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.standin.row.SqlType;
import dev.belay.testkit.standin.row.SqlType.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueJsonTest {

  private static final ValueJson VALUES = new ValueJson(false);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "FLOAT | 10 | 1E+1",
        "FLOAT | 128 | 128",
        "FLOAT | 1e+06 | 1E+6",
        "FLOAT | 1e-07 | 1E-7",
        "FLOAT | 0.000001 | 0.000001",
        "FLOAT | -0 | -0",
        "FLOAT | 0 | 0",
        "FLOAT | -Infinity | \"-Infinity\"",
        "DECIMAL | 1.10 | 1.10",
        "DECIMAL | 0.0000000 | 0.0000000",
        "DECIMAL | 0.0000001 | 1E-7",
        "DECIMAL | 1E+10 | 1E+10",
        "DECIMAL | NaN | \"NaN\"",
        "BOOL | t | true",
        "BOOL | false | false",
        "CHAR | ab   | \"ab\"",
        "TIMESTAMP | 0001-12-31 23:59:59 BC | \"0000-12-31T23:59:59\"",
        "TIMESTAMP | 0044-03-15 12:00:00 BC | \"-0043-03-15T12:00:00\"",
        "TIMESTAMP | -infinity | \"-4714-11-23T00:00:00\"",
        "TIMESTAMPTZ | 2019-01-02 03:04:05.5+00 | \"2019-01-02T03:04:05.5Z\"",
        "TIMESTAMPTZ | 0044-03-15 12:00:00+00 BC | \"-0043-03-15T12:00:00Z\"",
        "OID | 3 | \"3\"",
        "OTHER | BOX(1 2,3 4) | \"BOX(1 2,3 4)\"",
        "JSON | {\"b\": 1.50, \"Z\": [1, {\"é\": null, \"_\": \"/<\"}], \"a\": 1E+3} | {\"Z\": [1, {\"_\": \"/<\", \"é\": null}], \"a\": 1E+3, \"b\": 1.50}",
        "JSON | null | null"
      })
  void writesEachTypeInItsForm(Kind kind, String text, String json) {
    assertThat(VALUES.write(SqlType.of(kind), Optional.of(text))).isEqualTo(json);
  }

  @Test
  void marksAJsonNullOnDemandButNeverAnSqlNull() {
    ValueJson marking = new ValueJson(true);
    assertThat(marking.write(SqlType.of(Kind.JSON), Optional.of("null")))
        .isEqualTo("{\"__crdb_json_null__\": true}");
    assertThat(marking.write(SqlType.of(Kind.JSON), Optional.empty())).isEqualTo("null");
  }

  @Test
  void tellsNullTheWordNullAndNothingApartInArrays() {
    SqlType texts = new SqlType.ArrayOf(SqlType.of(Kind.STRING));
    assertThat(VALUES.write(texts, Optional.of("{\"a,b\",\"q\\\"q\",NULL,\"\",\"NULL\",\"}\"}")))
        .isEqualTo("[\"a,b\", \"q\\\"q\", null, \"\", \"NULL\", \"}\"]");
    assertThat(VALUES.write(texts, Optional.of("{}"))).isEqualTo("[]");
  }

  @Test
  void writesACompositeAsAnObjectWithSortedFields() {
    SqlType address =
        new SqlType.Composite(
            List.of(
                new SqlType.Field("zip", SqlType.of(Kind.INT)),
                new SqlType.Field("street", SqlType.of(Kind.STRING)),
                new SqlType.Field("flat", SqlType.of(Kind.STRING))));
    assertThat(VALUES.write(address, Optional.of("(12345,\"Main \"\"St\"\", 1\",)")))
        .isEqualTo("{\"flat\": null, \"street\": \"Main \\\"St\\\", 1\", \"zip\": 12345}");
  }

  @Test
  void escapesOnlyQuoteBackslashAndControlCharacters() {
    assertThat(JsonText.string("\"\\\n\r\t\b\f\u001b\u007f/<\u2028☃"))
        .isEqualTo("\"\\\"\\\\\\n\\r\\t\\u0008\\u000c\\u001b\u007f/<\u2028☃\"");
  }
}

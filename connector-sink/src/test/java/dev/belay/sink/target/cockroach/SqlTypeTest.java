package dev.belay.sink.target.cockroach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.target.pgwire.PgColumn.Parameter;
import dev.belay.sink.target.pgwire.ValueForm;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types as CockroachDB words them, among them those that the stand-in has not. */
class SqlTypeTest {

  @Test
  void theWordsOfATypeAreTakenApart() {
    assertThat(SqlType.parse("DECIMAL(10,2)"))
        .isEqualTo(type("DECIMAL(10,2)", "DECIMAL", List.of("10", "2"), List.of(), "", false));
    assertThat(SqlType.parse("VARCHAR(3)[]"))
        .isEqualTo(type("VARCHAR(3)[]", "VARCHAR", List.of("3"), List.of(), "", true));
    assertThat(SqlType.parse("STRING(5) COLLATE en_US"))
        .isEqualTo(
            type("STRING(5) COLLATE en_US", "STRING", List.of("5"), List.of(), "en_US", false));
    assertThat(SqlType.parse("INTERVAL DAY TO HOUR"))
        .isEqualTo(
            type(
                "INTERVAL DAY TO HOUR",
                "INTERVAL",
                List.of(),
                List.of("DAY", "TO", "HOUR"),
                "",
                false));
    assertThat(SqlType.parse("public.\"Mood\"[]"))
        .isEqualTo(type("public.\"Mood\"[]", "public.\"Mood\"", List.of(), List.of(), "", true));
    assertThat(SqlType.parse("\"char\"").base()).isEqualTo("\"char\"");
  }

  @Test
  void textsThatACollationCallsEqualAreOneKey() {
    ValueForm caseless =
        CockroachTypes.form(SqlType.parse("STRING(20) COLLATE en_US_u_ks_level2"), 'b');
    assertThat(caseless.canonical("Ann")).isEqualTo(caseless.canonical("ann"));
    for (String exact : List.of("STRING COLLATE en_US", "STRING COLLATE \"de-u-co-phonebk\"")) {
      ValueForm form = CockroachTypes.form(SqlType.parse(exact), 'b');
      assertThat(form.canonical("Ann")).as(exact).isNotEqualTo(form.canonical("ann"));
    }
  }

  private static SqlType type(
      String text,
      String base,
      List<String> arguments,
      List<String> words,
      String collation,
      boolean array) {
    return new SqlType(
        text,
        base,
        arguments,
        words,
        collation.isEmpty() ? Optional.empty() : Optional.of(collation),
        array);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "INT8|b|INT8|s.c1",
        "STRING(20)|b|STRING|s.c1",
        "VARCHAR(20)|b|STRING|s.c1",
        "CHAR(3)|b|STRING|s.c1::BPCHAR",
        "BIT(3)|b|VARBIT|s.c1",
        "JSONB|b|STRING|s.c1::JSONB",
        "INT8[]|b|STRING|s.c1::INT8[]",
        "VECTOR(3)|b|STRING|s.c1::VECTOR",
        "TSVECTOR|b|STRING|s.c1::TSVECTOR",
        "public.mood|e|STRING|s.c1::public.mood",
        "STRING COLLATE en_US|b|STRING|s.c1 COLLATE en_US",
        "GEOMETRY(POINT,4326)|b|STRING|st_setsrid(st_geomfromgeojson(s.c1), 4326)",
        "GEOMETRY|b|STRING|st_setsrid(st_geomfromgeojson(s.c1), 0)",
        "GEOGRAPHY(POINT,4326)|b|STRING|st_geogfromgeojson(s.c1)"
      })
  void aValueIsSentAsWhatAnArrayCanHold(String type, char kind, String sent, String read) {
    Parameter parameter = CockroachTypes.parameter(SqlType.parse(type), kind);

    assertThat(parameter.elementType()).isEqualTo(sent);
    assertThat(parameter.read("s.c1")).isEqualTo(read);
  }
}

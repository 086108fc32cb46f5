package dev.belay.sink.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the words say of themselves: in messages to people, and where something is absent. */
class VocabularyTest {
  @Test
  void originReadsAsCoordinates() {
    assertThat(new Origin("orders", 3, 42)).hasToString("offset 42 of topic orders, partition 3");
  }

  @Test
  void tableNameReadsAsItsKnownParts() {
    assertThat(TableName.of("t")).hasToString("t");
    assertThat(TableName.of("s", "t")).hasToString("s.t");
    assertThat(new TableName("d", "s", "t")).hasToString("d.s.t");
    assertThat(new TableName("d", "", "t")).hasToString("d.t");
  }

  @Test
  void columnThatARowDoesNotCarryIsAbsentAndNotNull() {
    Row row = new Row(List.of("a"), List.of(Datum.Null.NULL));
    assertThat(row.value("a")).contains(Datum.Null.NULL);
    assertThat(row.value("b")).isEmpty();
    assertThat(row.isEmpty()).isFalse();
    assertThat(Row.NONE.isEmpty()).isTrue();
  }

  @Test
  void rowOfUnequalNamesAndValuesCannotBeMade() {
    assertThatThrownBy(() -> new Row(List.of("a"), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keyPartsKnowWhetherTheyHaveNames() {
    Datum one = new Datum.Number("1");
    assertThat(KeyParts.unnamed(List.of(one)).isNamed()).isFalse();
    assertThat(KeyParts.unnamed(List.of(one)).isEmpty()).isFalse();
    assertThat(new KeyParts(List.of("a"), List.of(one)).isNamed()).isTrue();
    assertThat(KeyParts.NONE.isEmpty()).isTrue();
  }

  @Test
  void onlyNullIsNull() {
    assertThat(Datum.Null.NULL.isNull()).isTrue();
    assertThat(Datum.Bool.FALSE.isNull()).isFalse();
    assertThat(new Datum.Text("null").isNull()).isFalse();
  }

  @Test
  void valueWithoutQuotesReadsAsItsJson() {
    assertThat(List.of(Datum.Null.NULL, Datum.Bool.TRUE, Datum.Bool.FALSE))
        .extracting(Datum::text)
        .containsExactly("null", "true", "false");
  }
}

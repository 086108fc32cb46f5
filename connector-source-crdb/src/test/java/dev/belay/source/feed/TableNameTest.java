package dev.belay.source.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "orders, shop, public, orders",
        "Sales.Orders, shop, sales, orders",
        "db.s.t, db, s, t",
        "'\"Big\".\"a.b\"', shop, Big, a.b",
        "'\"say \"\"hi\"\"\"', shop, public, 'say \"hi\"'",
      })
  void aNameIsReadAsSqlReadsIt(String text, String database, String schema, String name) {
    TableName read = TableName.parse(text, "shop").orElseThrow();
    assertThat(read).isEqualTo(new TableName(database, schema, name));
    assertThat(TableName.parse(read.toString(), "other")).contains(read);
    assertThat(TableName.parse(read.sql(), "other")).contains(read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.", "a.b.c.d", "\"open", "a..b"})
  void whatIsNoNameIsNone(String text) {
    assertThat(TableName.parse(text, "shop")).isEmpty();
  }
}

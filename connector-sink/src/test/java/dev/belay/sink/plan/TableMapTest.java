package dev.belay.sink.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.change.TableName;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableMapTest {
  private static final TableName ORDERS = TableName.of("migration_schema", "orders");

  @Test
  void pairWithSchemaMapsTheTableOfThatSchema() {
    TableMap map = new TableMap(Map.of("public.orders", ORDERS), "");
    assertThat(map.target(new TableName("shop", "public", "orders"))).isEqualTo(ORDERS);
  }

  @Test
  void pairWithSchemaLeavesOtherSchemasAlone() {
    TableMap map = new TableMap(Map.of("public.orders", ORDERS), "");
    assertThat(map.target(TableName.of("other", "orders")))
        .isEqualTo(TableName.of("other", "orders"));
  }

  @Test
  void pairWithSchemaIsMeantWhereTheFeedNamesNone() {
    TableMap map = new TableMap(Map.of("public.orders", ORDERS), "");
    assertThat(map.target(TableName.of("orders"))).isEqualTo(ORDERS);
  }

  @Test
  void noPairIsTakenWhereTwoCouldBeMeant() {
    TableMap map =
        new TableMap(Map.of("a.orders", ORDERS, "b.orders", TableName.of("x", "orders")), "s");
    assertThat(map.target(TableName.of("orders"))).isEqualTo(TableName.of("s", "orders"));
  }

  @Test
  void pairWithoutSchemaMapsTheTableOfAnySchema() {
    TableMap map = new TableMap(Map.of("orders", ORDERS), "");
    assertThat(map.target(TableName.of("public", "orders"))).isEqualTo(ORDERS);
  }

  @Test
  void targetSchemaHoldsForTablesWithoutAPair() {
    TableMap map = new TableMap(Map.of("orders", ORDERS), "s");
    assertThat(map.target(TableName.of("public", "items"))).isEqualTo(TableName.of("s", "items"));
  }

  @Test
  void tableKeepsItsNamesByItself() {
    assertThat(new TableMap(Map.of(), "").target(new TableName("db", "Sales", "Order Items")))
        .isEqualTo(TableName.of("Sales", "Order Items"));
  }

  @Test
  void pairOfAnotherTableIsNotMeantByANameWithoutSchema() {
    TableName target = TableName.of("x", "orders_old");
    TableMap map =
        new TableMap(Map.of("app.orders", target, "app.lines", TableName.of("x", "lines_old")), "");
    assertThat(map.target(TableName.of("orders"))).isEqualTo(target);
  }
}

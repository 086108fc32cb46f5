package dev.belay.cli.init;

import dev.belay.sink.change.TableName;
import java.util.List;
import java.util.Map;

/** Sites as {@code belay init} would find them, without a database. */
final class SitesForTests {
  private SitesForTests() {}

  static Site site(RollbackOption option, Product product, boolean sinkless) throws Exception {
    return site(option, old(product), sinkless, "");
  }

  static OldDatabase old(Product product) {
    return switch (product) {
      case POSTGRESQL -> new OldDatabase(product, "18.1", 180_001, Map.of());
      case MYSQL -> new OldDatabase(product, "9.7.0", 90_700, Map.of("gtid_mode", "ON"));
      case MARIADB -> new OldDatabase(product, "11.8.3", 110_803, Map.of());
      default -> OldDatabase.unasked(product);
    };
  }

  static Site site(RollbackOption option, OldDatabase old, boolean sinkless, String overrides)
      throws Exception {
    Product product = old.product();
    String url =
        product == Product.ORACLE
            ? "jdbc:oracle:thin:@//old.example.org:1521/STORE"
            : product.prefix() + "//old.example.org/store";
    String schema =
        switch (product) {
          case POSTGRESQL -> "public";
          case ORACLE -> "STORE";
          default -> "store";
        };
    return new Site(
        option,
        "store",
        Address.of("--source", "jdbc:cockroachdb://new.example.org/store"),
        Address.of("--target", url),
        old,
        sinkless,
        "broker.example.org:9092",
        overrides,
        "store_app",
        List.of(
            table("people", schema, product == Product.ORACLE ? "PEOPLE" : "people", false),
            table("Visits", schema, product == Product.ORACLE ? "VISITS" : "visits", true)));
  }

  private static ChosenTable table(String name, String schema, String target, boolean counts) {
    return new ChosenTable(
        new dev.belay.source.feed.TableName("store", "public", name),
        TableName.of(schema, target),
        List.of("id"),
        List.of("id"),
        List.of("id", "name"),
        counts ? List.of(new ChosenTable.OwnedSequence("id", "public.visits_id_seq")) : List.of());
  }
}

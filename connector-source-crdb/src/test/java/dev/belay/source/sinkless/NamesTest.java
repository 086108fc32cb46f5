package dev.belay.source.sinkless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.source.feed.TableName;
import dev.belay.source.feed.TopicNames;
import dev.belay.testkit.standin.encode.Fnv1a;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics and partitions are CockroachDB's. */
class NamesTest {
  private static final TableName PLAIN = new TableName("db", "public", "orders");
  private static final TableName ODD = new TableName("db", "public", "Odd ☃");

  private static Optional<String> topic(Routes routes, String name) {
    byte[] bytes = name.getBytes(UTF_8);
    return routes.find(bytes, bytes.length).map(Route::topic);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"orders", "☃", "a b", "_u0021_", ".", "..", "Ünï_code-1.x", "𝔘", "_u002e_", ""})
  void namesAreEscapedAsASinkWould(String name) {
    assertThat(TopicNames.escaped(name))
        .isEqualTo(dev.belay.testkit.standin.encode.TopicNames.escape(name));
  }

  @Test
  void longNameIsCut() {
    assertThat(TopicNames.escaped("x".repeat(300))).hasSize(249);
  }

  @Test
  void tableIsFoundByEachFormOfItsName() {
    Routes routes = new Routes(List.of(PLAIN, ODD), true, "p ");
    assertThat(topic(routes, "db.public.orders")).contains("p_u0020_db.public.orders");
    for (String form :
        List.of("db.public.Odd ☃", "db.public.\"Odd ☃\"", "db.public.Odd_u0020__u2603_")) {
      assertThat(topic(routes, form)).contains("p_u0020_db.public.Odd_u0020__u2603_");
    }
    assertThat(topic(routes, "db.public.other")).isEmpty();
    assertThat(topic(routes, "db.public.orders")).contains("p_u0020_db.public.orders");
  }

  @Test
  void dotsInNamesDoNotMixTablesUp() {
    TableName dotted = new TableName("db", "public", "a.b");
    TableName inSchema = new TableName("db", "a", "b");
    Routes full = new Routes(List.of(dotted, inSchema), true, "");
    assertThat(topic(full, "db.public.a.b")).contains("db.public.a.b");
    assertThat(topic(full, "db.public.\"a.b\"")).contains("db.public.a.b");
    assertThat(topic(full, "db.a.b")).contains("db.a.b");
    // b" is what is left of "a.b" after its last dot, and is the name of another table here
    TableName quote = new TableName("db", "public", "b\"");
    Routes own = new Routes(List.of(dotted, quote), false, "");
    assertThat(topic(own, "a.b")).contains("a.b");
    assertThat(topic(own, "\"a.b\"")).contains("a.b");
    assertThat(topic(own, "b\"")).contains("b_u0022_");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Routes(List.of(dotted, new TableName("db", "public.a", "b")), true, ""))
        .withMessageContaining("would share the topic");
  }

  @Test
  void columnFamilyHasATopicOfItsOwn() {
    Routes routes = new Routes(List.of(PLAIN), false, "");
    assertThat(topic(routes, "orders.f1")).contains("orders.f1");
    assertThat(routes.find("orders.f1".getBytes(UTF_8), 9).orElseThrow().table()).isEqualTo(PLAIN);
    assertThat(topic(routes, "other.f1")).isEmpty();
  }

  @Test
  void twoTablesOfOneNameNeedFullNames() {
    List<TableName> tables = List.of(PLAIN, new TableName("db", "archive", "orders"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Routes(tables, false, ""))
        .withMessageContaining("orders");
    assertThat(new Routes(tables, true, "").all()).hasSize(2);
  }

  @Test
  void partitionIsThatOfTheChangefeed() {
    Random random = new Random(5);
    for (int i = 0; i < 1000; i++) {
      byte[] key = new byte[random.nextInt(40)];
      random.nextBytes(key);
      int partitions = 1 + random.nextInt(100);
      assertThat(Partitioner.partition(key, partitions))
          .isEqualTo(Fnv1a.partition(key, partitions));
    }
  }
}

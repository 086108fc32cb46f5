package dev.belay.cli.init;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.sink.BelaySinkConnector;
import dev.belay.sink.config.SinkKeys;
import dev.belay.source.CockroachSourceConnector;
import dev.belay.source.config.SourceKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written for each option and database that can be built, without one of them. */
class InitFilesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]+]\\(([^)\\s]+)\\)");

  /** Asking a server is not for this test: these say only that there is none here. */
  private static final Set<String> ASKED =
      Set.of(
          SourceKeys.URL, SourceKeys.USER, SourceKeys.KAFKA_ADMIN_BOOTSTRAP, SinkKeys.TARGET_URL);

  static Stream<Arguments> all() {
    List<Arguments> all = new ArrayList<>();
    for (RollbackOption option : RollbackOption.values()) {
      for (Product product :
          List.of(Product.POSTGRESQL, Product.MYSQL, Product.MARIADB, Product.ORACLE)) {
        boolean alone =
            option.compares() || option == RollbackOption.MANUAL
                ? product != Product.POSTGRESQL
                : option == RollbackOption.FORWARD && product == Product.MARIADB;
        if (!alone) {
          all.add(Arguments.of(option, product, false));
          if (option.hasFeed()) {
            all.add(Arguments.of(option, product, true));
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void connectorsPassTheirOwnValidation(RollbackOption option, Product product, boolean sinkless)
      throws Exception {
    Map<String, String> files = Init.files(SitesForTests.site(option, product, sinkless));
    int connectors = 0;
    List<String> faults = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (!file.getKey().endsWith(".json")) {
        continue;
      }
      connectors++;
      JsonNode body = JSON.readTree(file.getValue());
      assertThat(body.path("initial_state").asText()).isEqualTo("STOPPED");
      assertThat(body.path("config")).isNotEmpty().allMatch(JsonNode::isTextual);
      Map<String, String> config = new HashMap<>();
      body.path("config").properties().forEach(e -> config.put(e.getKey(), e.getValue().asText()));
      config.put("name", body.path("name").asText());
      for (ConfigValue value : validated(config)) {
        if (!ASKED.contains(value.name())) {
          value
              .errorMessages()
              .forEach(text -> faults.add(file.getKey() + " " + value.name() + ": " + text));
        }
      }
    }
    assertThat(faults).isEmpty();
    assertThat(connectors)
        .isEqualTo(
            option == RollbackOption.MANUAL ? 0 : option == RollbackOption.BIDIRECTIONAL ? 4 : 2);
  }

  private static List<ConfigValue> validated(Map<String, String> config) {
    String connector = config.get("connector.class");
    if (connector.equals(BelaySinkConnector.class.getName())) {
      config.put(SinkKeys.TARGET_URL, "jdbc:none:");
      return new BelaySinkConnector().validate(config).configValues();
    } else if (connector.equals(CockroachSourceConnector.class.getName())) {
      // neither database nor brokers here; both are refused at once
      config.put(SourceKeys.URL, "jdbc:postgresql://127.0.0.1:1/store");
      config.put(SourceKeys.KAFKA_ADMIN_BOOTSTRAP, "no-broker.invalid:9092");
      return new CockroachSourceConnector().validate(config).configValues();
    }
    assertThat(connector).startsWith("io.debezium.connector.");
    return List.of();
  }

  @ParameterizedTest
  @MethodSource("all")
  void nothingOfTheExamplesIsLeft(RollbackOption option, Product product, boolean sinkless)
      throws Exception {
    Init.files(SitesForTests.site(option, product, sinkless))
        .forEach(
            (name, text) ->
                assertThat(text)
                    .as(name)
                    .doesNotContain("shop-", "shop.", "shop_app", "example.com", "SHOP_SCHEMA")
                    .doesNotContain("customers", "CUSTOMERS", "ORDERS", "BELAY_USER", ":tables")
                    .doesNotContainPattern("\\borders\\b(?! to Debezium)"));
  }

  @ParameterizedTest
  @MethodSource("all")
  void noSecretIsWrittenAndEachHasItsPlace(RollbackOption option, Product product, boolean sinkless)
      throws Exception {
    Map<String, String> files = Init.files(SitesForTests.site(option, product, sinkless));
    String places = files.getOrDefault("secrets.properties.example", "");
    files.forEach(
        (name, text) -> {
          if (name.endsWith(".json")) {
            assertThat(text.lines().filter(line -> line.contains("assword\"")))
                .as(name)
                .allMatch(
                    line ->
                        Pattern.compile(": \"\\$\\{file:/etc/belay/secrets.properties:([a-z.]+)}\"")
                            .matcher(line)
                            .results()
                            .anyMatch(found -> places.contains("\n" + found.group(1) + "=\n")));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("all")
  void linksOfThePageAreFilesBesideIt(RollbackOption option, Product product, boolean sinkless)
      throws Exception {
    Map<String, String> files = Init.files(SitesForTests.site(option, product, sinkless));
    String page = files.get("playbook.md");
    assertThat(LINK.matcher(page).results().map(link -> link.group(1)).toList())
        .allMatch(files::containsKey);
    assertThat(page).contains("## Before you begin", "## 0. Names");
  }

  /** What another database does not know would be pasted by somebody at night. */
  @Test
  void playbooksOfOtherDatabasesDoNotSpeakPostgreSqlToThem() throws Exception {
    for (Product product : List.of(Product.MYSQL, Product.MARIADB, Product.ORACLE)) {
      String page =
          Init.files(SitesForTests.site(RollbackOption.FAILBACK, product, false))
              .get("playbook.md");
      List<String> blocks =
          Pattern.compile("^```sql old\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
              .matcher(page)
              .results()
              .map(block -> block.group(1))
              .toList();
      assertThat(blocks).as(product.title()).hasSizeGreaterThan(2);
      assertThat(blocks)
          .as(product.title())
          .noneMatch(block -> block.contains("::") || block.contains("pg_"));
    }
  }

  @Test
  void tablesOfOtherNamesAreMappedBothWays() throws Exception {
    Map<String, String> files =
        Init.files(SitesForTests.site(RollbackOption.BIDIRECTIONAL, Product.POSTGRESQL, false));
    assertThat(config(files, "bidirectional-sink.json"))
        .containsEntry("tables.map", "public.Visits:public.visits")
        .containsEntry("topics", "store.public.people,store.public.Visits")
        .doesNotContainKey("target.schema");
    assertThat(config(files, "bidirectional-forward-sink.json"))
        .containsEntry("tables.map", "public.visits:public.Visits")
        .containsEntry("topics", "forward.public.people,forward.public.visits");
    assertThat(config(files, "bidirectional-source.json"))
        .containsEntry("feed.tables", "public.people,public.\"Visits\"");
    assertThat(config(files, "bidirectional-forward-source.json"))
        .containsEntry(
            "table.include.list", "public\\.people,public\\.visits,belay\\.debezium_heartbeat");
  }

  @Test
  void theMarkIsSetWhereTheServerHasIt() throws Exception {
    assertThat(sinkOf(SitesForTests.old(Product.POSTGRESQL))).containsEntry("origin.mark", "on");
    assertThat(sinkOf(SitesForTests.old(Product.MYSQL))).containsEntry("origin.mark", "on");
    assertThat(sinkOf(new OldDatabase(Product.POSTGRESQL, "13.2", 130_002, Map.of())))
        .doesNotContainKey("origin.mark");
    assertThat(sinkOf(new OldDatabase(Product.MYSQL, "9.7.0", 90_700, Map.of("gtid_mode", "OFF"))))
        .doesNotContainKey("origin.mark");
    assertThat(sinkOf(new OldDatabase(Product.MYSQL, "8.0.40", 80_040, Map.of("gtid_mode", "ON"))))
        .doesNotContainKey("origin.mark");
    assertThat(sinkOf(SitesForTests.old(Product.MARIADB))).doesNotContainKey("origin.mark");
  }

  @Test
  void anOverrideFileIsWrittenForTheWorkersWhereItIsAskedFor() throws Exception {
    Map<String, String> files =
        Init.files(
            SitesForTests.site(
                RollbackOption.FAILBACK,
                SitesForTests.old(Product.POSTGRESQL),
                false,
                "/etc/belay/overrides.json"));
    assertThat(config(files, "failback-source.json"))
        .containsEntry("feed.overrides.file", "/etc/belay/overrides.json");
    assertThat(JSON.readTree(files.get("changefeed-overrides.json")))
        .isEqualTo(JSON.readTree("{\"options\": {\"metrics_label\": \"store\"}}"));
    assertThat(files.get("playbook.md")).contains("`/etc/belay/overrides.json`");
  }

  private static Map<String, String> sinkOf(OldDatabase old) throws Exception {
    return config(
        Init.files(SitesForTests.site(RollbackOption.FAILBACK, old, false, "")),
        "failback-sink.json");
  }

  private static Map<String, String> config(Map<String, String> files, String name)
      throws Exception {
    Map<String, String> config = new HashMap<>();
    JSON.readTree(files.get(name))
        .path("config")
        .properties()
        .forEach(e -> config.put(e.getKey(), e.getValue().asText()));
    return config;
  }
}

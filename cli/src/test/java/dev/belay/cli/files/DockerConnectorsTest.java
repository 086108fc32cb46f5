package dev.belay.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The connectors of {@code docker-compose.yml}: what the code takes, at services that are there.
 */
class DockerConnectorsTest {
  private static final String FOLDER = "config/docker/connectors";
  private static final Pattern HOST =
      Pattern.compile("(?:://|@//|^)([a-z][a-z-]*):(\\d+)(?:/\\w+)?$");

  static Stream<ConnectorFile> connectors() throws IOException {
    return ConnectorFile.in(FOLDER).stream();
  }

  static Stream<ConnectorFile> ours() throws IOException {
    return connectors().filter(file -> ConnectorCheck.isOurs(file.config()));
  }

  @Test
  void everyProfileHasASink() throws Exception {
    assertThat(ours().filter(file -> ConnectorCheck.isSink(file.config())))
        .extracting(file -> file.path().getParent().getFileName().toString())
        .containsExactlyInAnyOrder("failback", "forward", "mysql", "oracle");
  }

  @ParameterizedTest
  @MethodSource("ours")
  void validationFindsNoFault(ConnectorFile file) {
    assertThat(ConnectorCheck.faults(file.name(), file.config())).isEmpty();
  }

  /** By the order of keys that the script which POSTs them counts on. */
  @ParameterizedTest
  @MethodSource("connectors")
  void theScriptFindsTheName(ConnectorFile file) throws Exception {
    assertThat(Files.readString(file.path())).contains("\n  \"name\": \"" + file.name() + "\",\n");
    assertThat(file.body().path("config")).isNotEmpty().allMatch(JsonNode::isTextual);
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void addressesAreThoseOfServices(ConnectorFile file) throws Exception {
    Compose compose = Compose.read();
    Set<String> hosts = new TreeSet<>();
    for (String value : file.config().values()) {
      Matcher host = HOST.matcher(value);
      if (host.find()) {
        hosts.add(host.group(1));
      }
    }
    if (file.config().containsKey("database.hostname")) {
      hosts.add(file.config().get("database.hostname"));
    }
    assertThat(hosts).isNotEmpty().isSubsetOf(compose.services().keySet());
  }

  @ParameterizedTest
  @MethodSource("connectors")
  void secretsAreThoseThatAreMade(ConnectorFile file) throws Exception {
    String script = Files.readString(Repository.ROOT.resolve("config/docker/secrets.sh"));
    for (Map.Entry<String, String> setting : file.config().entrySet()) {
      if (setting.getKey().contains("password")) {
        Matcher key =
            Pattern.compile("\\$\\{file:/etc/belay/secrets\\.properties:([\\w.]+)}")
                .matcher(setting.getValue());
        assertThat(key.matches()).as(setting.getKey()).isTrue();
        assertThat(script).contains("\"" + key.group(1) + "=$(cat /passwords/");
      } else if (setting.getValue().startsWith("/etc/belay/")) {
        String name = setting.getValue().substring("/etc/belay/".length());
        String made = name.replaceFirst("^(belay_feed|belay)\\.", "\\$user.");
        assertThat(script).contains("/connect/" + made);
      }
    }
  }

  /** What Debezium needs so that no value is lost is told in one place only. */
  @Test
  void debeziumsIsThatOfTheForwardDirectionButForPlacesAndNumbers() throws Exception {
    Map<String, String> here = config(FOLDER + "/forward/1-debezium.json");
    Map<String, String> shipped = config("config/forward/postgres.json");
    Set<String> different = new TreeSet<>();
    Map<String, String> all = new LinkedHashMap<>(shipped);
    all.putAll(here);
    for (String key : all.keySet()) {
      if (!String.valueOf(here.get(key)).equals(shipped.get(key))) {
        different.add(key);
      }
    }
    assertThat(different)
        .isEqualTo(
            new TreeSet<>(
                List.of(
                    "database.hostname",
                    "database.sslmode",
                    "database.sslrootcert",
                    "table.include.list",
                    "topic.creation.default.partitions",
                    "topic.creation.default.replication.factor",
                    "topic.creation.transaction.replication.factor")));
  }

  private static Map<String, String> config(String file) throws IOException {
    return ConnectorFile.read(Repository.ROOT.resolve(file)).config();
  }

  /** Topics that a sink reads are made before it starts. */
  @ParameterizedTest
  @MethodSource("ours")
  void topicsAreMade(ConnectorFile file) throws Exception {
    if (ConnectorCheck.isSink(file.config())) {
      assertThat(Compose.read().services().get("topics").strings("command"))
          .contains(file.config().get("topics").split(","));
    }
  }
}

package dev.belay.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.cli.files.Compose.Mount;
import dev.belay.cli.files.Compose.Service;
import dev.belay.testkit.docs.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code docker compose up} finds all that the file names, as far as can be said without Docker.
 * Words are those of the Compose specification; those that this file does not use are not listed.
 */
class ComposeFileTest {
  private static final Set<String> TOP_WORDS = Set.of("name", "services", "volumes");
  private static final Set<String> SERVICE_WORDS =
      Set.of(
          "image",
          "build",
          "command",
          "entrypoint",
          "environment",
          "depends_on",
          "healthcheck",
          "network_mode",
          "ports",
          "profiles",
          "restart",
          "volumes");
  private static final Set<String> HEALTH_WORDS = Set.of("test", "interval", "timeout", "retries");
  private static final Set<String> CONDITIONS =
      Set.of("service_healthy", "service_completed_successfully");
  private static final Pattern PINNED = Pattern.compile("[\\w.-]+(/[\\w.-]+)?:v?\\d[\\w.-]*");
  private static final Pattern IN_CONTAINER = Pattern.compile("/belay/[\\w./-]*\\w");

  private static Compose compose;

  @BeforeAll
  static void read() throws IOException {
    compose = Compose.read();
  }

  static Stream<Service> services() throws IOException {
    return Compose.read().services().values().stream();
  }

  @Test
  void theFailbackIsThereWithoutAProfile() {
    assertThat(compose.services().values())
        .filteredOn(service -> service.profiles().isEmpty())
        .extracting(Service::name)
        .contains(
            "cockroach", "kafka", "connect", "postgres", "generator", "prometheus", "grafana");
    Set<String> profiles = new TreeSet<>();
    compose.services().values().forEach(service -> profiles.addAll(service.profiles()));
    assertThat(profiles).containsExactly("forward", "mysql", "oracle");
  }

  @Test
  void wordsAreThoseOfTheSpecification() {
    compose
        .root()
        .fieldNames()
        .forEachRemaining(
            word -> assertThat(TOP_WORDS.contains(word) || word.startsWith("x-")).isTrue());
    assertThat(compose.root().path("name").asText()).matches("[a-z0-9][a-z0-9_-]*");
    for (Service service : compose.services().values()) {
      assertThat(names(service.node())).as(service.name()).isSubsetOf(SERVICE_WORDS);
      assertThat(names(service.node().path("healthcheck"))).isSubsetOf(HEALTH_WORDS);
      assertThat(service.node().path("restart").asText("no")).isIn("no", "unless-stopped");
      service
          .node()
          .path("environment")
          .forEach(value -> assertThat(value.isTextual()).as("%s", value).isTrue());
    }
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @ParameterizedTest
  @MethodSource("services")
  void anImageIsOfOneVersion(Service service) {
    assertThat(service.node().path("image").asText()).matches(PINNED);
  }

  @Test
  void whatAnImageIsMadeOfIsOfOneVersion() throws Exception {
    Path dockerfile = Repository.ROOT.resolve("config/docker/connect/Dockerfile");
    Matcher from =
        Pattern.compile("(?m)^FROM (\\S+)( AS \\w+)?$").matcher(Files.readString(dockerfile));
    List<String> images = new ArrayList<>();
    while (from.find()) {
      images.add(from.group(1));
    }
    assertThat(images).hasSize(2).allMatch(image -> PINNED.matcher(image).matches());
    // the worker and the broker are of one version
    assertThat(images.get(1))
        .isEqualTo(compose.services().get("kafka").node().path("image").asText());
  }

  @ParameterizedTest
  @MethodSource("services")
  void whatIsMountedIsThere(Service service) {
    for (Mount mount : service.mounts()) {
      assertThat(mount.target()).startsWith("/");
      if (mount.isOfHost()) {
        assertThat(mount.file()).exists();
        assertThat(mount.mode()).as("%s: the checkout stays as it is", mount).isEqualTo("ro");
      } else {
        assertThat(compose.volumes()).contains(mount.source());
      }
    }
  }

  @Test
  void everyVolumeIsMountedSomewhere() {
    Set<String> mounted = new TreeSet<>();
    compose
        .services()
        .values()
        .forEach(service -> service.mounts().forEach(mount -> mounted.add(mount.source())));
    assertThat(mounted).containsAll(compose.volumes());
  }

  /** Arguments, and what the scripts that a container runs name in their turn. */
  @ParameterizedTest
  @MethodSource("services")
  void pathsInAContainerAreOfSomethingThatIsMounted(Service service) throws Exception {
    List<String> texts = new ArrayList<>(service.strings("entrypoint"));
    texts.addAll(service.strings("command"));
    for (Mount mount : service.mounts()) {
      if (mount.isOfHost() && mount.source().endsWith(".sh")) {
        texts.add(Files.readString(mount.file()));
      }
    }
    for (String argument : service.strings("entrypoint")) {
      if (argument.endsWith(".sh")) {
        texts.add(Files.readString(service.onHost(argument).orElseThrow()));
      }
    }
    for (String text : texts) {
      Matcher path = IN_CONTAINER.matcher(text);
      while (path.find()) {
        assertThat(service.onHost(path.group()).filter(Files::exists))
            .as("%s in the container of %s", path.group(), service)
            .isPresent();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("services")
  void portsAreOpenOnThisMachineOnly(Service service) {
    assertThat(service.strings("ports"))
        .allMatch(port -> port.matches("127\\.0\\.0\\.1:\\d+:\\d+"));
  }

  @Test
  void noPortIsTakenTwice() {
    List<String> ports = new ArrayList<>();
    compose.services().values().forEach(service -> ports.addAll(service.strings("ports")));
    assertThat(ports).extracting(port -> port.split(":")[1]).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("services")
  void whatAServiceWaitsForComes(Service service) {
    service
        .dependencies()
        .forEach(
            (name, condition) -> {
              Service before = compose.services().get(name);
              assertThat(before).as("%s waits for %s", service, name).isNotNull();
              assertThat(condition).isIn(CONDITIONS);
              if (condition.equals("service_healthy")) {
                assertThat(before.node().has("healthcheck")).as(name).isTrue();
              } else {
                assertThat(before.node().has("restart")).as("%s ends", name).isFalse();
              }
              // a service without a profile must not wait for one that is not started
              assertThat(service.profiles()).containsAll(before.profiles());
            });
  }

  @Test
  void nobodyWaitsForItself() {
    for (Service service : compose.services().values()) {
      assertThat(before(service, new HashSet<>())).as("%s", service).doesNotContain(service.name());
    }
  }

  private static Set<String> before(Service service, Set<String> seen) {
    for (String name : service.dependencies().keySet()) {
      if (seen.add(name)) {
        before(compose.services().get(name), seen);
      }
    }
    return seen;
  }

  /** Whoever has a secret got it from the one that makes them. */
  @ParameterizedTest
  @MethodSource("services")
  void whoReadsSecretsWaitsUntilTheyAreMade(Service service) {
    boolean reads =
        service.mounts().stream()
            .anyMatch(
                mount -> Set.of("certs", "passwords", "connect-secrets").contains(mount.source()));
    if (reads && !service.name().equals("secrets")) {
      assertThat(before(service, new HashSet<>())).contains("secrets");
      assertThat(service.mounts())
          .filteredOn(
              mount -> Set.of("certs", "passwords", "connect-secrets").contains(mount.source()))
          .allMatch(mount -> mount.mode().equals("ro"));
    }
  }

  @ParameterizedTest
  @MethodSource("services")
  void noSecretIsWrittenOut(Service service) {
    service
        .node()
        .path("environment")
        .properties()
        .forEach(
            e -> {
              if (e.getKey().matches(".*(PASSWORD|SECRET|TOKEN|KEY).*")) {
                assertThat(e.getKey()).endsWith("_FILE");
                assertThat(e.getValue().asText()).startsWith("/passwords/");
              }
            });
  }

  @Test
  void passwordsThatAreReadAreMade() throws Exception {
    String script = Files.readString(Repository.ROOT.resolve("config/docker/secrets.sh"));
    Matcher made = Pattern.compile("for name in ([\\w -]+); do").matcher(script);
    assertThat(made.find()).isTrue();
    Set<String> names = Set.of(made.group(1).split(" "));
    List<String> texts = new ArrayList<>(List.of(compose.root().toString()));
    try (Stream<Path> scripts = Files.walk(Repository.ROOT.resolve("config/docker"))) {
      for (Path file : scripts.filter(f -> f.toString().endsWith(".sh")).toList()) {
        texts.add(Files.readString(file));
      }
    }
    Set<String> read = new TreeSet<>();
    for (String text : texts) {
      Matcher path = Pattern.compile("/passwords/([a-z][a-z-]*)").matcher(text);
      while (path.find()) {
        read.add(path.group(1));
      }
    }
    assertThat(read).isNotEmpty().isSubsetOf(names);
  }
}

package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The user of {@code kafka.admin.*} may look at topics and make none, and later also read and write
 * the one of status.
 */
class KafkaRightsIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"limited\""
          + " password=\"limited\";";

  @TempDir Path dir;

  @Test
  void aStatusTopicThatIsThereIsWrittenToByWhomeverMayNotMakeIt() throws Exception {
    int plain = LoopbackPort.free();
    int login = LoopbackPort.free();
    try (EmbeddedKafka kafka =
            EmbeddedKafka.start(dir.resolve("kafka"), 0, listeners(plain, login));
        StandIn standIn = StandIn.start();
        ConnectWorker worker =
            ConnectWorker.start(
                dir.resolve("connect"),
                "127.0.0.1:" + plain,
                List.of(Path.of(System.getProperty("belay.source.zip"))))) {
      assertThat(kafka.bootstrapServers()).isNotEmpty();
      worker.awaitHealthy(LIMIT);
      try (Topics topics = new Topics("127.0.0.1:" + plain)) {
        topics.create("belay-status", 1, Map.of("cleanup.policy", "compact"));
      }
      allow("127.0.0.1:" + plain, "*", AclOperation.DESCRIBE_CONFIGS);
      standIn.execute("CREATE TABLE orders (id INT8 PRIMARY KEY)");
      worker.rest().create("limited", settings(standIn, plain, login));
      worker.rest().awaitRunning("limited", LIMIT);
      TopicReader topics = new TopicReader("127.0.0.1:" + plain);
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(topics.values("belay-status"))
                      .anyMatch(value -> value.contains("\"state\":\"RUNNING\"")));
      assertThat(Files.readString(worker.logFile()))
          .contains("This user may not make topic belay-status")
          .contains("A job begins at a time that no other worker can be asked about")
          .contains("Grant it READ on topic belay-status");
      assertThat(said(topics, "limited")).isEmpty();

      allow("127.0.0.1:" + plain, "belay-status", AclOperation.READ, AclOperation.WRITE);
      standIn.execute("CREATE TABLE payments (id INT8 PRIMARY KEY)");
      Map<String, String> allowed = settings(standIn, plain, login);
      allowed.put("feed.tables", "payments");
      worker.rest().create("allowed", allowed);
      await().atMost(LIMIT).untilAsserted(() -> assertThat(standIn.jobs()).hasSize(2));
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(said(topics, "allowed"))
                      .singleElement()
                      .matches(key -> standIn.jobs().get(1).description().contains(time(key))));
      // it has served once the job is listed
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(topics.latest("belay-status"))
                      .containsEntry(said(topics, "allowed").get(0), ""));
    }
  }

  /** Keys of what the workers of a feed have said about the times at which they begin. */
  private static List<String> said(TopicReader topics, String feed) {
    return topics.read("belay-status").stream()
        .filter(record -> record.value() != null)
        .map(record -> new String(record.key(), StandardCharsets.UTF_8))
        .filter(key -> key.contains("\"begins\"") && key.contains("\"feed\":\"" + feed + "\""))
        .toList();
  }

  private static String time(String key) {
    return "cursor = '" + key.replaceFirst(".*\"begins\":\"([^\"]*)\".*", "$1") + "'";
  }

  private static void allow(String bootstrap, String topic, AclOperation... operations)
      throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      ResourcePattern place = new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
      List<AclBinding> bindings =
          Stream.of(operations)
              .map(
                  operation ->
                      new AccessControlEntry(
                          "User:limited", "*", operation, AclPermissionType.ALLOW))
              .map(entry -> new AclBinding(place, entry))
              .toList();
      admin.createAcls(bindings).all().get();
    }
  }

  private static Map<String, String> settings(StandIn standIn, int plain, int login) {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    config.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("source.connection.url", standIn.url());
    config.put("source.connection.user", StandIn.USER);
    config.put("feed.tables", "orders");
    config.put("feed.sink.uri", "kafka://127.0.0.1:" + plain);
    config.put("feed.resolved.interval.ms", "200");
    config.put("kafka.admin.bootstrap.servers", "127.0.0.1:" + login);
    config.put("kafka.admin.security.protocol", "SASL_PLAINTEXT");
    config.put("kafka.admin.sasl.mechanism", "PLAIN");
    config.put("kafka.admin.sasl.jaas.config", LOGIN);
    return config;
  }

  private static Map<String, String> listeners(int plain, int login) {
    Map<String, String> settings = new HashMap<>();
    int controller = LoopbackPort.free();
    String listeners = "PLAINTEXT://127.0.0.1:%d,LOGIN://127.0.0.1:%d".formatted(plain, login);
    settings.put("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controller);
    settings.put("advertised.listeners", listeners);
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put(
        "listener.name.login.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " user_limited=\"limited\";");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:ANONYMOUS");
    return settings;
  }
}

package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** The user of {@code kafka.admin.*} may look at topics and make none. */
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
      allowToLook("127.0.0.1:" + plain);
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
          .contains("This user may not make topic belay-status");
    }
  }

  private static void allowToLook(String bootstrap) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      ResourcePattern all = new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL);
      AccessControlEntry looks =
          new AccessControlEntry(
              "User:limited", "*", AclOperation.DESCRIBE_CONFIGS, AclPermissionType.ALLOW);
      admin.createAcls(List.of(new AclBinding(all, looks))).all().get();
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

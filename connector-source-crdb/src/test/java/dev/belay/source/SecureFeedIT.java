package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.proxy.Tls;
import dev.belay.testkit.tls.Authority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS on every way: the task to CockroachDB with a client certificate, CockroachDB to Kafka with a
 * client certificate and a login, the task's own clients to Kafka with a client certificate. Keys
 * and passwords come by config providers. Each listener takes nobody without a certificate.
 */
class SecureFeedIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  @TempDir Path dir;

  @Test
  void aFeedRunsWithCertificatesAndLogins() throws Exception {
    Authority authority = Authority.create(dir.resolve("ca"));
    Authority.Identity node = authority.issue("node", "ip:127.0.0.1", "dns:localhost");
    Authority.Identity broker = authority.issue("broker", "ip:127.0.0.1");
    Authority.Identity feeder = authority.issue("feeder");
    Authority.Identity writer = authority.issue("writer");
    Files.writeString(dir.resolve("sasl"), "a password with & and '");
    PlantedSecrets.ofTheRun().add("secure feed", "a password with & and '");
    int plain = LoopbackPort.free();
    int login = LoopbackPort.free();
    int admin = LoopbackPort.free();
    try (EmbeddedKafka kafka =
            EmbeddedKafka.start(
                dir.resolve("kafka"), 0, listeners(authority, plain, login, admin, broker));
        StandIn standIn = StandIn.builder().tls(new Tls(node.context(), false)).start();
        ConnectWorker worker =
            ConnectWorker.in(dir.resolve("connect"), "127.0.0.1:" + plain)
                .plugins(List.of(Path.of(System.getProperty("belay.source.zip"))))
                .properties(
                    Map.of(
                        "config.providers", "directory",
                        "config.providers.directory.class",
                            "org.apache.kafka.common.config.provider.DirectoryConfigProvider"))
                .start()) {
      assertThat(kafka.bootstrapServers()).isNotEmpty();
      worker.awaitHealthy(LIMIT);
      prepare(standIn, authority);
      Map<String, String> settings = settings(standIn, authority, feeder, writer, login, admin);
      Map<String, String> bare = new HashMap<>(settings);
      bare.put("name", "secure");
      bare.keySet().removeIf(key -> key.startsWith("kafka.admin.ssl.keystore"));
      assertThat(
              worker
                  .rest()
                  .validate("dev.belay.source.CockroachSourceConnector", bare)
                  .errors()
                  .get("kafka.admin.bootstrap.servers"))
          .anyMatch(text -> text.contains("describing topic") && text.contains("alert"));
      worker.rest().create("secure", settings);
      worker.rest().awaitRunning("secure", LIMIT);
      TopicReader topics = new TopicReader("127.0.0.1:" + plain);
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(topics.values("defaultdb.public.safe"))
                      .anyMatch(value -> value.contains("kept")));
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(topics.values("belay-status"))
                      .anyMatch(value -> value.contains("\"state\":\"RUNNING\"")));
      String sink = standIn.jobs().get(0).sinkUri();
      assertThat(sink).contains("client_cert=redacted", "client_key=redacted", "sasl_user=belay");
    }
  }

  /** What an admin does beforehand. */
  private static void prepare(StandIn standIn, Authority authority) throws Exception {
    Properties root = new Properties();
    root.setProperty("user", StandIn.USER);
    root.setProperty("password", "");
    root.setProperty("sslmode", "verify-full");
    root.setProperty("sslrootcert", authority.certificate().toString());
    Authority.Identity admin = authority.issue("root");
    root.setProperty("sslkey", admin.keyStore().toString());
    root.setProperty("sslpassword", Authority.PASSWORD);
    try (Connection connection = DriverManager.getConnection(standIn.url(), root);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE safe (id INT8 PRIMARY KEY, note STRING)");
      statement.execute("INSERT INTO safe VALUES (1, 'kept')");
      statement.execute("CREATE USER feeder");
      statement.execute("GRANT CHANGEFEED ON TABLE safe TO feeder");
    }
  }

  private Map<String, String> settings(
      StandIn standIn,
      Authority authority,
      Authority.Identity feeder,
      Authority.Identity writer,
      int login,
      int admin)
      throws Exception {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "dev.belay.source.CockroachSourceConnector");
    config.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
    config.put("source.connection.url", standIn.url());
    config.put("source.connection.user", "feeder");
    config.put("source.jdbc.sslmode", "verify-full");
    config.put("source.jdbc.sslrootcert", authority.certificate().toString());
    config.put("source.jdbc.sslkey", feeder.keyStore().toString());
    config.put("source.jdbc.sslpassword", Authority.PASSWORD);
    config.put("feed.tables", "safe");
    config.put("feed.sink.uri", "kafka://127.0.0.1:" + login);
    Files.writeString(dir.resolve("ca.pem"), authority.certificateText());
    config.put("feed.sink.ca.cert", "${directory:" + dir + ":ca.pem}");
    Files.writeString(dir.resolve("writer.pem"), writer.certificate());
    Files.writeString(dir.resolve("writer.key"), writer.key());
    PlantedSecrets.ofTheRun().add("key of the feed's certificate", writer.key());
    config.put("feed.sink.client.cert", "${directory:" + dir + ":writer.pem}");
    config.put("feed.sink.client.key", "${directory:" + dir + ":writer.key}");
    config.put("feed.sink.sasl.mechanism", "PLAIN");
    config.put("feed.sink.sasl.user", "belay");
    config.put("feed.sink.sasl.password", "${directory:" + dir + ":sasl}");
    config.put("feed.resolved.interval.ms", "200");
    config.put("kafka.admin.bootstrap.servers", "127.0.0.1:" + admin);
    config.put("kafka.admin.security.protocol", "SSL");
    config.put("kafka.admin.ssl.truststore.type", "PEM");
    config.put("kafka.admin.ssl.truststore.location", authority.certificate().toString());
    config.put("kafka.admin.ssl.keystore.type", "PKCS12");
    config.put("kafka.admin.ssl.keystore.location", feeder.keyStore().toString());
    config.put("kafka.admin.ssl.keystore.password", Authority.PASSWORD);
    return config;
  }

  private static Map<String, String> listeners(
      Authority authority, int plain, int login, int admin, Authority.Identity broker) {
    Map<String, String> settings = new HashMap<>();
    int controller = LoopbackPort.free();
    String listeners =
        "PLAINTEXT://127.0.0.1:%d,LOGIN://127.0.0.1:%d,ADMIN://127.0.0.1:%d"
            .formatted(plain, login, admin);
    settings.put("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controller);
    settings.put("advertised.listeners", listeners);
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_SSL,ADMIN:SSL");
    settings.put("listener.name.login.ssl.client.auth", "required");
    settings.put("listener.name.admin.ssl.client.auth", "required");
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.location", authority.certificate().toString());
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.location", broker.keyStore().toString());
    settings.put("ssl.keystore.password", Authority.PASSWORD);
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put(
        "listener.name.login.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " user_belay=\"a password with & and '\";");
    return settings;
  }
}

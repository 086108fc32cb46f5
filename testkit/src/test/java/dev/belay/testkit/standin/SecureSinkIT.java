package dev.belay.testkit.standin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.tls.Authority;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Feeds into a Kafka that asks for certificates and passwords. */
class SecureSinkIT {

  @TempDir static Path dir;
  private static Authority authority;
  private static Authority.Identity client;
  private static EmbeddedKafka kafka;
  private static int plainPort;
  private static int tlsPort;
  private static int saslPort;
  private static StandIn standIn;

  @BeforeAll
  static void start() throws Exception {
    authority = Authority.create(dir.resolve("ca"));
    Authority.Identity broker = authority.issue("broker", "ip:127.0.0.1");
    client = authority.issue("feed");
    plainPort = LoopbackPort.free();
    tlsPort = LoopbackPort.free();
    saslPort = LoopbackPort.free();
    kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0, settings(broker));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + plainPort))) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      "scram", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), "p&2")))
          .all()
          .get();
    }
    standIn = StandIn.start();
  }

  private static Map<String, String> settings(Authority.Identity broker) {
    Map<String, String> settings = new HashMap<>();
    int controller = LoopbackPort.free();
    String listeners =
        "PLAINTEXT://127.0.0.1:%d,TLS://127.0.0.1:%d,LOGIN://127.0.0.1:%d"
            .formatted(plainPort, tlsPort, saslPort);
    settings.put("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controller);
    settings.put("advertised.listeners", listeners);
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL,LOGIN:SASL_SSL");
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.location", broker.keyStore().toString());
    settings.put("ssl.keystore.password", Authority.PASSWORD);
    settings.put("ssl.truststore.type", "PKCS12");
    settings.put("ssl.truststore.location", broker.keyStore().toString());
    settings.put("ssl.truststore.password", Authority.PASSWORD);
    settings.put("listener.name.tls.ssl.client.auth", "required");
    settings.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512");
    settings.put(
        "listener.name.login.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_plain=\"p 1\";");
    settings.put(
        "listener.name.login.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    return settings;
  }

  @AfterAll
  static void stop() {
    standIn.close();
    kafka.close();
  }

  private static String base64(String text) {
    return encoded(Base64.getEncoder().encodeToString(text.getBytes(UTF_8)));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private static long create(String table, int port, String parameters) throws SQLException {
    standIn.execute("CREATE TABLE IF NOT EXISTS " + table + " (id INT PRIMARY KEY)");
    standIn.execute("INSERT INTO " + table + " VALUES (1) ON CONFLICT DO NOTHING");
    return standIn.createChangefeed(
        "CREATE CHANGEFEED FOR "
            + table
            + " INTO 'kafka://127.0.0.1:"
            + port
            + "?tls_enabled=true&"
            + parameters
            + "' WITH kafka_sink_config = '{\"RequiredAcks\": \"ALL\", \"ClientID\": \"belay\"}'");
  }

  private static void arrives(String table) {
    try (TopicReader reader = new TopicReader("127.0.0.1:" + plainPort, table)) {
      assertThat(reader.untilRows(1).get(0).key()).contains("[1]");
    }
  }

  @Test
  void clientShowsItsCertificate() throws Exception {
    String parameters =
        "ca_cert="
            + base64(authority.certificateText())
            + "&client_cert="
            + base64(client.certificate())
            + "&client_key="
            + base64(client.key());
    long job = create("by_certificate", tlsPort, parameters);
    arrives("by_certificate");
    assertThat(standIn.job(job).orElseThrow().sinkUri())
        .isEqualTo(
            "kafka://127.0.0.1:"
                + tlsPort
                + "?ca_cert=redacted&client_cert=redacted&client_key=redacted&tls_enabled=true");
    standIn.cancel(job);
  }

  @Test
  void brokerOfAnUnknownAuthorityIsNotTrusted() {
    assertThatThrownBy(() -> create("untrusted", tlsPort, "topic_prefix=x"))
        .hasMessageContaining("client has run out of available brokers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN plain p 1", "SCRAM-SHA-512 scram p&2"})
  void clientLogsIn(String login) throws Exception {
    String[] parts = login.split(" ", 3);
    String table = "by_" + parts[1];
    String parameters =
        "ca_cert="
            + base64(authority.certificateText())
            + "&sasl_enabled=true&sasl_mechanism="
            + parts[0]
            + "&sasl_user="
            + parts[1]
            + "&sasl_password=";
    long job = create(table, saslPort, parameters + encoded(parts[2]));
    arrives(table);
    assertThatThrownBy(() -> create(table, saslPort, parameters + "wrong"))
        .hasMessageContaining("client has run out of available brokers");
    standIn.cancel(job);
  }

  @Test
  void verificationCanBeSkipped() throws Exception {
    long job =
        create(
            "skipped",
            saslPort,
            "insecure_tls_skip_verify=true&sasl_enabled=true&sasl_user=plain&sasl_password=p%201");
    arrives("skipped");
    await().until(() -> standIn.job(job).orElseThrow().highWater().isPresent());
    standIn.cancel(job);
  }
}

package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.testkit.LoopbackPort;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.connect.ConnectorStatus.State;
import dev.belay.testkit.docs.ConnectorFile;
import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import dev.belay.testkit.standin.StandIn;
import dev.belay.testkit.standin.feed.JobStatus;
import dev.belay.testkit.standin.proxy.Tls;
import dev.belay.testkit.tls.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file of {@code config/source} runs as it stands, with TLS, certificates and logins. Other
 * than in the file are the addresses, the folders, and the time to begin at. Topics for which a
 * file asks for three replicas are there already: there is one broker.
 */
class ShippedFilesIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final String PASSWORD = "belay's own & secret";
  private static final String SCRAM = "for-the-brokers";

  @TempDir static Path dir;
  private static Authority authority;
  private static Authority.Identity admin;
  private static EmbeddedKafka kafka;
  private static StandIn standIn;
  private static ConnectWorker worker;
  private static int plain;
  private static int login;

  static Stream<ConnectorFile> files() throws IOException {
    return ConnectorFile.in("config/source").stream();
  }

  @BeforeAll
  static void start() throws Exception {
    // whoever ends the worker looks for them
    PlantedSecrets.ofTheRun().add("files' password", PASSWORD);
    PlantedSecrets.ofTheRun().add("files' brokers", SCRAM);
    authority = Authority.create(dir.resolve("ca"));
    Authority.Identity node = authority.issue("node", "ip:127.0.0.1", "dns:localhost");
    Authority.Identity broker = authority.issue("broker", "ip:127.0.0.1");
    admin = authority.issue(StandIn.USER);
    plain = LoopbackPort.free();
    login = LoopbackPort.free();
    kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0, listeners(broker));
    standIn = StandIn.builder().tls(new Tls(node.context(), false)).start();
    prepareCluster();
    prepareKafka();
    prepareWorker();
    worker =
        ConnectWorker.in(dir.resolve("connect"), "127.0.0.1:" + plain)
            .plugins(List.of(Path.of(System.getProperty("belay.source.zip"))))
            .properties(
                Map.of(
                    "exactly.once.source.support", "enabled",
                    // as the worker's file has it: fails where the zip lacks a service file
                    "plugin.discovery", "hybrid_fail",
                    "config.providers", "file,directory",
                    "config.providers.file.class",
                        "org.apache.kafka.common.config.provider.FileConfigProvider",
                    "config.providers.directory.class",
                        "org.apache.kafka.common.config.provider.DirectoryConfigProvider"))
            .start();
    worker.awaitHealthy(LIMIT);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {worker, standIn, kafka}) {
      if (part != null) {
        part.close();
      }
    }
  }

  @AfterEach
  void end() {
    worker.rest().connectors().forEach(worker.rest()::delete);
    standIn.jobs().stream()
        .filter(job -> !job.state().isFinal())
        .forEach(job -> standIn.cancel(job.id()));
  }

  @ParameterizedTest
  @MethodSource("files")
  void theFileRunsAsItStands(ConnectorFile file) throws Exception {
    Map<String, String> config = new HashMap<>();
    String now = standIn.now().toString();
    file.config().forEach((key, value) -> config.put(key, here(value, now)));
    makeTopics(config);
    worker.rest().create(file.name(), config);
    if (file.body().path("initial_state").asText().equals("STOPPED")) {
      worker.rest().awaitRunning(file.name(), LIMIT);
      worker.rest().stop(file.name());
      worker.rest().awaitState(file.name(), State.STOPPED, LIMIT);
      worker.rest().resume(file.name());
    }
    worker.rest().awaitRunning(file.name(), LIMIT);
    boolean hasJob = !config.getOrDefault("feed.delivery", "kafka").equals("sinkless");
    eventually(() -> assertThat(live()).hasSize(hasJob ? 1 : 0));
    List<String> tables =
        hasJob
            ? live().get(0).fullTableNames()
            : List.of("shop.public.customers", "shop.public.orders");
    assertThat(tables).isNotEmpty();
    for (String table : tables) {
      String[] parts = table.split("\\.");
      execute(parts[0], "UPSERT INTO " + parts[1] + "." + parts[2] + " VALUES (2, '" + now + "')");
      TopicReader topics = new TopicReader("127.0.0.1:" + plain);
      eventually(() -> assertThat(topics.values(table)).anyMatch(value -> value.contains(now)));
    }
    TopicReader topics = new TopicReader("127.0.0.1:" + plain);
    String telling =
        hasJob ? "\"job\":\"" + live().get(0).id() + "\"" : "\"delivery\":\"sinkless\"";
    eventually(
        () ->
            assertThat(topics.latest("belay-status").values())
                .anyMatch(
                    value ->
                        value.contains(telling)
                            && value.contains(tables.get(0))
                            && value.contains("RUNNING")));
  }

  /** As an admin makes them with the replicas that a file asks for; with the file's partitions. */
  private static void makeTopics(Map<String, String> config) {
    if (config.containsKey("topic.replication.factor")) {
      try (Topics topics = new Topics("127.0.0.1:" + plain)) {
        int partitions = Integer.parseInt(config.get("topic.partitions"));
        for (String table : List.of("customers", "orders")) {
          topics.delete("shop.public." + table);
          topics.create("shop.public." + table, partitions);
        }
      }
    }
  }

  /** What a person changes in the file: where things are, and when the feed begins. */
  private static String here(String value, String now) {
    return value
        // the driver does not try one address twice
        .replace("crdb-2.example.com:26257", "localhost:" + standIn.port())
        .replaceAll("crdb(-1)?\\.example\\.com:26257", "127.0.0.1:" + standIn.port())
        .replaceAll("kafka[-\\w]*\\.example\\.com:9093", "127.0.0.1:" + login)
        .replaceAll("kafka[-\\w]*\\.example\\.com:9092", "127.0.0.1:" + plain)
        .replace("/etc/belay", dir.toString())
        .replace("/var/lib/belay", dir.toString())
        .replace("1700000000000000000.0000000000", now);
  }

  private static List<JobStatus> live() {
    return standIn.jobs().stream().filter(job -> !job.state().isFinal()).toList();
  }

  /** What admins do beforehand: databases, tables, the user and its grants. */
  private static void prepareCluster() throws Exception {
    standIn.createDatabase("shop");
    standIn.createDatabase("hr");
    execute("shop", "CREATE USER belay_feed WITH PASSWORD '" + PASSWORD.replace("'", "''") + "'");
    execute("shop", "CREATE EXTERNAL CONNECTION belay_kafka AS 'kafka://127.0.0.1:" + plain + "'");
    execute("shop", "GRANT USAGE ON EXTERNAL CONNECTION belay_kafka TO belay_feed");
    execute("hr", "CREATE SCHEMA migration_schema");
    for (String table : List.of("public.customers", "public.orders")) {
      table("shop", table);
    }
    for (String table : List.of("employees", "payments", "orders", "orders_tmp")) {
      table("hr", "migration_schema." + table);
    }
  }

  private static void table(String database, String table) throws Exception {
    execute(database, "CREATE TABLE " + table + " (id INT8 PRIMARY KEY, note STRING)");
    execute(database, "INSERT INTO " + table + " VALUES (1, 'there before')");
    execute(database, "GRANT CHANGEFEED ON TABLE " + table + " TO belay_feed");
    execute(database, "GRANT SELECT ON TABLE " + table + " TO belay_feed");
  }

  private static void execute(String database, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(standIn.url(database), root());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Properties root() {
    Properties root = new Properties();
    root.setProperty("user", StandIn.USER);
    root.setProperty("password", "");
    root.setProperty("sslmode", "verify-full");
    root.setProperty("sslrootcert", authority.certificate().toString());
    root.setProperty("sslkey", admin.keyStore().toString());
    root.setProperty("sslpassword", Authority.PASSWORD);
    return root;
  }

  private static void prepareKafka() throws Exception {
    String bootstrap = "127.0.0.1:" + plain;
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        Topics topics = new Topics(bootstrap)) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      "belay", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), SCRAM)))
          .all()
          .get();
      // the files ask for three replicas, and there is one broker
      topics.create("belay-status", 1, Map.of("cleanup.policy", "compact"));
    }
  }

  /** What the files expect below {@code /etc/belay} of a worker. */
  private static void prepareWorker() throws Exception {
    Path tls = Files.createDirectories(dir.resolve("tls"));
    Path secrets = Files.createDirectories(dir.resolve("secrets"));
    Authority.Identity feed = authority.issue("belay_feed");
    Files.writeString(tls.resolve("cockroachdb-ca.pem"), authority.certificateText());
    Files.writeString(tls.resolve("kafka-ca.pem"), authority.certificateText());
    Files.writeString(tls.resolve("belay_feed.crt.pem"), feed.certificate());
    Path key = Files.write(tls.resolve("belay_feed.key.pk8"), der(feed.key()));
    // the driver refuses a key that others can read
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(secrets.resolve("kafka-password"), SCRAM);
    Files.writeString(
        dir.resolve("secrets.properties"),
        "source.password="
            + PASSWORD
            + "\nkafka.admin.jaas=org.apache.kafka.common.security.scram.ScramLoginModule required"
            + " username=\"belay\" password=\""
            + SCRAM
            + "\";\n");
  }

  private static byte[] der(String pem) {
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }

  private static Map<String, String> listeners(Authority.Identity broker) {
    Map<String, String> settings = new HashMap<>();
    int controller = LoopbackPort.free();
    String listeners = "PLAINTEXT://127.0.0.1:%d,LOGIN://127.0.0.1:%d".formatted(plain, login);
    settings.put("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controller);
    settings.put("advertised.listeners", listeners);
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_SSL");
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.location", broker.keyStore().toString());
    settings.put("ssl.keystore.password", Authority.PASSWORD);
    settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    settings.put(
        "listener.name.login.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    return settings;
  }

  private static void eventually(ThrowingRunnable claim) {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(200)).untilAsserted(claim);
  }
}

package dev.belay.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.belay.testkit.connect.ConnectRestException;
import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.standin.proxy.ConnectionFaults.Moment;
import dev.belay.testkit.standin.proxy.HeldStatement;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets come by config providers and are nowhere to be seen: in no log line at any level of ours,
 * no REST answer, no status record, whatever goes wrong.
 */
class SecretsIT extends SourceCase {
  private static final String PASSWORD = "database-secret-81";
  private static final String SASL = "sasl&secret'72";
  private static final String KEY =
      "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5IGF0IGFsbA==\n-----END PRIVATE KEY-----\n";

  private static final String OTHER_SASL = "of&the file's 63";
  private static final String OTHER_KEY =
      "-----BEGIN PRIVATE KEY-----\nYW5vdGhlciB0aGF0IGlzIG5vbmU=\n-----END PRIVATE KEY-----\n";

  @Test
  void noSecretIsSeenAnywhere(@TempDir Path dir) throws Exception {
    Files.writeString(dir.resolve("secrets.properties"), "db=" + PASSWORD + "\n");
    Files.writeString(dir.resolve("client.key"), KEY);
    sql("CREATE USER u" + name + " WITH PASSWORD '" + PASSWORD + "'");
    sql("GRANT CHANGEFEED ON TABLE " + name + " TO u" + name);
    String from = "${file:" + dir.resolve("secrets.properties") + ":";
    Map<String, String> config = settings();
    config.put("name", name);
    config.put("source.connection.user", "u" + name);
    config.put("source.connection.password", from + "db}");
    config.put("feed.sink.sasl.mechanism", "PLAIN");
    config.put("feed.sink.sasl.user", "belay");
    config.put("feed.sink.sasl.password", "${env:BELAY_SASL}");
    config.put("feed.sink.client.cert", "bm90IGEgY2VydGlmaWNhdGU=");
    config.put("feed.sink.client.key", "${directory:" + dir + ":client.key}");
    config.put("needs.action", "report");
    List<String> seen = new ArrayList<>();
    try (ConnectWorker worker =
        ConnectWorker.in(dir.resolve("connect"), PARTS.kafka().bootstrapServers())
            .plugins(List.of(Path.of(System.getProperty("belay.source.zip"))))
            .logLevel("dev.belay", "trace")
            .environment("BELAY_SASL", SASL)
            .properties(
                Map.of(
                    "group.id", "secrets",
                    "config.storage.topic", "secrets-config",
                    "offset.storage.topic", "secrets-offset",
                    "status.storage.topic", "secrets-status",
                    "config.providers", "file,env,directory",
                    "config.providers.file.class",
                        "org.apache.kafka.common.config.provider.FileConfigProvider",
                    "config.providers.env.class",
                        "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
                    "config.providers.directory.class",
                        "org.apache.kafka.common.config.provider.DirectoryConfigProvider"))
            .start()) {
      worker.awaitHealthy(LIMIT);
      // the plain Kafka of this test refuses the certificate and the login: an error on the way
      worker.rest().create(name, config);
      eventually(() -> assertThat(worker.rest().status(name).orElseThrow().tasks()).isNotEmpty());
      eventually(
          () ->
              assertThat(topics.values("belay-status"))
                  .anyMatch(value -> value.contains(name) && value.contains("RETRYING")));
      for (String path :
          List.of("", "/config", "/tasks", "/status", "/tasks/0/status", "/offsets")) {
        seen.add(get(worker.restUrl() + "connectors/" + name + path));
      }
      seen.add(
          worker.rest().validate("dev.belay.source.CockroachSourceConnector", config).toString());
      config.put("feed.sink.uri", "kafka://nowhere:1?sasl_password=" + encoded(SASL) + "&=x");
      config.put("name", "other");
      String refusal = refusal(worker, config);
      assertThat(refusal).contains("feed.sink.uri");
      seen.add(refusal);
      worker.rest().delete(name);
      overridden(worker, config, dir, seen);
      seen.addAll(topics.values("belay-status"));
      seen.add(Files.readString(worker.logFile()));
    }
    for (String secret :
        List.of(
            PASSWORD,
            SASL,
            KEY,
            "bm90IGEga2V5IGF0IGFsbA==",
            OTHER_SASL,
            OTHER_KEY,
            "YW5vdGhlciB0aGF0IGlzIG5vbmU=")) {
      for (String form :
          List.of(secret, encoded(secret), base64(secret), encoded(base64(secret)))) {
        assertThat(seen)
            .as("a secret of %d characters", form.length())
            .noneMatch(text -> text.contains(form));
      }
    }
  }

  /**
   * Everything that the overrides file has is in the statement that CockroachDB gets, in the place
   * of what the keys say. It refuses the statement and quotes it all.
   */
  private void overridden(
      ConnectWorker worker, Map<String, String> config, Path dir, List<String> seen)
      throws Exception {
    Path file = dir.resolve("overrides.json");
    String broker = PARTS.kafka().bootstrapServers();
    new JsonMapper()
        .writeValue(
            file.toFile(),
            Map.of(
                "host",
                broker.split(":")[0],
                "port",
                broker.split(":")[1],
                "sink_query_parameters",
                "sasl_mechanism=SCRAM-SHA-512&sasl_user=other&sasl_password="
                    // a plus sign is one, since people forget to encode those of Base64
                    + encoded(OTHER_SASL).replace("+", "%20")
                    + "&topic_prefix=old_",
                "ca_cert",
                "b2YgdGhlIGZpbGU=",
                "client_cert",
                "b2YgdGhlIGNsaWVudA==",
                "client_key",
                OTHER_KEY,
                "options",
                Map.of("envelope", "bare")));
    String over = "o" + name;
    config.put("name", over);
    config.put("feed.sink.uri", "kafka://127.0.0.1:1");
    config.put("feed.overrides.file", file.toString());
    HeldStatement statement =
        standIn().connections().holdNext("belay." + over + ".", Moment.BEFORE);
    worker.rest().create(over, config);
    statement.awaitMet(LIMIT);
    assertThat(statement.seen().sql()).contains("envelope = 'bare'");
    String uri = statement.seen().parameters().get(0);
    assertThat(uri).startsWith("kafka://" + broker + "?");
    assertThat(uri.substring(uri.indexOf('?') + 1).split("&"))
        .containsExactlyInAnyOrder(
            "ca_cert=" + encoded("b2YgdGhlIGZpbGU="),
            "client_cert=" + encoded("b2YgdGhlIGNsaWVudA=="),
            "client_key=" + encoded(base64(OTHER_KEY)),
            "sasl_enabled=true",
            "sasl_mechanism=SCRAM-SHA-512",
            "sasl_user=other",
            "sasl_password=" + encoded(OTHER_SASL),
            "tls_enabled=true",
            "topic_prefix=old_");
    // what the file says later is not sent before the next start, and so need not be known
    Files.writeString(file, "{}");
    standIn()
        .connections()
        .failNext("belay." + over + ".", "XXUUU", ("cannot use " + uri).replace("'", "''"), 1000);
    statement.cut();
    eventually(
        () ->
            assertThat(topics.values("belay-status"))
                .anyMatch(value -> value.contains(over) && value.contains("cannot use ")));
    for (String path : List.of("", "/config", "/tasks", "/status", "/tasks/0/status", "/offsets")) {
      seen.add(get(worker.restUrl() + "connectors/" + over + path));
    }
    assertThat(seen).anyMatch(text -> text.contains(over));
    standIn().connections().clear();
  }

  private static String refusal(ConnectWorker worker, Map<String, String> config) {
    try {
      worker.rest().create("other", config);
      return "it was taken";
    } catch (ConnectRestException e) {
      return e.getMessage();
    }
  }

  private static String get(String address) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}

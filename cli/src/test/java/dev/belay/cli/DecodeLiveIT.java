package dev.belay.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.kafka.EmbeddedKafka;
import dev.belay.testkit.kafka.Topics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecodeLiveIT {

  @Test
  void recordsOfTopicAreShownWithTheirPlace(@TempDir Path dir) throws IOException {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"));
        Topics topics = new Topics(kafka.bootstrapServers())) {
      topics.create("users", 2);
      Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
        send(
            producer,
            0,
            "[1]",
            "{\"after\": {\"id\": 1, \"n\": 1.10}, \"updated\": \"1.0000000001\"}");
        send(producer, 0, "[1]", null);
        send(producer, 1, null, "{\"resolved\":\"1.0000000002\"}");
        send(producer, 1, "[2]", "1,x");
      }
      Path config = Files.writeString(dir.resolve("client.properties"), "client.id=looker\n");
      String servers = kafka.bootstrapServers();

      Shown all = decode("--bootstrap", servers, "--topic", "users", "--key-columns", "users=id");
      Shown first =
          decode(
              "--bootstrap=" + servers, "--topic=users", "--max=1", "--command-config=" + config);
      Shown unknown = decode("--bootstrap", servers, "--topic", "nobody");

      assertThat(all.code()).isEqualTo(1);
      assertThat(all.lines())
          .hasSize(4)
          .contains(
              "{\"kind\":\"upsert\",\"table\":\"users\",\"key\":{\"id\":1},\"columns\":{\"id\":1,"
                  + "\"n\":1.10},\"updated\":\"1.0000000001\",\"topic\":\"users\",\"partition\":0,\"offset\":0}",
              "{\"kind\":\"resolved\",\"resolved\":\"1.0000000002\",\"topic\":\"users\","
                  + "\"partition\":1,\"offset\":0}")
          .anyMatch(line -> line.startsWith("{\"kind\":\"delete\"") && line.contains("\"note\":"))
          .anyMatch(
              line ->
                  line.startsWith("{\"kind\":\"rejected\"")
                      && line.endsWith("\"partition\":1,\"offset\":1}"));
      assertThat(first.lines()).hasSize(1);
      assertThat(unknown.code()).isEqualTo(Belay.FAILED);
      assertThat(unknown.errors()).contains("no topic nobody").doesNotContain("\tat ");
      assertThat(topics.names()).doesNotContain("nobody");
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, int partition, String key, String value) {
    producer.send(new ProducerRecord<>("users", partition, bytes(key), bytes(value)));
  }

  private static byte[] bytes(String textOrNull) {
    return textOrNull == null ? null : textOrNull.getBytes(UTF_8);
  }

  private record Shown(int code, List<String> lines, String errors) {}

  private static Shown decode(String... options) {
    StringWriter out = new StringWriter();
    StringWriter errors = new StringWriter();
    int code =
        Belay.commandLine(new ByteArrayInputStream(new byte[0]), new PrintWriter(out))
            .setErr(new PrintWriter(errors, true))
            .execute(Stream.concat(Stream.of("decode"), Stream.of(options)).toArray(String[]::new));
    return new Shown(code, out.toString().lines().toList(), errors.toString());
  }
}

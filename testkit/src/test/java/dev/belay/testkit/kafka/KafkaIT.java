package dev.belay.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testkit.LoopbackPort;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaIT {

  @TempDir Path dir;

  @Test
  void restartOnTheSamePortKeepsTopicsAndRecords() throws Exception {
    int port;
    Topics.Topic before;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir);
        Topics topics = new Topics(kafka.bootstrapServers())) {
      port = kafka.port();
      before = topics.create("orders", 3);
      send(kafka.bootstrapServers(), "orders", "first");
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir, port);
        Topics topics = new Topics(kafka.bootstrapServers())) {
      assertThat(kafka.port()).isEqualTo(port);
      assertThat(topics.describe("orders")).contains(before);
      assertThat(firstRecord(kafka.bootstrapServers(), "orders")).isEqualTo("first");
    }
  }

  @Test
  void brokerStartsWhereItFailedBecauseThePortWasTaken() throws Exception {
    int port = LoopbackPort.free();
    try (ServerSocket stranger =
        new ServerSocket(port, 1, InetAddress.getByName(LoopbackPort.HOST))) {
      assertThat(stranger.isBound()).isTrue();
      assertThatThrownBy(() -> EmbeddedKafka.start(dir, port))
          .isInstanceOf(IOException.class)
          .hasRootCauseInstanceOf(BindException.class);
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir, port)) {
      send(kafka.bootstrapServers(), "orders", "first");
    }
  }

  @Test
  void topicsGrowAndAreDeletedAndMadeAnew() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(dir);
        Topics topics = new Topics(kafka.bootstrapServers())) {
      Topics.Topic first = topics.create("orders", 1, Map.of("cleanup.policy", "compact"));
      topics.addPartitions("orders", 4);
      assertThat(topics.describe("orders").orElseThrow().partitions()).isEqualTo(4);

      topics.delete("orders");
      assertThat(topics.describe("orders")).isEmpty();
      topics.delete("orders");

      assertThat(topics.create("orders", 2).id()).isNotEqualTo(first.id());
      send(kafka.bootstrapServers(), "madeByItsFirstRecord", "x");
      assertThat(topics.names()).contains("orders", "madeByItsFirstRecord");
    }
  }

  @Test
  void brokerInItsOwnJvmComesBackAfterKill9() throws Exception {
    try (KafkaProcess kafka = KafkaProcess.start(dir)) {
      send(kafka.bootstrapServers(), "orders", "first");
      long killed = kafka.pid();

      kafka.kill9();
      assertThat(kafka.isAlive()).isFalse();
      kafka.restart();

      assertThat(kafka.pid()).isNotEqualTo(killed);
      assertThat(firstRecord(kafka.bootstrapServers(), "orders")).isEqualTo("first");
      assertThat(kafka.logFile()).isNotEmptyFile();
    }
  }

  private static void send(String bootstrap, String topic, String value) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, 0, "key", value)).get();
    }
  }

  private static String firstRecord(String bootstrap, String topic) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partition = List.of(new TopicPartition(topic, 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      var records = consumer.poll(Duration.ofSeconds(20));
      assertThat(records.count()).isPositive();
      return records.iterator().next().value();
    }
  }
}

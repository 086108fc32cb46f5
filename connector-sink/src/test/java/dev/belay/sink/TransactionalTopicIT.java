package dev.belay.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.harness.Feed;
import dev.belay.sink.harness.TaskCase;
import dev.belay.sink.harness.TaskHarness;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A topic that was copied from another cluster in Kafka's transactions, as MirrorMaker can: it has
 * records that nobody may read, and offsets that no record has.
 */
class TransactionalTopicIT extends TaskCase {

  @ParameterizedTest
  @ValueSource(strings = {"consistent", "immediate"})
  void abortedRecordsAreNotAppliedAndOffsetsWithoutRecordsAreNoLoss(String mode) {
    feed.create("orders", 1);
    try (KafkaProducer<byte[], byte[]> copier = copier()) {
      copier.initTransactions();
      try (TaskHarness task = task().set("delivery.mode", mode).start().untilClaimed()) {
        copier.beginTransaction();
        copy(copier, "[1]", of(1, 11));
        copier.commitTransaction();
        copier.beginTransaction();
        copy(copier, "[2]", of(2, 12));
        copy(copier, "[1]", of(1, 13));
        copier.abortTransaction();
        copier.beginTransaction();
        copy(copier, "[3]", of(3, 14));
        copy(copier, null, "{\"resolved\":\"" + Feed.hlc(15) + "\"}");
        copier.commitTransaction();
        untilFrontier(task, 15);
        assertThat(rows()).containsExactly("1@11", "3@14");
      }
      // 1 and 4 are the ends of transactions, 2 and 3 were aborted
      copier.beginTransaction();
      copy(copier, "[4]", of(4, 21));
      copier.abortTransaction();
    }
    try (TaskHarness task = task().set("delivery.mode", mode).start()) {
      put(3, 22);
      resolved(25);
      untilFrontier(task, 25);
      assertThat(rows()).containsExactly("1@11", "3@22");
      assertThat(db.stepsBack()).isEmpty();
      assertThat(checkpoint(task, 0).applied()).isEqualTo(task.position(feed.topic("orders"), 0));
    }
  }

  private KafkaProducer<byte[], byte[]> copier() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            PARTS.bootstrapServers(),
            "transactional.id",
            "copier-of-" + feed.prefix()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private void copy(KafkaProducer<byte[], byte[]> copier, String key, String value) {
    copier.send(
        new ProducerRecord<>(
            feed.topic("orders"),
            0,
            key == null ? null : key.getBytes(UTF_8),
            value.getBytes(UTF_8)));
  }

  private static String of(int id, long time) {
    return "{\"after\": " + row(id, time) + ", \"updated\": \"" + Feed.hlc(time) + "\"}";
  }
}

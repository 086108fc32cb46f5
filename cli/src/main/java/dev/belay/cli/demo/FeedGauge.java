package dev.belay.cli.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Whether the feed has told a resolved time to every partition of its topics. One thread. */
final class FeedGauge implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();

  FeedGauge(String bootstrapServers, Collection<String> topics, int partitionsEach) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    for (String topic : topics) {
      for (int partition = 0; partition < partitionsEach; partition++) {
        partitions.add(new TopicPartition(topic, partition));
      }
    }
  }

  /** Nothing but resolved messages comes before the workload begins. */
  boolean hasResolved() {
    return consumer.endOffsets(partitions).values().stream().allMatch(end -> end > 0);
  }

  @Override
  public void close() {
    consumer.close();
  }
}

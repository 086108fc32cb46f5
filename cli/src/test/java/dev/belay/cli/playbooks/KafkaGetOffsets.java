package dev.belay.cli.playbooks;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints what {@code kafka-get-offsets.sh} of Kafka's distribution prints, which is in no jar of
 * the build: {@code topic:partition:end} for each partition.
 */
final class KafkaGetOffsets {
  private KafkaGetOffsets() {}

  /**
   * @param arguments {@code --bootstrap-server} and {@code --topic}, which is a pattern
   */
  public static void main(String[] arguments) {
    if (arguments.length != 4
        || !arguments[0].equals("--bootstrap-server")
        || !arguments[2].equals("--topic")) {
      throw new IllegalArgumentException("Unknown: " + List.of(arguments));
    }
    Pattern topics = Pattern.compile(arguments[3]);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", arguments[1]),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.listTopics().entrySet().stream()
              .filter(topic -> topics.matcher(topic.getKey()).matches())
              .flatMap(topic -> topic.getValue().stream())
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer
          .endOffsets(partitions)
          .forEach(
              (partition, end) ->
                  System.out.println(partition.topic() + ":" + partition.partition() + ":" + end));
    }
  }
}

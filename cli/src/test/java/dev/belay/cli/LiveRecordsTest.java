package dev.belay.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.cli.LiveRecords.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LiveRecordsTest {
  private static final TopicPartition ZERO = new TopicPartition("t", 0);
  private static final TopicPartition ONE = new TopicPartition("t", 1);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final List<String> seen = new ArrayList<>();

  @Test
  void stopsAtWhatWasTheEndOfEachPartition() {
    topicWith(3, 2);

    read(Start.BEGINNING, false, OptionalLong.empty());

    assertThat(seen).containsExactlyInAnyOrder("0/0", "0/1", "0/2", "1/0", "1/1");
  }

  @Test
  void emptyTopicEndsAtOnce() {
    topicWith(0, 0);

    read(Start.BEGINNING, false, OptionalLong.empty());

    assertThat(seen).isEmpty();
  }

  @Test
  void stopsAtTheBound() {
    topicWith(3, 2);

    read(Start.BEGINNING, true, OptionalLong.of(4));

    assertThat(seen).hasSize(4);
  }

  @Test
  void followsFromTheEndWhatComesLater() {
    topicWith(2, 0);
    consumer.schedulePollTask(() -> add(0, 2));

    read(Start.END, true, OptionalLong.of(1));

    assertThat(seen).containsExactly("0/2");
  }

  @Test
  void endsWhenNobodyLooksAnyMore() {
    topicWith(1, 0);

    new LiveRecords(consumer, "t")
        .forEach(Start.BEGINNING, true, OptionalLong.empty(), visitor(false));

    assertThat(seen).containsExactly("0/0");
  }

  @Test
  void unknownTopicIsNamed() {
    assertThatThrownBy(() -> read(Start.BEGINNING, false, OptionalLong.empty()))
        .hasMessageContaining("no topic t");
  }

  private void read(Start start, boolean follow, OptionalLong max) {
    new LiveRecords(consumer, "t").forEach(start, follow, max, visitor(true));
  }

  private LiveRecords.Visitor visitor(boolean goOn) {
    return new LiveRecords.Visitor() {
      @Override
      public void record(ConsumerRecord<byte[], byte[]> record) {
        seen.add(record.partition() + "/" + record.offset());
      }

      @Override
      public boolean goOn() {
        return goOn;
      }
    };
  }

  private void topicWith(long inZero, long inOne) {
    Node node = new Node(0, "localhost", 1);
    Node[] nodes = {node};
    consumer.updatePartitions(
        "t",
        List.of(
            new PartitionInfo("t", 0, node, nodes, nodes),
            new PartitionInfo("t", 1, node, nodes, nodes)));
    consumer.updateBeginningOffsets(Map.of(ZERO, 0L, ONE, 0L));
    consumer.updateEndOffsets(Map.of(ZERO, inZero, ONE, inOne));
    consumer.schedulePollTask(
        () -> {
          for (long offset = 0; offset < inZero; offset++) {
            add(0, offset);
          }
          for (long offset = 0; offset < inOne; offset++) {
            add(1, offset);
          }
        });
  }

  private void add(int partition, long offset) {
    byte[] bytes = "{}".getBytes(UTF_8);
    consumer.addRecord(new ConsumerRecord<>("t", partition, offset, bytes, bytes));
  }
}

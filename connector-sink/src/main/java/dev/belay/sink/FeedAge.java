package dev.belay.sink;

import dev.belay.sink.checkpoint.Checkpoints;
import dev.belay.sink.checkpoint.LogRange;
import dev.belay.sink.checkpoint.PartitionCheckpoint;
import dev.belay.sink.failure.StopException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Whether partitions that are claimed can be read together where transactions of the source are
 * counted over all of them. What is complete there is told by the ends of transactions, and not by
 * each partition for itself: a partition that is behind the others, or has more than the topic of
 * ends, would be taken to be as far.
 *
 * @param debezium whether the feed is of a Debezium connector
 * @param ends the topic of ends; empty if transactions are not counted
 */
record FeedAge(boolean debezium, Optional<String> ends) {

  boolean countsTransactions() {
    return ends.isPresent();
  }

  /**
   * @param claimed what the claim found and made, not committed yet, so that the next start finds
   *     it as well
   * @param logs what Kafka has, of every partition of the subscribed topics
   * @throws StopException if the partitions cannot be read together
   */
  void check(Checkpoints claimed, Map<TopicPartition, LogRange> logs) {
    if (!debezium) {
      return;
    }
    List<PartitionCheckpoint> rows =
        claimed.partitions().values().stream()
            .filter(row -> logs.containsKey(row.partition()))
            .toList();
    if (ends.isEmpty()) {
      if (rows.stream().anyMatch(row -> row.resolved().isKnown())) {
        throw new StopException(
            "This connector applied whole transactions before (feed.transaction.topic), and its"
                + " checkpoint says up to which. Without them nothing would move that, and each"
                + " restart would read more again. Set delivery.mode=consistent with"
                + " feed.transaction.topic as before, or make a connector of another name.");
      }
      return;
    }
    long partitions = logs.keySet().stream().filter(p -> p.topic().equals(ends.get())).count();
    if (partitions > 1) {
      throw new StopException(
          "Topic "
              + ends.get()
              + " has "
              + partitions
              + " partitions, so the ends of transactions come in any order, and"
              + " delivery.mode=consistent needs theirs. Give Debezium another topic.prefix, with"
              + " topic.creation.*.partitions=1 for that topic; or make a connector of another name"
              + " with delivery.mode=immediate.");
    }
    TopicPartition first = new TopicPartition(ends.get(), 0);
    LogRange log = logs.get(first);
    if (claimed.made().contains(first) && log != null && log.start() > 0) {
      throw new StopException(
          "Topic "
              + ends.get()
              + " does not begin at its first record any more, so the ends of transactions are missing"
              + " whose events may still be there. Give Debezium another topic.prefix, and keep that"
              + " topic as long as the others (retention.ms); or make a connector with"
              + " delivery.mode=immediate.");
    }
    List<PartitionCheckpoint> joined =
        rows.stream().allMatch(row -> claimed.made().contains(row.partition()))
            ? List.of()
            : rows.stream()
                .filter(row -> claimed.made().contains(row.partition()))
                .filter(row -> !claimed.grown().contains(row.partition()))
                .toList();
    List<PartitionCheckpoint> unresolved =
        rows.stream().filter(row -> !row.resolved().isKnown()).toList();
    if (!joined.isEmpty()) {
      throw joined(joined);
    }
    if (!unresolved.isEmpty() && unresolved.size() < rows.size()) {
      throw joined(unresolved);
    }
  }

  private static StopException joined(List<PartitionCheckpoint> rows) {
    return new StopException(
        "Partitions joined this connector, or their offsets were moved without the others: "
            + rows.stream()
                .map(row -> row.partition().toString())
                .sorted()
                .collect(Collectors.joining(", "))
            + ". Transactions are counted over all partitions together, and what these have from"
            + " before would be taken for repetitions. Give new topics a connector of their own; or"
            + " stop the connector and move the offsets of all its partitions (PATCH"
            + " /connectors/NAME/offsets) to where no transaction was under way.");
  }
}

package dev.belay.sink.change;

/**
 * Where a record lies in Kafka: the coordinates before any transform renamed them. Checkpoints,
 * messages and dead letters all speak of these.
 *
 * @param partition 0 and up
 * @param offset 0 and up
 */
public record Origin(String topic, int partition, long offset) {
  @Override
  public String toString() {
    return "offset " + offset + " of topic " + topic + ", partition " + partition;
  }
}

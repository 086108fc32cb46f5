package dev.belay.source.sinkless;

/**
 * CockroachDB's choice of a partition: FNV-1a over the key's bytes, as the Go client Sarama does
 * it, not the murmur2 of Kafka's own clients.
 */
final class Partitioner {
  private static final int OFFSET_BASIS = 0x811c9dc5;
  private static final int PRIME = 0x01000193;

  private Partitioner() {}

  /**
   * @param partitions of the topic, at least 1
   */
  static int partition(byte[] key, int partitions) {
    int hash = OFFSET_BASIS;
    for (byte b : key) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    // the remainder of a negative number is negative, and Sarama turns it round
    return Math.abs(hash % partitions);
  }
}

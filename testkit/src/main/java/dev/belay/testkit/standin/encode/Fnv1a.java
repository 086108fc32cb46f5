package dev.belay.testkit.standin.encode;

/**
 * The partitioner of changefeeds: FNV-1a over the key's bytes, not the murmur2 of Kafka's own
 * clients.
 */
public final class Fnv1a {

  private static final int OFFSET_BASIS = 0x811c9dc5;
  private static final int PRIME = 0x01000193;

  private Fnv1a() {}

  public static int hash(byte[] bytes) {
    int hash = OFFSET_BASIS;
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return hash;
  }

  /**
   * As the Go client Sarama does it: the hash as a signed number, the remainder made positive.
   *
   * @param partitions of the topic, at least 1
   */
  public static int partition(byte[] key, int partitions) {
    return Math.abs(hash(key) % partitions);
  }
}

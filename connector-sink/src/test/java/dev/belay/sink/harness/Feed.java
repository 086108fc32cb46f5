package dev.belay.sink.harness;

import dev.belay.testkit.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes what a changefeed with {@code envelope=wrapped, updated, resolved} writes. Its topics have
 * a prefix of their own, so that every test has an empty {@code orders}. A message is in the log
 * when its method returns.
 *
 * <p>Times are small numbers: {@code 7} is the commit time {@link #hlc}{@code (7)} on the wire.
 */
public final class Feed implements AutoCloseable {
  private static final long EPOCH = 1_700_000_000_000_000_000L;
  private static final AtomicInteger FEEDS = new AtomicInteger();

  private final String bootstrapServers;
  private final Topics topics;
  private final String prefix = "f" + FEEDS.incrementAndGet() + "_";
  private final KafkaProducer<byte[], byte[]> producer;
  private boolean pipelining;
  private final List<Future<RecordMetadata>> pipelined = new ArrayList<>();
  private final Map<String, Integer> partitions = new HashMap<>();

  public Feed(RealParts parts) {
    this(parts.bootstrapServers(), parts.topics());
  }

  /**
   * @param topics of that broker; stays open
   */
  public Feed(String bootstrapServers, Topics topics) {
    this.bootstrapServers = bootstrapServers;
    this.topics = topics;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                // As CockroachDB's producer. With it, a topic seen anew in the midst of a flight of
                // batches starts its sequence at 0 again, and the broker refuses them for ever.
                "enable.idempotence",
                "false",
                "max.in.flight.requests.per.connection",
                "1",
                "metadata.max.age.ms",
                "300"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** The wire form of a time. */
  public static String hlc(long time) {
    return EPOCH + time + ".0000000000";
  }

  /** A time on the wall clock, in nanoseconds since the Unix epoch. */
  public static long nanos(long time) {
    return EPOCH + time;
  }

  /** Goes before the table's name in a topic's name: the setting {@code feed.topic.prefix}. */
  public String prefix() {
    return prefix;
  }

  /** Name of the topic of a table. */
  public String topic(String table) {
    return prefix + table;
  }

  /** Makes the topic of a table. */
  public void create(String table, int count) {
    topics.create(topic(table), count);
    partitions.put(table, count);
  }

  /** Gives the topic of a table more partitions. */
  public void grow(String table, int total) {
    topics.addPartitions(topic(table), total);
    partitions.put(table, total);
  }

  /** Deletes the topic of a table and makes it anew. */
  public void recreate(String table) {
    topics.delete(topic(table));
    topics.create(topic(table), partitions(table));
  }

  /** Deletes the records of a partition below an offset, as retention does. */
  public void retain(String table, int partition, long from) {
    TopicPartition of = new TopicPartition(topic(table), partition);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.deleteRecords(Map.of(of, RecordsToDelete.beforeOffset(from))).all().get();
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException(e);
    }
  }

  /**
   * A row as it is from a time on, on the partition that CockroachDB would choose.
   *
   * @param key the primary key as a JSON array, {@code [1]}
   * @param row as a JSON object
   * @return its offset
   */
  public long upsert(String table, String key, String row, long updated) {
    return upsert(table, partition(table, key), key, row, updated);
  }

  /** The same, on a partition of the caller's choice. */
  public long upsert(String table, int partition, String key, String row, long updated) {
    return raw(
        table, partition, key, "{\"after\": " + row + ", \"updated\": \"" + hlc(updated) + "\"}");
  }

  /** A row that is there, with the time of its version besides. */
  public long upsert(String table, String key, String row, long updated, long mvcc) {
    return raw(
        table,
        partition(table, key),
        key,
        "{\"after\": "
            + row
            + ", \"mvcc_timestamp\": \""
            + hlc(mvcc)
            + "\", \"updated\": \""
            + hlc(updated)
            + "\"}");
  }

  /** A row that is gone, on the partition that CockroachDB would choose. */
  public long delete(String table, String key, long updated) {
    return delete(table, partition(table, key), key, updated);
  }

  public long delete(String table, int partition, String key, long updated) {
    return upsert(table, partition, key, "null", updated);
  }

  /** A resolved time on every partition of a table's topic. */
  public void resolved(String table, long time) {
    for (int p = 0; p < partitions(table); p++) {
      resolved(table, p, time);
    }
  }

  /**
   * @return its offset
   */
  public long resolved(String table, int partition, long time) {
    return raw(table, partition, null, "{\"resolved\":\"" + hlc(time) + "\"}");
  }

  /**
   * Writes many messages without waiting for each; they are in the log when this returns. Their
   * offsets are not told.
   */
  public void pipelined(Runnable writes) {
    pipelining = true;
    try {
      writes.run();
      producer.flush();
      // flush() says nothing of sends that failed, on a busy machine by their time limit
      for (Future<RecordMetadata> sent : pipelined) {
        sent.get();
      }
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException(e);
    } finally {
      pipelining = false;
      pipelined.clear();
    }
  }

  /**
   * Any message.
   *
   * @param key null for none
   * @param value null for none
   * @return its offset
   */
  public long raw(String table, int partition, String key, String value) {
    return raw(table, partition, bytes(key), bytes(value));
  }

  /** Any bytes; the same otherwise. */
  public long raw(String table, int partition, byte[] key, byte[] value) {
    try {
      Future<RecordMetadata> sent =
          producer.send(new ProducerRecord<>(topic(table), partition, key, value));
      if (pipelining) {
        pipelined.add(sent);
        return -1;
      }
      return sent.get().offset();
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException(e);
    }
  }

  /** Partitions of a table's topic at present. */
  public int partitions(String table) {
    return partitions.get(table);
  }

  /** FNV-1a as CockroachDB has it from Sarama: signed remainder, negated if negative. */
  public int partition(String table, String key) {
    int hash = 0x811c9dc5;
    for (byte b : bytes(key)) {
      hash = (hash ^ (b & 0xff)) * 0x01000193;
    }
    return Math.abs(hash % partitions(table));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close();
  }
}

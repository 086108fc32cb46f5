package dev.belay.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.testkit.kafka.Topics;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes a workload to Kafka, before anybody's clock runs, in the form that a contestant reads. */
final class Prefill implements AutoCloseable {

  /** In whose words the changes are written. */
  enum Form {
    CHANGEFEED("as a CockroachDB changefeed"),
    DEBEZIUM("as Debezium");

    private final String words;

    Form(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private final Topics topics;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  Prefill(String bootstrapServers) {
    topics = new Topics(bootstrapServers);
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                // More would be faster, but a broker that does not yet know a topic which was just
                // made
                // may refuse the first of several batches and take the second: the first then never
                // fits.
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1",
                ProducerConfig.LINGER_MS_CONFIG, "20",
                ProducerConfig.BATCH_SIZE_CONFIG, "262144",
                ProducerConfig.BUFFER_MEMORY_CONFIG, "67108864"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** The topic that a workload is in. */
  static String topic(Form form, Workload workload) {
    return switch (form) {
      case CHANGEFEED -> workload.table();
      case DEBEZIUM -> DebeziumText.topic(workload);
    };
  }

  /** Makes the topic and fills it. */
  void fill(Form form, Workload workload) {
    String topic = topic(form, workload);
    topics.create(topic, workload.partitions());
    workload.play(
        new Workload.Audience() {
          @Override
          public void change(Change change) {
            int partition = workload.partition(change.id());
            switch (form) {
              case CHANGEFEED ->
                  send(topic, partition, FeedText.key(change.id()), FeedText.value(change));
              case DEBEZIUM ->
                  send(
                      topic,
                      partition,
                      DebeziumText.key(change.id()),
                      DebeziumText.value(workload, change));
            }
          }

          @Override
          public void resolved(long nanos) {
            if (form == Form.CHANGEFEED) {
              for (int partition = 0; partition < workload.partitions(); partition++) {
                producer.send(
                    new ProducerRecord<>(
                        topic, partition, null, FeedText.resolved(nanos).getBytes(UTF_8)),
                    (sent, error) -> failure.compareAndSet(null, error));
              }
            }
          }
        });
    producer.flush();
    if (failure.get() != null) {
      throw new BenchFailure("Cannot fill topic " + topic + ": " + failure.get(), failure.get());
    }
  }

  private void send(String topic, int partition, String key, String value) {
    producer.send(
        new ProducerRecord<>(topic, partition, key.getBytes(UTF_8), value.getBytes(UTF_8)),
        (sent, error) -> failure.compareAndSet(null, error));
  }

  @Override
  public void close() {
    producer.close();
    topics.close();
  }
}
